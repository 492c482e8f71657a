/*
 * POST  /coupons                   admin    201
 * PATCH /coupons/:couponId         admin    200
 * GET   /coupons                   anyone   200
 * POST  /coupons/:couponId/issue   user     201
 * GET   /coupons/mine              user     200
 */
import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  changeCoupon,
  couponDraft,
  couponStatus,
  createCoupon,
  id,
  issueCoupon,
  listCoupons,
  listUserCoupons,
  userCouponFilter,
  type CouponDraft,
} from '@jangteo/contracts';
import { z } from 'zod';
import { Api, ForAdmins, ForAnyone } from './access.guard.js';
import { ActingUser } from './acting-user.js';
import { Call, FromCall } from './call.js';
import { emptyBody, pageQuery, userPageQuery, type PageQuery } from './schemas.js';
import { Upstream } from './upstream.js';

export const couponPath = z.object({ couponId: id });
export const createCouponBody = couponDraft;
export const changeCouponBody = z.strictObject({ status: couponStatus });
export const issueCouponBody = emptyBody;
export const userCouponsQuery = userPageQuery.extend({ status: userCouponFilter.default('ISSUED') });

type CouponPath = z.infer<typeof couponPath>;

@Api()
export class CouponsController {
  constructor(
    private readonly upstream: Upstream,
    private readonly actingUser: ActingUser,
  ) {}

  @Post('coupons')
  @ForAdmins()
  async create(@FromCall() call: Call, @Body({ schema: createCouponBody }) draft: CouponDraft) {
    const operation = call.operation(createCoupon, draft);
    return await this.upstream.ask(createCoupon, { operation, draft }, call);
  }

  @Patch('coupons/:couponId')
  @ForAdmins()
  async change(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: changeCouponBody }) { status }: z.infer<typeof changeCouponBody>,
  ) {
    const operation = call.operation(changeCoupon, { couponId, status });
    return await this.upstream.ask(changeCoupon, { operation, couponId, status }, call);
  }

  @Get('coupons')
  @ForAnyone()
  async list(@FromCall() call: Call, @Query({ schema: pageQuery }) query: PageQuery) {
    const { coupons, next } = await this.upstream.ask(listCoupons, query, call);
    call.linkNext(next);
    return coupons;
  }

  @Post('coupons/:couponId/issue')
  async issue(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: issueCouponBody }) _body: z.infer<typeof issueCouponBody>,
  ) {
    const operation = call.operation(issueCoupon, { couponId });
    const { userId } = call.caller;
    return await this.upstream.ask(issueCoupon, { operation, couponId, userId }, call);
  }

  @Get('coupons/mine')
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
