/*
 * POST /orders                   user   201, 202   (also POST /order)
 * GET  /orders                   user   200
 * GET  /orders/:orderId          user   200
 * GET  /orders/:orderId/timeline user   200
 * POST /orders/:orderId/cancel   user   200
 */
import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  cancelOrder,
  hasOneSource,
  id,
  LINES_MAX,
  listOrders,
  money,
  named,
  ONE_SOURCE,
  ORDER_FAILURES,
  orderStatus,
  placeOrder,
  previewCancel,
  readOrder,
  readTimeline,
  type Order,
  type PayloadOf,
} from '@jangteo/contracts';
import { newId, UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import { Documented } from '@jangteo/service';
import { z } from 'zod';
import { Api } from '../http/access.guard.js';
import { ActingUser } from '../http/acting-user.js';
import { cancelledOrder, pendingOrder, placedOrder } from '../http/responses.js';
import { ORDER_STEPS } from '../openapi/api-problems.js';
import { Call, FromCall } from '../http/request-context.js';
import { actingUserOf, isAtLeast, ownedBy } from '../domain/caller.js';
import { orderAnswerOf } from '../domain/order-answer.js';
import { waitPreferenceOf } from '../domain/prefer.js';
import { entryFor } from '../domain/timeline.js';
import { FlowLimits } from '../http/flow-limit.js';
import { Looks } from './looks.js';
import { OrderWaits } from './order-waits.js';
import { Refused, valueOf } from '../http/refusal-error.js';
import { orderTimeline } from '../http/timeline-schema.js';
import { boundUnits, draftLine, emptyBody, placedQuery, userPageQuery } from '../openapi/schemas.js';
import { Timelines } from './timelines.js';
import { Upstream } from '../http/upstream.js';

export const orderPath = z.object({ orderId: id });

export const placeOrderBody = named(
  'OrderDraft',
  z
    .strictObject({
      userId: id.optional(),
      items: z.array(draftLine).min(1).max(LINES_MAX).optional(),
      // Generators for Java make an enum of a constant, which does not compile for a boolean.
      fromCart: z
        .literal(true)
        .meta({ const: undefined, not: { const: false } })
        .optional(),
      userCouponId: id.optional(),
      expectedTotal: money.optional(),
    })
    .refine(hasOneSource, ONE_SOURCE)
    .superRefine(boundUnits),
  { items: [{ productId: '01920000-0000-7000-8000-0000000000b1', quantity: 2 }] },
  'Give `items` or `fromCart`. Lines of one option have at most 1,000 units in all.',
  // As `oneOf` has it, of which generators of clients would make types of their own.
  {
    if: { required: ['items'] },
    // oxlint-disable-next-line no-thenable -- JSON Schema's
    then: { not: { required: ['fromCart'] } },
    else: { required: ['fromCart'] },
  },
);
export const cancelOrderBody = emptyBody;
export const cancelOrderQuery = z.object({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true` changes nothing and answers with what a cancellation would give back.'),
});
export const ordersQuery = userPageQuery.extend({
  status: orderStatus.optional().describe('Orders with this status.'),
  ...placedQuery,
});

type OrderPath = z.infer<typeof orderPath>;
type Placement = Omit<PayloadOf<typeof placeOrder>, 'wait'>;

@Api()
export class OrdersController {
  constructor(
    private readonly upstream: Upstream,
    private readonly actingUser: ActingUser,
    private readonly waits: OrderWaits,
    private readonly looks: Looks,
    private readonly limits: FlowLimits,
    private readonly timelines: Timelines,
  ) {}

  @Post(['orders', 'order'])
  @Documented({
    id: 'placeOrder',
    summary: 'Places an order and waits for its end',
    description:
      'Takes the stock, uses the coupon and debits the balance, or does none of it. Balance and coupon are looked at ' +
      'first, and an order that they will not bear is refused before stock is held for it. A failed order is ' +
      'answered with a problem that has its `orderId`. Lines of one option are summed first. With ' +
      '`fromCart` the order is of all that is in the cart and not in another order that has not ended; ' +
      'once it succeeds, that is taken out of the cart. A 202 is an answer as well: repeats under its ' +
      '`Idempotency-Key` get the same 202 whatever became of the order, which its `Location` tells.',
    asks: ORDER_STEPS,
    refuses: ORDER_FAILURES,
    answer: placedOrder,
    pending: pendingOrder,
    takesHeaders: ['Prefer'],
    givesHeaders: ['OrderLocation', 'Preference-Applied'],
  })
  async place(
    @FromCall() call: Call,
    @Body({ schema: placeOrderBody }) body: z.infer<typeof placeOrderBody>,
  ) {
    this.limits.take('orders', call.caller);
    const operation = call.operation(placeOrder, body);
    const { waitSeconds, applied } = waitPreferenceOf(call.header('prefer'));
    if (applied !== undefined) call.tell('preference-applied', applied);
    const beganMs = performance.now();
    const buyer = { ...body, userId: valueOf(actingUserOf(call.caller, body.userId)) };
    const [seen, userId] = await Promise.all([
      this.looks.before(buyer, waitSeconds * 1_000, call),
      this.actingUser.of(call, body.userId),
    ]);
    const { userId: actorId, role: placedBy } = call.caller;
    const placement = { ...body, operation, orderId: newId(), userId, seen, actorId, placedBy };
    // The look is a part of the wait that the client asked for.
    const waitMs = waitSeconds * 1_000 - Math.ceil(performance.now() - beganMs);
    const order = await this.#placed(placement, waitSeconds === 0 ? 0 : Math.max(waitMs, 1), call);
    if (order.orderId !== placement.orderId) call.tellReplayed();
    const answer = orderAnswerOf(order);
    if (answer.kind === 'failed') throw new Refused(answer.refusal);
    call.tell('location', `/orders/${order.orderId}`);
    if (answer.kind === 'pending') call.status(202);
    // An order that succeeded has its amounts, and one that does not wait any more none of its failures.
    return answer.body as z.infer<typeof placedOrder | typeof pendingOrder>;
  }

  @Get('orders')
  @Documented({
    id: 'listOrders',
    summary: "Reads a user's orders, newest first",
    description: 'With `status` a page may have fewer than `limit`, or none, where the list goes on.',
    asks: [listOrders],
    answer: listOrders.value.shape.orders,
  })
  async list(@FromCall() call: Call, @Query({ schema: ordersQuery }) query: z.infer<typeof ordersQuery>) {
    const userId = await this.actingUser.of(call, query.userId);
    const { orders, next } = await this.upstream.ask(listOrders, { ...query, userId }, call);
    call.linkNext(next);
    return orders;
  }

  @Get('orders/:orderId')
  @Documented({
    id: 'readOrder',
    summary: 'Reads an order with every step taken and undone, oldest first',
    description:
      'A customer is told in which role somebody changed it; which of those who run the shop it was, they alone see.',
    asks: [readOrder],
    answer: readOrder.value,
  })
  async read(@FromCall() call: Call, @Param({ schema: orderPath }) { orderId }: OrderPath) {
    const order = await this.upstream.ask(readOrder, { orderId, ...ownedBy(call.caller) }, call);
    const isStaff = isAtLeast(call.caller.role, 'viewer');
    return { ...order, history: order.history.map((entry) => entryFor(entry, isStaff)) };
  }

  @Get('orders/:orderId/timeline')
  @Documented({
    id: 'readTimeline',
    summary: 'Reads the way of an order: each step as it was asked for, decided, answered and undone',
    description:
      'Its user sees what became of it and why, and those who run the shop also keys, message ids, traces and rows. ' +
      'A service that does not answer is named, and what only it knows is unknown. ' +
      'What an exported timeline is like `docs/timeline.schema.json` says.',
    asks: [readTimeline],
    answer: orderTimeline,
  })
  async timeline(@FromCall() call: Call, @Param({ schema: orderPath }) { orderId }: OrderPath) {
    return await this.timelines.of(orderId, call);
  }

  @Post('orders/:orderId/cancel')
  @HttpCode(200)
  @Documented({
    id: 'cancelOrder',
    summary: 'Cancels a successful order: money, coupon and stock go back',
    description:
      'Within `ORDER_CANCEL_WINDOW_HOURS` of its success. Cancelling a cancelled order is answered as the first time. ' +
      'With `dryRun=true` nothing happens, and the answer is the order as it is, with `givesBack`.',
    asks: [cancelOrder, previewCancel],
    answer: cancelledOrder,
  })
  async cancel(
    @FromCall() call: Call,
    @Param({ schema: orderPath }) { orderId }: OrderPath,
    @Query({ schema: cancelOrderQuery }) { dryRun }: z.infer<typeof cancelOrderQuery>,
    @Body({ schema: cancelOrderBody }) _body: z.infer<typeof cancelOrderBody>,
  ) {
    if (dryRun === 'true') {
      const { order, givesBack } = await this.upstream.ask(
        previewCancel,
        { orderId, ...ownedBy(call.caller) },
        call,
      );
      return { ...order, givesBack };
    }
    const operation = call.operation(cancelOrder, { orderId });
    const { userId: actorId, role: cancelledBy } = call.caller;
    const payload = { operation, orderId, cancelledBy, actorId, ...ownedBy(call.caller) };
    return await this.upstream.ask(cancelOrder, payload, call);
  }

  /** The order once its saga has ended, or as it stands when the wait is over. */
  async #placed(placement: Placement, waitMs: number, call: Call): Promise<Order> {
    if (waitMs > 0) {
      try {
        const ended = this.upstream.ask(placeOrder, { ...placement, wait: true }, call, waitMs);
        return await this.waits.until(ended);
      } catch (error) {
        if (!(error instanceof UpstreamTimeout)) throw error;
      }
    }
    try {
      // Under the same operation, so that the order which was placed meanwhile is found, never a second made.
      return await this.upstream.ask(placeOrder, { ...placement, wait: false }, call);
    } catch (error) {
      // That this question went nowhere says nothing about the first one.
      if (waitMs > 0 && error instanceof UpstreamUnavailable) throw new UpstreamTimeout(error.message);
      throw error;
    }
  }
}
