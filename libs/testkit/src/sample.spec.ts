import { describe, expect, it } from '@jest/globals';
import { sampled, sampleFor } from './sample.js';

const CASES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describe('a sample', () => {
  it('is the same for the same seed, in the order of the cases', () => {
    const sample = sampleFor('one', CASES, 3);
    expect(sampleFor('one', CASES, 3)).toEqual(sample);
    expect(sample).toHaveLength(3);
    expect(sample).toEqual(CASES.filter((one) => sample.includes(one)));
  });

  it('has each case under some seed', () => {
    const samples = Array.from({ length: 100 }, (_, seed) => sampleFor(String(seed), CASES, 2));
    expect(new Set(samples.flat())).toEqual(new Set(CASES));
  });

  it('is drawn by its name: two lists of one length differ', () => {
    const before = process.env.TEST_SAMPLE;
    process.env.TEST_SAMPLE = 'some';
    const samples = Array.from({ length: 30 }, (_, list) => sampled(String(list), CASES, 1));
    if (before === undefined) delete process.env.TEST_SAMPLE;
    else process.env.TEST_SAMPLE = before;
    expect(new Set(samples.flat()).size).toBeGreaterThan(1);
  });

  it('is everything where there is no more than that', () => {
    expect(sampleFor('one', CASES, 20)).toEqual(CASES);
  });
});
