/*
 * GET /orders/:orderId/events   user     200, 204
 * GET /coupons/:couponId/live   anyone   200
 * GET /admin/live               viewer   200
 */
import { Get, Param, Res } from '@nestjs/common';
import { readIssueProgress, readProgress } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { Call, FromCall } from '../http/request-context.js';
import { couponPath } from '../shop/coupons.controller.js';
import { orderPath } from '../shop/orders.controller.js';
import { CouponStreams } from './coupon-streams.js';
import { OrderStreams } from './order-streams.js';
import { ShopStreams } from './shop-streams.js';
import { couponNow, orderEnd, orderStep, shopNow } from './stream-events.js';

const GOES_ON =
  'A stream ends after `STREAM_SECONDS_MAX`, and with the session that opened it: connect again then.';

@Api()
export class StreamsController {
  constructor(
    private readonly orders: OrderStreams,
    private readonly coupons: CouponStreams,
    private readonly shop: ShopStreams,
  ) {}

  @Get('orders/:orderId/events')
  @Documented({
    id: 'watchOrder',
    summary: 'Streams each step of an order until it ends',
    description:
      'All that its history has comes first. Who connects again with `Last-Event-ID` gets what comes after it, and ' +
      `nothing twice. Those who run the shop may watch anybody's. ${GOES_ON}`,
    asks: [readProgress],
    refuses: ['ORDER_NOT_FOUND'],
    stream: { events: { progress: orderStep, end: orderEnd }, hasEnd: true },
    takesHeaders: ['Last-Event-ID'],
  })
  async watchOrder(
    @FromCall() call: Call,
    @Param({ schema: orderPath }) { orderId }: z.infer<typeof orderPath>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.orders.open(orderId, call, reply);
  }

  @Get('coupons/:couponId/live')
  @Documented({
    id: 'watchCoupon',
    summary: 'Streams how the issue of a coupon goes on',
    description:
      'At most ten times a second, and once a second where nothing changes. It tells nothing of anybody who asks for ' +
      'one. A stream ends after `STREAM_SECONDS_MAX`: connect again then.',
    asks: [readIssueProgress],
    refuses: ['COUPON_NOT_FOUND'],
    stream: { events: { coupon: couponNow } },
  })
  async watchCoupon(
    @FromCall() call: Call,
    @Param({ schema: couponPath }) { couponId }: z.infer<typeof couponPath>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.coupons.open(couponId, call, reply);
  }

  @Get('admin/live')
  @Documented({
    id: 'watchShop',
    summary: 'Streams once a second how the whole shop is',
    description: `A service that does not answer is named, and what only it knows is left out. ${GOES_ON}`,
    stream: { events: { shop: shopNow } },
  })
  watchShop(@FromCall() call: Call, @Res() reply: FastifyReply): void {
    this.shop.open(call, reply);
  }
}
