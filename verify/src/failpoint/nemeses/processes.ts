import { services } from '@jangteo/tools';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

/** Past two missed heartbeats, after which the broker takes a connection for dead. */
const PAST_HEARTBEAT_MS = 8_000;

export const killService: Nemesis = {
  test: 1,
  name: 'kill service',
  about: 'SIGKILL to services, started again at once or a little later',
  plan(dice) {
    const victims = dice.some(services, dice.pick([1, 1, 1, 2, 6]));
    const downMs = dice.pick([0, 0, 500, 3_000]);
    return {
      what: `SIGKILL to ${victims.join(', ')}, away for ${seconds(downMs)}`,
      claims: victims,
      async run(arena) {
        await Promise.all(victims.map((victim) => arena.kill(victim)));
        arena.countHarm('services killed', victims.length);
        await arena.last(downMs);
        await Promise.all(victims.map((victim) => arena.start(victim)));
      },
    };
  },
};

export const stopService: Nemesis = {
  test: 1,
  name: 'stop service',
  about: 'SIGTERM to a service, which stays away for up to a minute',
  plan(dice, lengthMsMax) {
    const victim = dice.pick(services);
    const ms = Math.min(lengthMsMax, dice.pick([5_000, 20_000, 60_000]));
    return {
      what: `${victim} stopped for ${seconds(ms)}`,
      claims: [victim],
      async run(arena) {
        await arena.terminate(victim);
        arena.countHarm('services stopped');
        await arena.last(ms);
        await arena.start(victim);
      },
    };
  },
};

export const rollingRestart: Nemesis = {
  test: 5,
  name: 'rolling restart',
  about: 'SIGTERM to one service after the other, each started again',
  plan(dice) {
    const order = dice.some(services, services.length);
    return {
      what: `SIGTERM and start of ${order.join(', ')}, one after the other`,
      claims: [...services],
      async run(arena) {
        for (const service of order) {
          if (arena.signal.aborted) return;
          await arena.terminate(service);
          arena.countHarm('services restarted');
          await arena.start(service);
          await arena.processOf(service).untilReady();
        }
      },
    };
  },
};

export const pauseService: Nemesis = {
  test: 6,
  name: 'pause service',
  about: 'SIGSTOP to a service past its heartbeat, then SIGCONT',
  plan(dice, lengthMsMax) {
    const victim = dice.pick(services);
    const ms = Math.min(lengthMsMax, PAST_HEARTBEAT_MS + dice.whole(0, 8_000));
    return {
      what: `SIGSTOP to ${victim} for ${seconds(ms)}`,
      claims: [victim],
      async run(arena) {
        arena.signalTo(victim, 'SIGSTOP');
        try {
          await arena.last(ms);
        } finally {
          arena.signalTo(victim, 'SIGCONT');
        }
      },
    };
  },
};
