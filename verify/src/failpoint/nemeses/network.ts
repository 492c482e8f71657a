import { type Service, services } from '@jangteo/tools';
import type { Dice } from '../../dice.js';
import { SERVERS } from '../../places/links.js';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

const HOLE_MS = [2_000, 5_000, 5_000, 15_000, 60_000];

function victimsOf(dice: Dice): Service[] {
  return dice.some(services, dice.pick([1, 1, 2, 6]));
}

export const cutBroker: Nemesis = {
  test: 7,
  name: 'cut AMQP',
  about: 'connections to the broker reset, again and again',
  plan(dice) {
    const victims = victimsOf(dice);
    const pauses = Array.from({ length: dice.whole(5, 30) }, () => dice.whole(20, 400));
    return {
      what: `${pauses.length} cuts between the broker and ${victims.join(', ')}`,
      claims: victims,
      async run(arena) {
        for (const pause of pauses) {
          if (arena.signal.aborted) return;
          for (const victim of victims) arena.links.of(victim, 'broker').cut();
          arena.countHarm('connections to the broker cut', victims.length);
          await arena.last(pause);
        }
      },
    };
  },
};

export const dropConfirms: Nemesis = {
  test: 8,
  name: 'drop confirms',
  about: 'what services send arrives, what the broker answers does not; then a cut',
  plan(dice, lengthMsMax) {
    const victims = victimsOf(dice);
    const ms = Math.min(lengthMsMax, dice.whole(200, 5_000));
    return {
      what: `the broker's answers to ${victims.join(', ')} thrown away for ${seconds(ms)}, then a cut`,
      claims: victims,
      async run(arena) {
        const links = victims.map((victim) => arena.links.of(victim, 'broker'));
        for (const link of links) link.dropAnswers(true);
        await arena.last(ms);
        // Bytes are missing in the middle: nothing sensible can follow on the same connection.
        for (const link of links) link.cut();
        for (const link of links) link.dropAnswers(false);
      },
    };
  },
};

export const blackHole: Nemesis = {
  test: 9,
  name: 'black hole',
  about: 'nothing passes between services and their database or the broker, and nothing ends',
  plan(dice, lengthMsMax) {
    const victims = victimsOf(dice);
    const server = dice.pick(SERVERS);
    const ms = Math.min(lengthMsMax, dice.pick(HOLE_MS));
    return {
      what: `a black hole between ${victims.join(', ')} and the ${server} for ${seconds(ms)}`,
      claims: victims,
      async run(arena) {
        const links = victims.map((victim) => arena.links.of(victim, server));
        for (const link of links) link.hole(true);
        await arena.last(ms);
        for (const link of links) link.hole(false);
      },
    };
  },
};
