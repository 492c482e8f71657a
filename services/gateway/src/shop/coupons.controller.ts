/*
 * POST  /coupons                   operator 201
 * PATCH /coupons/:couponId         operator 200
 * GET   /coupons                   anyone   200
 * GET   /coupons/:couponId         anyone   200
 * GET   /coupons/:couponId/places  anyone   200
 * POST  /coupons/:couponId/issue   user     201
 * GET   /coupons/mine              user     200
 */
import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  changeCoupon,
  changeCouponTerms,
  coupon,
  couponChange,
  couponDraft,
  createCoupon,
  id,
  CHARGED_WALLET,
  issueCoupon,
  listCoupons,
  listUserCoupons,
  readCoupon,
  readPlaces,
  readWallet,
  userCouponFilter,
  type CouponChange,
  type CouponDraft,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { ActingUser } from '../http/acting-user.js';
import { Call, FromCall } from '../http/request-context.js';
import { FlowLimits } from '../http/flow-limit.js';
import { Refused } from '../http/refusal-error.js';
import {
  emptyBody,
  givenInstant,
  namedLike,
  pageQuery,
  userPageQuery,
  type PageQuery,
} from '../openapi/schemas.js';
import { CouponStreams } from '../streams/coupon-streams.js';
import { Upstream } from '../http/upstream.js';
import { IssuedPlaces } from './issued-places.js';

export const couponPath = z.object({ couponId: id });
const moment = givenInstant.optional();
export const createCouponBody = namedLike(
  couponDraft.safeExtend({ issueStartsAt: moment, issueEndsAt: moment, usableUntil: moment }),
  couponDraft,
);
const otherMoment = givenInstant.nullable().optional();
export const changeCouponBody = namedLike(
  couponChange.safeExtend({ issueStartsAt: otherMoment, issueEndsAt: otherMoment, usableUntil: otherMoment }),
  couponChange,
);
export const issueCouponBody = emptyBody;
export const userCouponsQuery = userPageQuery.extend({ status: userCouponFilter.default('ISSUED') });

type CouponPath = z.infer<typeof couponPath>;

@Api()
export class CouponsController {
  constructor(
    private readonly upstream: Upstream,
    private readonly actingUser: ActingUser,
    private readonly limits: FlowLimits,
    private readonly streams: CouponStreams,
    private readonly issued: IssuedPlaces,
  ) {}

  @Post('coupons')
  @Documented({
    id: 'createCoupon',
    summary: 'Makes a coupon, ready to be issued',
    description:
      'A percentage is at most 100. `issueEndsAt` and `usableUntil` are to come, and after `issueStartsAt`.',
    asks: [createCoupon],
    answer: createCoupon.value,
    givesHeaders: ['CouponLocation', 'ETag'],
  })
  async create(@FromCall() call: Call, @Body({ schema: createCouponBody }) draft: CouponDraft) {
    const operation = call.operation(createCoupon, draft);
    const made = await this.upstream.ask(
      createCoupon,
      { operation, draft, actorId: call.caller.userId },
      call,
    );
    call.tellVersion(made);
    call.tell('location', `/coupons/${made.couponId}`);
    return made;
  }

  @Patch('coupons/:couponId')
  @Documented({
    id: 'changeCoupon',
    summary: 'Changes a coupon: suspends its issue, lets it go on, or changes its terms',
    description:
      'What is `null` is taken out. The quantity is never below what was issued; what a coupon takes off, and when a ' +
      'coupon of a user expires by itself, stays as it was promised.',
    asks: [changeCoupon, changeCouponTerms],
    answer: coupon,
    takesHeaders: ['If-Match'],
    givesHeaders: ['ETag'],
  })
  async change(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: changeCouponBody }) change: CouponChange,
  ) {
    const { before, ...after } = await this.#changed(call, couponId, change);
    call.noteBefore(before);
    call.tellVersion(after);
    return after;
  }

  /** The status alone goes the way it always has, and both have one name under a key, which is the route's. */
  async #changed(call: Call, couponId: string, change: CouponChange) {
    const versions = call.ifMatch();
    const { status, ...terms } = change;
    const actorId = call.caller.userId;
    if (status !== undefined && versions === undefined && Object.keys(terms).length === 0) {
      const operation = call.operation(changeCoupon, { couponId, status });
      return await this.upstream.ask(changeCoupon, { operation, couponId, status, actorId }, call);
    }
    const operation = call.operation(changeCoupon, { couponId, change, versions });
    return await this.upstream.ask(
      changeCouponTerms,
      { operation, couponId, change, versions, actorId },
      call,
    );
  }

  @Get('coupons/:couponId')
  @Documented({
    id: 'readCoupon',
    summary: 'Reads a coupon, whatever its status',
    asks: [readCoupon],
    answer: coupon,
    givesHeaders: ['ETag'],
  })
  async read(@FromCall() call: Call, @Param({ schema: couponPath }) { couponId }: CouponPath) {
    const found = await this.upstream.ask(readCoupon, { couponId }, call);
    call.tellVersion(found);
    return found;
  }

  @Get('coupons/:couponId/places')
  @Documented({
    id: 'readPlaces',
    summary:
      'Reads how the places of a coupon were issued: whether 1 to the highest are held, each by another user',
    description: 'All of it is of one moment. It tells nothing of who holds them.',
    asks: [readPlaces],
    answer: readPlaces.value,
  })
  async places(@FromCall() call: Call, @Param({ schema: couponPath }) { couponId }: CouponPath) {
    return await this.issued.of(couponId, call);
  }

  @Get('coupons')
  @Documented({
    id: 'listCoupons',
    summary: 'Reads the coupons that can be issued now, oldest first',
    description: 'A page may have fewer than `limit`, or nothing, where the list goes on.',
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
    asks: [issueCoupon, readWallet],
    answer: issueCoupon.value,
  })
  async issue(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: issueCouponBody }) _body: z.infer<typeof issueCouponBody>,
  ) {
    this.limits.take('coupon issues', call.caller);
    const beganMs = performance.now();
    try {
      return await this.#issued(couponId, call);
    } finally {
      this.streams.noteAnswer(couponId, performance.now() - beganMs);
    }
  }

  async #issued(couponId: string, call: Call) {
    const operation = call.operation(issueCoupon, { couponId });
    const { userId, createdAt } = call.caller;
    const asked = { couponId, userId, actorId: userId, account: { createdAt: createdAt.toISOString() } };
    try {
      return await this.upstream.ask(issueCoupon, { ...asked, operation }, call);
    } catch (error) {
      if (!asksForWallet(error)) throw error;
    }
    // Asked of few coupons, so that the others cost no look at the wallet. It is a write of its own: what is answered
    // now is the answer to every repeat, and that the first write may have been a repeat says nothing of it.
    call.untellReplayed();
    const { hasCharged = false } = await this.upstream.ask(readWallet, { userId }, call);
    const again = {
      ...asked,
      operation: call.operation(issueCoupon, { couponId }, ' with wallet'),
      account: { ...asked.account, hasCharged },
    };
    return await this.upstream.ask(issueCoupon, again, call);
  }

  @Get('coupons/mine')
  @Documented({
    id: 'listMyCoupons',
    summary: "Reads a user's coupons, newest first",
    description:
      '`ISSUED` are those that can be used now. Of one status a page may have fewer than `limit`, or nothing, where the ' +
      'list goes on.',
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
