import { services } from '@jangteo/tools';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

export const killBroker: Nemesis = {
  test: 3,
  name: 'kill broker',
  about: 'SIGKILL to RabbitMQ, started again',
  plan(dice) {
    const downMs = dice.pick([0, 1_000, 5_000]);
    return {
      what: `SIGKILL to the broker, away for ${seconds(downMs)} and its start`,
      claims: ['broker'],
      async run(arena) {
        const { rabbit } = arena.servers;
        await rabbit.kill();
        try {
          await arena.last(downMs);
        } finally {
          await rabbit.restart();
        }
      },
    };
  },
};

export const killPostgres: Nemesis = {
  test: 4,
  name: 'kill PostgreSQL',
  about: 'SIGKILL to the PostgreSQL of all services, started again',
  plan(dice) {
    const downMs = dice.pick([0, 1_000, 5_000]);
    return {
      what: `SIGKILL to PostgreSQL, away for ${seconds(downMs)} and its recovery`,
      claims: ['postgres', ...services],
      async run(arena) {
        const { postgres } = arena.servers;
        await postgres.kill();
        try {
          await arena.last(downMs);
        } finally {
          await postgres.restart();
        }
      },
    };
  },
};
