import { describe, expect, it } from '@jest/globals';
import { drawn } from './drawn.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const draw = (seed: string, names = NAMES): string[] => drawn(seed, names, (name) => name);

describe('what is drawn', () => {
  it('comes in the same order for the same seed, however it is listed, and is all there', () => {
    const order = draw('one');
    expect(draw('one', NAMES.toReversed())).toEqual(order);
    expect(order.toSorted()).toEqual(NAMES);
  });

  it('comes in another order for another seed, each of them first at some time', () => {
    const firsts = Array.from({ length: 100 }, (_, seed) => draw(String(seed))[0]);
    expect(new Set(firsts)).toEqual(new Set(NAMES));
  });

  it('keeps its order when one goes', () => {
    const left = NAMES.filter((name) => name !== 'c');
    expect(draw('one', left)).toEqual(draw('one').filter((name) => name !== 'c'));
  });
});
