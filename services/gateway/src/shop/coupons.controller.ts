/*
 * POST  /coupons                   operator 201
 * PATCH /coupons/:couponId         operator 200
 * GET   /coupons                   anyone   200
 * POST  /coupons/:couponId/issue   user     201
 * GET   /coupons/mine              user     200
 */
import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  changeCoupon,
  coupon,
  couponDraft,
  couponStatus,
  createCoupon,
  id,
  CHARGED_WALLET,
  issueCoupon,
  listCoupons,
  listUserCoupons,
  named,
  readHistory,
  userCouponFilter,
  type CouponDraft,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { ActingUser } from '../http/acting-user.js';
import { Call, FromCall } from '../http/request-context.js';
import { FlowLimits } from '../http/flow-limit.js';
import { Refused } from '../http/refusal-error.js';
import { emptyBody, pageQuery, userPageQuery, type PageQuery } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

export const couponPath = z.object({ couponId: id });
export const createCouponBody = couponDraft;
export const changeCouponBody = named('CouponChange', z.strictObject({ status: couponStatus }), {
  status: 'SUSPENDED',
});
export const issueCouponBody = emptyBody;
export const userCouponsQuery = userPageQuery.extend({ status: userCouponFilter.default('ISSUED') });

type CouponPath = z.infer<typeof couponPath>;

@Api()
export class CouponsController {
  constructor(
    private readonly upstream: Upstream,
    private readonly actingUser: ActingUser,
    private readonly limits: FlowLimits,
  ) {}

  @Post('coupons')
  @Documented({
    id: 'createCoupon',
    summary: 'Makes a coupon, ready to be issued',
    description: 'A percentage is at most 100, and `issueEndsAt` after `issueStartsAt`.',
    asks: [createCoupon],
    answer: createCoupon.value,
  })
  async create(@FromCall() call: Call, @Body({ schema: createCouponBody }) draft: CouponDraft) {
    const operation = call.operation(createCoupon, draft);
    return await this.upstream.ask(createCoupon, { operation, draft, actorId: call.caller.userId }, call);
  }

  @Patch('coupons/:couponId')
  @Documented({
    id: 'changeCoupon',
    summary: 'Suspends the issue of a coupon, or lets it go on',
    asks: [changeCoupon],
    answer: coupon,
  })
  async change(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: changeCouponBody }) { status }: z.infer<typeof changeCouponBody>,
  ) {
    const operation = call.operation(changeCoupon, { couponId, status });
    const payload = { operation, couponId, status, actorId: call.caller.userId };
    const { before, ...after } = await this.upstream.ask(changeCoupon, payload, call);
    call.noteBefore(before);
    return after;
  }

  @Get('coupons')
  @Documented({
    id: 'listCoupons',
    summary: 'Reads the coupons that can be issued now, oldest first',
    asks: [listCoupons],
    answer: listCoupons.value.shape.coupons,
  })
  async list(@FromCall() call: Call, @Query({ schema: pageQuery }) query: PageQuery) {
    const { coupons, next } = await this.upstream.ask(listCoupons, query, call);
    call.linkNext(next);
    return coupons;
  }

  @Post('coupons/:couponId/issue')
  @Documented({
    id: 'issueCoupon',
    summary: 'Gets one of a coupon, first come first served',
    description: 'A coupon may demand something of the account; its `eligibility` says what.',
    asks: [issueCoupon, readHistory],
    answer: issueCoupon.value,
  })
  async issue(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: issueCouponBody }) _body: z.infer<typeof issueCouponBody>,
  ) {
    this.limits.take('coupon issues', call.caller);
    const operation = call.operation(issueCoupon, { couponId });
    const { userId, createdAt } = call.caller;
    const asked = { couponId, userId, actorId: userId, account: { createdAt: createdAt.toISOString() } };
    try {
      return await this.upstream.ask(issueCoupon, { ...asked, operation }, call);
    } catch (error) {
      if (!asksForWallet(error)) throw error;
    }
    // Asked of few coupons, so that the others cost no look at the wallet. It is a write of its own: what is answered
    // now is the answer to every repeat.
    const { transactions } = await this.upstream.ask(readHistory, { userId, limit: 1 }, call);
    const again = {
      ...asked,
      operation: call.operation(issueCoupon, { couponId }, ' with wallet'),
      account: { ...asked.account, hasCharged: transactions.length > 0 },
    };
    return await this.upstream.ask(issueCoupon, again, call);
  }

  @Get('coupons/mine')
  @Documented({
    id: 'listMyCoupons',
    summary: "Reads a user's coupons, newest first",
    description: '`ISSUED` are those that can be used now.',
    asks: [listUserCoupons],
    answer: listUserCoupons.value.shape.userCoupons,
  })
  async mine(
    @FromCall() call: Call,
    @Query({ schema: userCouponsQuery }) query: z.infer<typeof userCouponsQuery>,
  ) {
    const userId = await this.actingUser.of(call, query.userId);
    const { userCoupons, next } = await this.upstream.ask(listUserCoupons, { ...query, userId }, call);
    call.linkNext(next);
    return userCoupons;
  }
}

/** Recognises the refusal of a coupon for want of a charged wallet alone. */
function asksForWallet(error: unknown): boolean {
  if (!(error instanceof Refused) || error.refusal.code !== 'COUPON_NOT_ELIGIBLE') return false;
  const { errors = [] } = error.refusal;
  return errors.length === 1 && errors[0]?.path === CHARGED_WALLET;
}
