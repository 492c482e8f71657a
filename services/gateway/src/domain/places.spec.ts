import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Places, type Place } from './places.js';

function takeAll(places: Places, ...networks: string[]): number {
  let taken = 0;
  while (places.hasRoomFor(networks)) {
    places.take(networks);
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
    expect(places.hasRoomFor(['greedy'])).toBe(false);
    expect(places.hasRoomFor(['d'])).toBe(true);
  });

  it('gives of the spare ones to a network around many no more than it leaves, and to one within it fewer', () => {
    const places = new Places(1_000);
    takeAll(places, 'greedy', 'block');
    let taken = 0;
    const take = (home: string): void => {
      const networks = [`${home} ${(taken += 1)}`, home, 'provider'];
      if (places.hasRoomFor(networks)) places.take(networks);
    };
    for (let time = 0; time < 300; time += 1) take('home');
    // A third of 250: one more would be more than half of those that are left.
    expect(places.held).toBe(1_084);
    for (let time = 0; time < 300; time += 1) take('neighbour');
    expect(places.held).toBe(1_125);
    expect(takeAll(places, 'elsewhere', 'home of it', 'other')).toBeGreaterThan(0);
    // Its own neighbour holds all the others, but none of the spare ones.
    expect(places.hasRoomFor(['next', 'block'])).toBe(true);
  });

  it('lets the greedy one in again only where its own places have become free', () => {
    const places = new Places(4);
    const first = places.take(['greedy']);
    takeAll(places, 'greedy');
    places.giveBack(places.take(['b']));
    expect(places.hasRoomFor(['greedy'])).toBe(false);
    places.giveBack(first);
    expect(places.hasRoomFor(['greedy'])).toBe(true);
  });

  it('never gives more than its limit, and has all of them again in the end', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean()));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), steps, (max, wanted) => {
        const places = new Places(max);
        const held: Place[] = [];
        for (const [name, comes] of wanted) {
          const networks = [name, name < 'c' ? 'one' : 'other', 'all'];
          if (comes && places.hasRoomFor(networks)) held.push(places.take(networks));
          else if (!comes && held.length > 0) places.giveBack(held.shift()!);
          expect(places.held).toBe(held.length);
          expect(places.held).toBeLessThanOrEqual(places.limit);
        }
        for (const place of held) places.giveBack(place);
        expect(takeAll(places, 'a')).toBe(max);
      }),
    );
  });
});
