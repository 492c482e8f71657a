import type { Coupon, CouponChange, CouponDraft, CouponPlaces, Id, UserCoupon } from '../api.js';
import type { List } from '../pages.js';
import type { StreamOptions } from '../server-events.js';
import type { StreamEvent } from '../streams.js';
import type { CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

export class Coupons extends Namespace {
  /** Coupons that can be issued now. */
  list(query: QueryOf<'listCoupons'> = {}, options?: CallOptions): List<Coupon> {
    return this.pagesOf('listCoupons', { query }, options);
  }

  read(couponId: Id, options?: CallOptions): Promise<Coupon> {
    return this.call('readCoupon', { path: { couponId } }, options);
  }

  /** How its places were issued: whether 1 to the highest are held, each by another user. */
  places(couponId: Id, options?: CallOptions): Promise<CouponPlaces> {
    return this.call('readPlaces', { path: { couponId } }, options);
  }

  /** Gets one place of a coupon, first come first served. */
  issue(couponId: Id, options?: CallOptions): Promise<UserCoupon> {
    return this.call('issueCoupon', { path: { couponId } }, options);
  }

  /** One's own, by default those that can be used now. */
  mine(query: QueryOf<'listMyCoupons'> = {}, options?: CallOptions): List<UserCoupon> {
    return this.pagesOf('listMyCoupons', { query }, options);
  }

  create(draft: CouponDraft, options?: CallOptions): Promise<Coupon> {
    return this.call('createCoupon', { body: draft }, options);
  }

  change(couponId: Id, change: CouponChange, options?: CallOptions): Promise<Coupon> {
    return this.call('changeCoupon', { path: { couponId }, body: change }, options);
  }

  /** How a coupon is issued, while it is. */
  live(couponId: Id, options?: StreamOptions): AsyncIterable<StreamEvent<'watchCoupon'>> {
    return this.stream('watchCoupon', { couponId }, options);
  }
}
