import { Injectable } from '@nestjs/common';
import {
  done,
  listCoupons,
  listUserCoupons,
  type OutcomeOf,
  type PayloadOf,
  type Page,
} from '@jangteo/contracts';
import { answerPages, cutPage, Database, decodeCursor } from '@jangteo/database';
import { couponAnswer, type Coupon } from './domain/coupon.js';
import { userCouponAnswer, type UserCoupon } from './domain/user-coupon.js';
import { markEnded, readIssuablePages, readUserPages, type ListPage } from './list.queries.js';

/** The lists of coupons, a batch of pages with one statement. */
@Injectable()
export class ListHandler {
  constructor(private readonly database: Database) {}

  async issuable(
    messages: readonly PayloadOf<typeof listCoupons>[],
  ): Promise<OutcomeOf<typeof listCoupons>[]> {
    return await answerPages(messages.map(pageOf), async (pages) => {
      await markEnded(this.database);
      const rowsOf = Map.groupBy(await readIssuablePages(this.database, pages), ({ page }) => page);
      return pages.map(({ rowsMax }, index) => {
        const keyOf = (row: Coupon) => [row.createdAt.toISOString(), row.couponId];
        const { rows, next } = cutPage(rowsOf.get(index) ?? [], rowsMax - 1, keyOf);
        return done({ coupons: rows.map(couponAnswer), next });
      });
    });
  }

  async ofUsers(
    messages: readonly PayloadOf<typeof listUserCoupons>[],
  ): Promise<OutcomeOf<typeof listUserCoupons>[]> {
    const asked = messages.map((message) => {
      const page = pageOf(message);
      return page && { ...page, userId: message.userId, status: message.status };
    });
    return await answerPages(asked, async (pages) => {
      const rowsOf = Map.groupBy(await readUserPages(this.database, pages), ({ page }) => page);
      return pages.map(({ rowsMax }, index) => {
        const keyOf = (row: UserCoupon) => [row.issuedAt.toISOString(), row.userCouponId];
        const { rows, next } = cutPage(rowsOf.get(index) ?? [], rowsMax - 1, keyOf);
        return done({ userCoupons: rows.map(userCouponAnswer), next });
      });
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
