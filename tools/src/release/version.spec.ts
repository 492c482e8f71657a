import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions, mayBreak, readVersion, type Version } from './version.js';

const versions = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20));
const version = (text: string): Version => readVersion(text)!;

describe('a version', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(versions, (numbers) => {
        expect(readVersion(numbers.join('.'))).toEqual(numbers);
      }),
    );
  });

  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    '1.02.3',
    '1.2.3-rc.1',
    '1.2.3+5',
    '1.2.x',
    ' 1.2.3',
    '1.2.-3',
    '1.2.9999999',
  ])('%p is none', (text) => {
    expect(readVersion(text)).toBeUndefined();
  });

  it('comes before another by its first number that differs', () => {
    const sorted = ['0.1.0', '0.1.9', '0.1.10', '0.2.0', '1.0.0', '1.0.1', '10.0.0'].map(version);
    for (const [index, one] of sorted.entries()) {
      for (const [at, other] of sorted.entries()) {
        expect(Math.sign(compareVersions(one, other))).toBe(Math.sign(index - at));
      }
    }
  });

  it.each([
    ['1.4.2', '2.0.0', true],
    ['1.4.2', '1.5.0', false],
    ['1.4.2', '1.4.3', false],
    ['0.4.2', '0.5.0', true],
    ['0.4.2', '0.4.3', false],
    ['0.4.2', '1.0.0', true],
  ])('from %s to %s may break: %s', (from, to, may) => {
    expect(mayBreak(version(from), version(to))).toBe(may);
  });
});
