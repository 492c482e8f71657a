import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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

  describe('of a run of all tests', () => {
    const before = { ...process.env };
    let notes: string;

    beforeEach(async () => {
      notes = join(await mkdtemp(join(tmpdir(), 'left-')), 'left.jsonl');
      Object.assign(process.env, { TEST_SAMPLE: 'some', TEST_LEFT_CASES: notes });
    });
    afterEach(async () => {
      for (const name of ['TEST_SAMPLE', 'TEST_LEFT_CASES']) {
        delete process.env[name];
        if (before[name] !== undefined) process.env[name] = before[name];
      }
      await rm(dirname(notes), { recursive: true });
    });

    it('is drawn by its name: two lists of one length differ', () => {
      const samples = Array.from({ length: 30 }, (_, list) => sampled(String(list), CASES, 1));
      expect(new Set(samples.flat()).size).toBeGreaterThan(1);
    });

    it('notes how many cases of which file it has left out, and nothing where that is none', async () => {
      sampled('letters', CASES, 3);
      sampled('all of them', CASES, 20);
      process.env.TEST_SAMPLE = '';
      sampled('asked for', CASES, 3);
      const lines = (await readFile(notes, 'utf8')).trim().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
        { file: expect.stringMatching(/sample[.]spec[.]ts$/), name: 'letters', count: 5 },
      ]);
    });
  });

  it('is everything where there is no more than that', () => {
    expect(sampleFor('one', CASES, 20)).toEqual(CASES);
  });
});
