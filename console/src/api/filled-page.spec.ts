import { expect, it } from '@jest/globals';
import { filledPage, isNone } from './filled-page.js';

/** A list of pages of so many items, whose cursors are their numbers. */
function listOf(...sizes: readonly number[]) {
  const asked: (string | undefined)[] = [];
  const page = async (cursor?: string) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    const next = at + 1 < sizes.length ? String(at + 1) : undefined;
    return { items: Array<number>(sizes[at]!).fill(at), next };
  };
  return { page, asked };
}

it('pages without anything are passed over, up to the end or so many', async () => {
  expect(await filledPage(listOf(0, 0, 1, 1), undefined)).toEqual({ items: [2], next: '3' });
  expect(await filledPage(listOf(1, 0), '1')).toEqual({ items: [], next: undefined });
  const rare = listOf(...Array<number>(50).fill(0));
  expect(await filledPage(rare, undefined)).toEqual({ items: [], next: '11' });
  expect(rare.asked).toHaveLength(11);
});

it.each([
  [true, { rows: [], next: undefined }],
  [true, { rows: undefined, next: undefined }],
  [false, { rows: [], next: '11' }],
  [false, { rows: [1], next: undefined }],
])('calls it %s that there is nothing in %j', (expected, list) => {
  expect(isNone(list)).toBe(expected);
});
