/*
 * GET /admin/orders   viewer   200
 * GET /events         viewer   200
 */
import { Get, Query } from '@nestjs/common';
import {
  failureCode,
  id,
  listAllOrders,
  orderStatus,
  readRecords,
  SLOWER_THAN_MS_MAX,
} from '@jangteo/contracts';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { Refused } from '../http/refusal-error.js';
import { Call, FromCall } from '../http/request-context.js';
import { orderRecords } from '../http/responses.js';
import { Upstream } from '../http/upstream.js';
import { count, largeCount, pageQuery, placedQuery } from '../openapi/schemas.js';
import { OrdersWithCoupon } from './orders-with-coupon.js';

/** Codes with which an order fails: those of later releases are not known here. */
const FAILURE_CODES = z.toJSONSchema(failureCode).enum as [string, ...string[]];

export const allOrdersQuery = pageQuery.extend({
  status: orderStatus.optional().describe('Orders with this status.'),
  failureCode: z.enum(FAILURE_CODES).optional().describe('Orders that failed with this code.'),
  userId: id.optional().describe('Orders of this user.'),
  productId: id.optional().describe('Orders of this product, whatever else they are of.'),
  couponId: id.optional().describe('Orders with a coupon of this campaign.'),
  ...placedQuery,
  minTotal: largeCount(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Orders that cost this or more, in the smallest unit.'),
  slowerThanMs: largeCount(SLOWER_THAN_MS_MAX)
    .optional()
    .describe('Orders that took longer than so many milliseconds, also those that take longer by now.'),
});

export const recordsQuery = z.object({
  after: largeCount(Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('Records with a higher number: `next` of the answer before, 0 for the first.'),
  limit: count(1, 100, 20),
});

@Api()
export class AllOrdersController {
  constructor(
    private readonly upstream: Upstream,
    private readonly withCoupon: OrdersWithCoupon,
  ) {}

  @Get('admin/orders')
  @Documented({
    id: 'listAllOrders',
    summary: "Reads everybody's orders, newest first",
    description:
      'Filters combine with *and*. `userId`, `failureCode`, `from` and `to` lead to what matches; what the others leave ' +
      'over is looked for among the orders that come next, so many for a page: it may have fewer than `limit`, or none, ' +
      'where the list goes on.',
    asks: [listAllOrders],
    answer: listAllOrders.value.shape.orders,
  })
  async list(
    @FromCall() call: Call,
    @Query({ schema: allOrdersQuery }) query: z.infer<typeof allOrdersQuery>,
  ) {
    const { couponId, ...wanted } = query;
    const { orders, next } =
      couponId === undefined
        ? await this.upstream.ask(listAllOrders, wanted, call)
        : await this.withCoupon.list(couponId, wanted, call);
    call.linkNext(next);
    return orders;
  }

  @Get('events')
  @Documented({
    id: 'readEvents',
    summary: 'Reads the records of completed and cancelled orders, oldest first',
    description:
      'They are numbered without a gap, and their numbers never change. Ask with `next` as `after` for what comes then; ' +
      'where there is nothing yet, `events` is empty and `next` stays. A number that was not given yet is refused: whoever ' +
      'has one had it before a database was restored, and would be told nothing until numbers have passed it.',
    asks: [readRecords],
    answer: orderRecords,
    refuses: ['VALIDATION_FAILED'],
  })
  async events(@FromCall() call: Call, @Query({ schema: recordsQuery }) query: z.infer<typeof recordsQuery>) {
    const { records: events, next, oldest, newest } = await this.upstream.ask(readRecords, query, call);
    // An order service of the release before does not say.
    if (newest !== undefined && query.after > newest) {
      const message = `must be a number that was given: the last one is ${newest}`;
      throw new Refused({ code: 'VALIDATION_FAILED', errors: [{ path: 'after', message }] });
    }
    return { events, next, oldest, newest };
  }
}
