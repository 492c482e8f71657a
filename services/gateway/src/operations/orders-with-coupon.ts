import { Injectable } from '@nestjs/common';
import { identifyUserCoupons, listAllOrders, type PayloadOf, type ValueOf } from '@jangteo/contracts';
import { encodeCursor } from '@jangteo/database';
import type { Call } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';

/** Orders with any coupon are looked at so many at a time, and so often for one page. */
const LOOKED_AT = 100;
const LOOKS_MAX = 5;

type Wanted = PayloadOf<typeof listAllOrders>;
type Page = ValueOf<typeof listAllOrders>;

/** Finds orders with a coupon of one campaign: orders know the coupon of a user, and the coupon service whose it is. */
@Injectable()
export class OrdersWithCoupon {
  constructor(private readonly upstream: Upstream) {}

  async list(couponId: string, { limit, cursor, ...filter }: Wanted, call: Call): Promise<Page> {
    const orders: Page['orders'] = [];
    let next = cursor;
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      const asked = { ...filter, hasCoupon: true as const, limit: LOOKED_AT, cursor: next };
      const page = await this.upstream.ask(listAllOrders, asked, call);
      orders.push(...(await this.#ofCoupon(couponId, page.orders, call)));
      const last = orders[limit - 1];
      if (orders.length > limit && last !== undefined) {
        return { orders: orders.slice(0, limit), next: encodeCursor([last.orderDate, last.orderId]) };
      }
      next = page.next;
      if (next === undefined) break;
    }
    return { orders, next };
  }

  async #ofCoupon(couponId: string, orders: Page['orders'], call: Call): Promise<Page['orders']> {
    const userCouponIds = orders.flatMap(({ userCouponId }) => userCouponId ?? []);
    if (userCouponIds.length === 0) return [];
    const { userCoupons } = await this.upstream.ask(identifyUserCoupons, { userCouponIds }, call);
    const ofCoupon = new Set(
      userCoupons.filter((one) => one.couponId === couponId).map(({ userCouponId }) => userCouponId),
    );
    return orders.filter(({ userCouponId }) => userCouponId !== undefined && ofCoupon.has(userCouponId));
  }
}
