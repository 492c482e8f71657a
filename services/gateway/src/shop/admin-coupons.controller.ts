/*
 * GET    /admin/coupons                      viewer   200
 * GET    /admin/coupons/:couponId/issues     viewer   200
 * POST   /admin/coupons/:couponId/issues     operator 201
 * DELETE /admin/user-coupons/:userCouponId   operator 204
 */
import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  couponStatus,
  giveCoupon,
  id,
  listAllCoupons,
  listIssues,
  named,
  searchText,
  takeBackCoupon,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Users } from '../accounts/users.repository.js';
import { Api } from '../http/access.guard.js';
import { Refused } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';
import { cursorLike, pageQuery, type PageQuery } from '../openapi/schemas.js';
import { couponPath } from './coupons.controller.js';

export const allCouponsQuery = pageQuery.extend({
  cursor: cursorLike('byId'),
  status: couponStatus.optional().describe('Coupons of this status.'),
  q: searchText.optional().describe('What is in the name, whatever the case of its letters.'),
});
export const issuesQuery = pageQuery.extend({ cursor: cursorLike('byNumber') });
export const giveCouponBody = named('CouponGift', z.strictObject({ userId: id }), {
  userId: giveCoupon.example.payload.userId,
});
export const userCouponPath = z.object({ userCouponId: id });

type CouponPath = z.infer<typeof couponPath>;

/** Coupons for those who run the shop. */
@Api()
export class AdminCouponsController {
  constructor(
    private readonly upstream: Upstream,
    private readonly users: Users,
  ) {}

  @Get('admin/coupons')
  @Documented({
    id: 'listAllCoupons',
    summary: 'Reads all coupons, newest first',
    description: 'A page of what is found may have fewer than `limit`, or nothing, where the list goes on.',
    asks: [listAllCoupons],
    answer: listAllCoupons.value.shape.coupons,
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: allCouponsQuery }) query: z.infer<typeof allCouponsQuery>,
  ) {
    const { coupons, next } = await this.upstream.ask(listAllCoupons, query, call);
    call.linkNext(next);
    return coupons;
  }

  @Get('admin/coupons/:couponId/issues')
  @Documented({
    id: 'listIssues',
    summary: 'Reads who holds which place of a coupon, the last place first',
    asks: [listIssues],
    answer: listIssues.value.shape.issues,
  })
  async issues(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Query({ schema: issuesQuery }) query: PageQuery,
  ) {
    const { issues, next } = await this.upstream.ask(listIssues, { ...query, couponId }, call);
    call.linkNext(next);
    return issues;
  }

  @Post('admin/coupons/:couponId/issues')
  @Documented({
    id: 'giveCoupon',
    summary: 'Gives a coupon to a user',
    description:
      'Whatever its status, its time of issue and what it demands of accounts. Its place counts among those that are ' +
      'issued.',
    asks: [giveCoupon],
    answer: giveCoupon.value,
  })
  async give(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: CouponPath,
    @Body({ schema: giveCouponBody }) { userId }: z.infer<typeof giveCouponBody>,
  ) {
    const user = await this.users.find(userId);
    if (user === undefined || user.state === 'DELETED') throw new Refused({ code: 'USER_NOT_FOUND' });
    const operation = call.operation(giveCoupon, { couponId, userId });
    const payload = { operation, couponId, userId, actorId: call.caller.userId };
    return await this.upstream.ask(giveCoupon, payload, call);
  }

  @Delete('admin/user-coupons/:userCouponId')
  @HttpCode(204)
  @Documented({
    id: 'takeBackCoupon',
    summary: 'Takes an unused coupon back from its user',
    description:
      'It has expired from then on. Its place stays taken, and its user gets no other one of the coupon.',
    asks: [takeBackCoupon],
  })
  async takeBack(
    @FromCall() call: Call,
    @Param({ schema: userCouponPath }) { userCouponId }: z.infer<typeof userCouponPath>,
  ): Promise<void> {
    const operation = call.operation(takeBackCoupon, { userCouponId });
    await this.upstream.ask(takeBackCoupon, { operation, userCouponId, actorId: call.caller.userId }, call);
  }
}
