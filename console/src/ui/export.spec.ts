import { describe, expect, it } from '@jest/globals';
import { csvFileOf, EXPORTED_ROWS_MAX, exportedOf } from './export.js';
import type { Column } from './tables.js';

const columns: readonly Column<number>[] = [
  { id: 'shown', head: 'Shown', cell: String },
  { id: 'total', head: 'Total', textHead: 'Total (USD)', cell: String, text: String },
];

/** A list of so many rows, and how many of its pages were read. */
function listOf(count: number) {
  const read = { pages: 0 };
  async function* pages() {
    for (let from = 0; from < count; from += 100) {
      read.pages += 1;
      yield Array.from({ length: Math.min(100, count - from) }, (_, index) => from + index);
    }
  }
  return { pages, read };
}

describe('an export', () => {
  it('has all rows under heads that say what they are in', async () => {
    expect(await exportedOf(columns, listOf(2))).toEqual({
      cells: [['Total (USD)'], ['0'], ['1']],
      isCut: false,
    });
  });

  it.each([
    [EXPORTED_ROWS_MAX, false, 100],
    [EXPORTED_ROWS_MAX + 1, true, 101],
    [1_000_000, true, 101],
  ])('of %d rows says that it is cut: %s', async (count, isCut, pages) => {
    const list = listOf(count);
    const exported = await exportedOf(columns, list);
    expect([exported.isCut, exported.cells.length - 1]).toEqual([isCut, EXPORTED_ROWS_MAX]);
    expect(list.read.pages).toBe(pages);
  });

  it('begins with what tells spreadsheets its encoding', () => {
    expect(new TextEncoder().encode(csvFileOf([['가']]))).toEqual(
      new Uint8Array([0xef, 0xbb, 0xbf, 0xea, 0xb0, 0x80, 0x0d, 0x0a]),
    );
  });
});
