import { describe, expect, it } from '@jest/globals';
import { detailsOf, tableOf, widthOf } from './table.js';

describe('a table', () => {
  it('has its columns under each other, numbers to the right, also where letters are wide', () => {
    const rows = [
      { name: '찻잔', price: 12_000, note: undefined },
      { name: 'Tea pot', price: 900, note: 'new' },
    ];
    expect(tableOf(rows).split('\n')).toEqual([
      'name     price  note',
      '찻잔     12000',
      'Tea pot    900  new',
    ]);
    const [head = '', first = ''] = tableOf(rows).split('\n');
    expect(widthOf(first)).toBe(widthOf(head.slice(0, head.indexOf('  note'))));
  });

  it('says so where there is nothing', () => {
    expect(tableOf([])).toBe('There are none.');
  });

  it('cuts what is long, and lets no text of others command the terminal', () => {
    const [, line = ''] = tableOf([{ text: `\u001b[31m${'가'.repeat(100)}` }]).split('\n');
    expect(line).not.toContain('\u001b');
    expect(widthOf(line)).toBeLessThanOrEqual(60);
    expect(line.endsWith('…')).toBe(true);
  });
});

describe('details', () => {
  it('are a line a field, and a table a list', () => {
    expect(
      detailsOf({ id: 'a', absent: undefined, sums: { b: 1 }, lines: [{ n: 1 }, { n: 2, why: 'x' }] }),
    ).toBe(['id    a', 'sums  {"b":1}', '', 'lines:', 'n  why', '1', '2  x'].join('\n'));
  });

  it('show a text of several lines as such, and let it command no terminal', () => {
    expect(detailsOf({ id: 'a', detail: 'no\u001b[31m\n  more\n' })).toBe(
      ['id      a', 'detail', '    no\uFFFD[31m', '      more'].join('\n'),
    );
  });
});
