import { services } from '@jangteo/tools';
import { seconds } from '../../report/invariants.js';
import type { Attack, Nemesis } from '../nemesis.js';

interface Killed extends Pick<Nemesis, 'test' | 'name' | 'about'>, Pick<Attack, 'claims'> {
  readonly server: 'rabbit' | 'postgres';
  readonly what: (away: string) => string;
}

function killOf({ server: killed, claims, what, ...said }: Killed): Nemesis {
  return {
    ...said,
    plan(dice) {
      const downMs = dice.pick([0, 1_000, 5_000]);
      return {
        what: what(seconds(downMs)),
        claims,
        async run(arena) {
          const server = arena.servers[killed];
          await server.kill();
          try {
            await arena.last(downMs);
          } finally {
            await server.restart();
          }
        },
      };
    },
  };
}

export const killBroker = killOf({
  test: 3,
  name: 'kill broker',
  about: 'SIGKILL to RabbitMQ, started again',
  server: 'rabbit',
  claims: ['broker'],
  what: (away) => `SIGKILL to the broker, away for ${away} and its start`,
});

export const killPostgres = killOf({
  test: 4,
  name: 'kill PostgreSQL',
  about: 'SIGKILL to the PostgreSQL of all services, started again',
  server: 'postgres',
  claims: ['postgres', ...services],
  what: (away) => `SIGKILL to PostgreSQL, away for ${away} and its recovery`,
});
