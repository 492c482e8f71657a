/*
 * POST /admin/orders/redrive   admin   200
 */
import { Body, HttpCode, Post } from '@nestjs/common';
import { cursor, named, redriveOrders } from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { redrivenOrders } from './responses.js';
import { Call, FromCall } from '../http/request-context.js';
import { givenInstant } from '../openapi/schemas.js';
import { Upstream } from '../http/upstream.js';

const ORDERS_MAX = 100;

export const redriveBody = named(
  'OrdersToRedrive',
  z.strictObject({ since: givenInstant, until: givenInstant.optional(), cursor: cursor.optional() }),
  { since: '2026-01-01T00:00:00.000Z' },
);

@Api()
export class RedriveController {
  constructor(private readonly upstream: Upstream) {}

  @Post('admin/orders/redrive')
  @HttpCode(200)
  @Documented({
    id: 'redriveOrders',
    summary: 'Has wallets, stock, coupons and ranking agree again with how orders ended',
    description:
      'For after one of their databases was restored to an older moment: the orders that changed since then ' +
      `are sent to them again, at most ${ORDERS_MAX} a call. What they know takes no effect. Where there is a ` +
      '`next`, call again with the same body and it as `cursor`; while commands are `unanswered`, with a pause. Where ' +
      'none of them was answered for two minutes by services that are here, it goes on, and tells them on the last page.',
    asks: [redriveOrders],
    answer: redrivenOrders,
  })
  async redrive(@FromCall() call: Call, @Body({ schema: redriveBody }) body: z.infer<typeof redriveBody>) {
    const payload = { ...body, limit: ORDERS_MAX, by: call.caller.userId };
    return await this.upstream.ask(redriveOrders, payload, call);
  }
}
