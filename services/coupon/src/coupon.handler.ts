import { Injectable } from '@nestjs/common';
import {
  changeCoupon,
  createCoupon,
  done,
  issueCoupon,
  lookAtCoupons,
  releaseCoupon,
  useCoupon,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { Database, decideOnce } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import {
  closeRedemptions,
  insertCoupons,
  insertRedemptions,
  insertUserCoupons,
  lockCoupons,
  lockUserCoupons,
  markUnused,
  markUsed,
  readHoldings,
  readNow,
  readUserCoupons,
  readUses,
  saveIssuedQuantities,
  saveStatuses,
} from './coupon.queries.js';
import { decideChanges, decideCreations } from './domain/campaign.js';
import { decideIssues } from './domain/issue.js';
import { lookAt } from './domain/redemption.js';
import { releasing, using } from './domain/steps.js';

/** Everything that changes coupons, a batch at a time. */
@Injectable()
export class CouponHandler {
  constructor(private readonly database: Database) {}

  async create(
    messages: readonly PayloadOf<typeof createCoupon>[],
  ): Promise<OutcomeOf<typeof createCoupon>[]> {
    return await decideOnce(this.database, messages, {
      keyOf: ({ operation }) => operation,
      load: readNow,
      decide: (now, requests) => decideCreations(requests, { now, newId }),
      save: insertCoupons,
    });
  }

  async change(
    messages: readonly PayloadOf<typeof changeCoupon>[],
  ): Promise<OutcomeOf<typeof changeCoupon>[]> {
    return await decideOnce(this.database, messages, {
      keyOf: ({ operation }) => operation,
      load: (tx, requests) => lockCoupons(tx, couponsOf(requests)),
      decide: decideChanges,
      save: saveStatuses,
    });
  }

  async issue(messages: readonly PayloadOf<typeof issueCoupon>[]): Promise<OutcomeOf<typeof issueCoupon>[]> {
    return await decideOnce(this.database, messages, {
      keyOf: ({ operation }) => operation,
      async load(tx, requests) {
        // The lock first: what was issued under it until a moment ago must be seen.
        const [coupons, holdings, now] = await Promise.all([
          lockCoupons(tx, couponsOf(requests)),
          readHoldings(tx, requests),
          readNow(tx),
        ]);
        return { coupons, holdings, now };
      },
      decide: ({ now, ...state }, requests) => decideIssues(state, requests, { now, newId }),
      save: ({ coupons, issued }) => [...saveIssuedQuantities(coupons), ...insertUserCoupons(issued)],
    });
  }

  async use(messages: readonly PayloadOf<typeof useCoupon>[]): Promise<OutcomeOf<typeof useCoupon>[]> {
    return await decideOnce(this.database, messages, {
      ...using,
      async load(tx, commands) {
        const [rows, now] = await Promise.all([lockUserCoupons(tx, userCouponsOf(commands)), readNow(tx)]);
        return { rows, now };
      },
      save: (redemptions) => [...markUsed(redemptions), ...insertRedemptions(redemptions)],
    });
  }

  async look(
    messages: readonly PayloadOf<typeof lookAtCoupons>[],
  ): Promise<OutcomeOf<typeof lookAtCoupons>[]> {
    const ids = new Set(messages.flatMap(({ asked }) => userCouponsOf(asked)));
    const rows = await readUserCoupons(this.database, [...ids]);
    return messages.map(({ asked }) => done({ seen: lookAt(rows, asked) }));
  }

  async release(
    messages: readonly PayloadOf<typeof releaseCoupon>[],
  ): Promise<OutcomeOf<typeof releaseCoupon>[]> {
    return await decideOnce(this.database, messages, {
      ...releasing,
      async load(tx, commands) {
        const orderIds = commands.map(({ orderId }) => orderId);
        // The lock first: a use that held it until a moment ago must be seen.
        const [, rows, now] = await Promise.all([
          lockUserCoupons(tx, userCouponsOf(commands)),
          readUses(tx, orderIds),
          readNow(tx),
        ]);
        return { rows, now };
      },
      save: (releases) => [...markUnused(releases), ...closeRedemptions(releases)],
    });
  }
}

function couponsOf(payloads: readonly { readonly couponId: string }[]): string[] {
  return payloads.map(({ couponId }) => couponId);
}

function userCouponsOf(payloads: readonly { readonly userCouponId: string }[]): string[] {
  return payloads.map(({ userCouponId }) => userCouponId);
}
