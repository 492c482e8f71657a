import { services } from '@jangteo/tools';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

export const hotRow: Nemesis = {
  test: 17,
  name: 'hot row',
  about: 'hundreds of orders at once, of one product, with one wallet and one coupon',
  plan(dice) {
    const orders = dice.pick([100, 200, 500]);
    return {
      what: `${orders} orders at once of one product by one customer`,
      claims: ['clients', ...services],
      async run(arena) {
        await arena.load.crowd(orders);
        arena.countHarm('orders at once', orders);
      },
    };
  },
};

export const sameKey: Nemesis = {
  test: 20,
  name: 'same key',
  about:
    'one Idempotency-Key fifty times at once, with another payload too, and across a restart of the gateway',
  plan(dice) {
    const times = 50;
    const isRestarted = dice.chance(0.7);
    return {
      what: `one key ${times} times at once${isRestarted ? ', the gateway killed in the middle' : ''}`,
      claims: ['clients', 'gateway'],
      async run(arena) {
        const asking = arena.load.sameKey(times);
        if (isRestarted) {
          await arena.last(30);
          await arena.restart('gateway');
        }
        await asking;
        arena.countHarm('repeats under one key', times);
      },
    };
  },
};

export const greedyLists: Nemesis = {
  test: 17,
  name: 'greedy lists',
  about: 'one customer who asks for a hundred of the largest lists of orders at a time',
  plan(dice, lengthMsMax) {
    const ms = Math.min(lengthMsMax, dice.pick([3_000, 10_000, 20_000]));
    const atOnce = 100;
    return {
      what: `${atOnce} lists of orders at a time by one customer for ${seconds(ms)}`,
      claims: ['clients', ...services],
      async run(arena) {
        const end = new AbortController();
        const listing = arena.load.lists(atOnce, end.signal);
        await arena.last(ms);
        end.abort();
        arena.countHarm('lists asked for', await listing);
      },
    };
  },
};
