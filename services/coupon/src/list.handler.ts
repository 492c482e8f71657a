import { Injectable } from '@nestjs/common';
import {
  done,
  listCoupons,
  listUserCoupons,
  type OutcomeOf,
  type PayloadOf,
  type Page,
} from '@jangteo/contracts';
import { cutPage, Database, decodeCursor, refuseCursor } from '@jangteo/database';
import { couponAnswer } from './domain/coupon.js';
import { userCouponAnswer } from './domain/user-coupon.js';
import { readIssuablePages, readUserPages, type ListPage, type RowOf } from './list.queries.js';

/** The lists of coupons, a batch of pages with one statement. */
@Injectable()
export class ListHandler {
  constructor(private readonly database: Database) {}

  async issuable(
    messages: readonly PayloadOf<typeof listCoupons>[],
  ): Promise<OutcomeOf<typeof listCoupons>[]> {
    const pages = messages.map(pageOf);
    const read = (wanted: ListPage[]) => readIssuablePages(this.database, wanted, new Date());
    return await answerPages(pages, read, (rows, page) => {
      const cut = cutPage(rows, page.rowsMax - 1, (row) => [row.createdAt.toISOString(), row.couponId]);
      return done({ coupons: cut.rows.map(couponAnswer), next: cut.next });
    });
  }

  async ofUsers(
    messages: readonly PayloadOf<typeof listUserCoupons>[],
  ): Promise<OutcomeOf<typeof listUserCoupons>[]> {
    const pages = messages.map((asked) => {
      const page = pageOf(asked);
      return page && { ...page, userId: asked.userId, status: asked.status };
    });
    const read = (wanted: NonNullable<(typeof pages)[number]>[]) =>
      readUserPages(this.database, wanted, new Date());
    return await answerPages(pages, read, (rows, page) => {
      const cut = cutPage(rows, page.rowsMax - 1, (row) => [row.issuedAt.toISOString(), row.userCouponId]);
      return done({ userCoupons: cut.rows.map(userCouponAnswer), next: cut.next });
    });
  }
}

/** The page that is asked for, one row longer; `undefined` when its cursor is none of ours. */
function pageOf({ limit, cursor }: Page): ListPage | undefined {
  const rowsMax = limit + 1;
  if (cursor === undefined) return { at: null, id: null, rowsMax };
  const [at, id] = decodeCursor(cursor, ['instant', 'id']) ?? [];
  return at === undefined ? undefined : { at: new Date(at), id: String(id), rowsMax };
}

/**
 * Reads all pages at once and answers each.
 *
 * @param pages what is asked for; `undefined` for what is refused
 * @param read reads the rows of many pages, each with the index of its page
 */
async function answerPages<P, R, O>(
  pages: readonly (P | undefined)[],
  read: (pages: P[]) => Promise<RowOf<R>[]>,
  answer: (rows: readonly RowOf<R>[], page: P) => O,
): Promise<(O | ReturnType<typeof refuseCursor>)[]> {
  const readable = pages.filter((page) => page !== undefined);
  const rowsOf = Map.groupBy(await read(readable), ({ page }) => page);
  let next = 0;
  return pages.map((page) => {
    if (page === undefined) return refuseCursor();
    const rows = rowsOf.get(next) ?? [];
    next += 1;
    return answer(rows, page);
  });
}
