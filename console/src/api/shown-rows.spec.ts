import { describe, expect, it } from '@jest/globals';
import { shownWith } from './shown-rows.js';

interface Row {
  readonly key: string;
  readonly read: number;
}

const rowsOf = (keys: string, read: number): Row[] => keys.split('').map((key) => ({ key, read }));
const next = 'cursor';

/** What is shown of `a`, `b`, … read first, once a page was read again; what was last seen before has a dash. */
function shown(before: string, keys: string, isLast = false, isOldestFirst = false): string {
  const page = { items: rowsOf(keys, 2), next: isLast ? undefined : next };
  const { rows, past, newRows, isMore } = shownWith(rowsOf(before, 1), page, ({ key }) => key, isOldestFirst);
  expect([...past]).toEqual(rows.filter(({ read }) => read === 1).map(({ key }) => key));
  return `${rows.map(({ key, read }) => (read === 1 ? `${key}-` : key)).join('')} ${newRows}${isMore ? '+' : ''}`;
}

describe('a list while newer rows come', () => {
  it('keeps the rows that they push off its page, as they were last seen', () => {
    expect(shown('abcd', 'yzab')).toBe('abc-d- 2');
    expect(shown('abcd', 'wxyz')).toBe('a-b-c-d- 4+');
  });

  it('leaves out what has left it', () => {
    expect(shown('abcd', 'acde')).toBe('acd 1');
    expect(shown('abcd', 'abce')).toBe('abc 1');
    expect(shown('abcd', 'ab', true)).toBe('ab 0');
    expect(shown('abcd', 'zab', true)).toBe('ab 1');
  });

  it('is shown as it is where nothing of it is there any more', () => {
    expect(shown('abcd', '', true)).toBe(' 0');
    expect(shown('abcd', 'yz', true)).toBe('yz 0');
    expect(shown('', 'yz')).toBe('yz 0');
    // Of the oldest first, those that are gone have gone on.
    expect(shown('abcd', 'efgh', false, true)).toBe('efgh 0');
    expect(shown('abcd', 'cd', false, true)).toBe('cd 0');
  });
});
