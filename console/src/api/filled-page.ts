import type { List, ListPage } from '@jangteo/client';
import type { ListOf } from './list.js';

/** Pages that are passed over at most: of the 2,000 that the shop looks at for each, 20,000. */
const PASSED_MAX = 10;

/** The next page of a list that has anything: the shop looks at so many for a page, and what is rare may be behind them. */
export async function filledPage<Row>(
  list: Pick<List<Row>, 'page'>,
  cursor: string | undefined,
): Promise<ListPage<Row>> {
  let page = await list.page(cursor);
  for (let passed = 0; passed < PASSED_MAX && page.items.length === 0 && page.next !== undefined; passed += 1)
    page = await list.page(page.next);
  return page;
}

/** Whether a list has nothing, here or further on: behind what was passed over there may be more. */
export const isNone = ({ rows, next }: Pick<ListOf<unknown>, 'rows' | 'next'>): boolean =>
  !rows?.length && next === undefined;
