import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Places } from './places.js';

function takeAll(places: Places, network: string): number {
  let taken = 0;
  while (places.hasRoomFor(network)) {
    places.take(network);
    taken += 1;
  }
  return taken;
}

describe('Places', () => {
  it('gives all of them to one who is alone, and no more', () => {
    for (const max of [1, 6, 1_000]) expect(takeAll(new Places(max), 'a')).toBe(max);
  });

  it('has room for others while one holds all that it can get', () => {
    const places = new Places(1_000);
    takeAll(places, 'greedy');
    // A third of the spare ones, since by then there are two; then a quarter.
    expect(takeAll(places, 'b')).toBe(84);
    expect(takeAll(places, 'c')).toBe(63);
    expect(places.hasRoomFor('greedy')).toBe(false);
    expect(places.hasRoomFor('d')).toBe(true);
  });

  it('lets the greedy one in again only where its own places have become free', () => {
    const places = new Places(4);
    takeAll(places, 'greedy');
    places.take('b');
    places.giveBack('b');
    expect(places.hasRoomFor('greedy')).toBe(false);
    places.giveBack('greedy');
    expect(places.hasRoomFor('greedy')).toBe(true);
  });

  it('never gives more than its limit, and has all of them again in the end', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean()));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), steps, (max, wanted) => {
        const places = new Places(max);
        const held: string[] = [];
        for (const [network, comes] of wanted) {
          if (comes && places.hasRoomFor(network)) {
            places.take(network);
            held.push(network);
          } else if (!comes && held.length > 0) places.giveBack(held.shift()!);
          expect(places.held).toBe(held.length);
          expect(places.held).toBeLessThanOrEqual(places.limit);
        }
        for (const network of held) places.giveBack(network);
        expect(takeAll(places, 'a')).toBe(max);
      }),
    );
  });
});
