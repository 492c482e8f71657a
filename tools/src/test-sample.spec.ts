import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { choiceOf, fileSample, leftCasesLines, leftOutLine, SLOW_BY_NATURE } from './test-sample.js';

const SECONDS = Object.fromEntries(SLOW_BY_NATURE.flatMap(({ files }) => Object.entries(files)));
const ALL = Object.keys(SECONDS);
const THREE = [{ why: 'it is a test', files: { a: 10, b: 20, c: 30 } }];

describe('the sample of what is slow by nature', () => {
  it('knows files that are there, each for one reason', () => {
    expect(ALL.filter((path) => !existsSync(join(projectRoot(), path)))).toEqual([]);
    expect(ALL).toHaveLength(SLOW_BY_NATURE.reduce((sum, { files }) => sum + Object.keys(files).length, 0));
  });

  it('is the same for the same seed, and has every file under some seed', () => {
    expect(fileSample('one')).toEqual(fileSample('one'));
    const seeds = Array.from({ length: 100 }, (_, seed) => String(seed));
    expect(new Set(seeds.flatMap((seed) => fileSample(seed).chosen))).toEqual(new Set(ALL));
  });

  it('is each file or leaves it out, and takes no longer than it may and one file', () => {
    const timeOf = (paths: readonly string[]): number =>
      paths.reduce((sum, path) => sum + (SECONDS[path] ?? 0), 0);
    for (const seed of ['one', 'two', 'three']) {
      const { chosen, left } = fileSample(seed, SLOW_BY_NATURE, 300);
      expect([...chosen, ...left].toSorted()).toEqual(ALL.toSorted());
      expect(timeOf(chosen)).toBeGreaterThanOrEqual(300);
      expect(timeOf(chosen.slice(0, -1))).toBeLessThan(300);
    }
  });

  it('is all of it where that takes no longer', () => {
    expect(fileSample('one', THREE, 1_000)).toMatchObject({ left: [] });
    expect(fileSample('one', THREE, 60)).toMatchObject({ left: [] });
    expect(fileSample('one', THREE, 1).chosen).toHaveLength(1);
  });

  it('is taken of everything, and not where tests are named or all of it is wanted', () => {
    const seeded = { TEST_SEED: 'one' };
    expect(choiceOf([], seeded)).toEqual({ sample: 'some', left: fileSample('one').left });
    expect(choiceOf(['console/test/race'], seeded)).toEqual({ sample: '', left: [] });
    const whole = { ...seeded, TEST_SAMPLE: 'all' };
    for (const args of [[], ['fuzz']]) expect(choiceOf(args, whole)).toEqual({ sample: 'all', left: [] });
  });

  it('tells what it has left out as the command that does it', () => {
    expect(leftOutLine('7', ['b', 'a'])).toMatch(/^######## LEFT OUT by TEST_SEED=7 .*: npm test -- a b$/);
  });

  it('tells how many cases of other files it has left out, and the command with which none is', () => {
    const note = (file: string, name: string, count: number) =>
      `${JSON.stringify({ file: join(projectRoot(), file), name, count })}\n`;
    const notes = note('b', 'looks of pages', 2) + note('c', 'deaths', 4) + note('a', 'looks of pages', 2);
    expect(leftCasesLines('7', notes)).toEqual([
      '######## LEFT OUT by TEST_SEED=7: 4 deaths, 4 looks of pages; with all of them: npm test -- a b c',
    ]);
    expect(leftCasesLines('7', '')).toEqual([]);
  });
});
