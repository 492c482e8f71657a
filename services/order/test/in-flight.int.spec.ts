import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HOUR_MS, refuse, reserveStock, type Order } from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import { OrderHandler } from '../src/saga/order.handler.js';
import { readFlights } from '../src/saga/saga.queries.js';
import { answersIn, codeOf, debitedFor, delivery, Desk, orderFor, reply, reservedFor } from './desk.js';

const MAX = 5;
const FULL = 'TOO_MANY_ORDERS_IN_FLIGHT';

let desk: Desk;
let replicas: OrderHandler[];
beforeAll(async () => {
  desk = await Desk.open();
  const config = { ...desk.config, ORDERS_IN_FLIGHT_PER_USER_MAX: MAX };
  replicas = Array.from({ length: 4 }, () => new OrderHandler(desk.database, desk.sagas, config));
});
afterAll(() => desk.close());

let userId: string;
beforeEach(() => {
  userId = newId();
});

async function place(count: number, replica = 0, of = userId): Promise<string[]> {
  const placings = Array.from({ length: count }, () => orderFor(of));
  return await placed(placings, replica);
}

async function placed(placings: readonly ReturnType<typeof orderFor>[], replica = 0): Promise<string[]> {
  const batch = placings.map((placing) => delivery(placing));
  return answersIn(await replicas[replica]!.place(batch)).map(codeOf);
}

const times = (count: number, word: string): string[] => Array<string>(count).fill(word);

describe('the orders of a user on their way', () => {
  it('are at most so many, by how they stand in the tables', async () => {
    expect(await place(3)).toEqual(times(3, 'ok'));
    expect(await place(4)).toEqual([...times(2, 'ok'), ...times(2, FULL)]);
    expect(await place(1)).toEqual([FULL]);
    expect(await place(1, 0, newId())).toEqual(['ok']);
  });

  it('are at most so many although several replicas place some at the same moment', async () => {
    const told = await Promise.all(
      Array.from({ length: 40 }, (_, index) => place(1, index % replicas.length)),
    );
    expect(told.flat().filter((word) => word === 'ok')).toHaveLength(MAX);
    expect(await desk.count('orders', `user_id = '${userId}'`)).toBe(MAX);
  });

  it('are not those that have ended, however they did', async () => {
    const orders = Array.from({ length: MAX }, () => orderFor(userId));
    expect(await placed(orders)).toEqual(times(MAX, 'ok'));
    const [bought, failed] = orders;
    await desk.hear(reservedFor(bought!), debitedFor(bought!));
    await desk.hear(reply(reserveStock, failed!.orderId, refuse('OUT_OF_STOCK')));
    expect(await place(3)).toEqual(['ok', 'ok', FULL]);
    // One that is being cancelled had ended, and is no order on its way either.
    await desk.cancel(bought!.orderId);
    expect(await place(1)).toEqual([FULL]);
  });

  it('are not more for an order that comes again under its key', async () => {
    const orders = Array.from({ length: MAX }, () => orderFor(userId));
    expect(await placed(orders)).toEqual(times(MAX, 'ok'));
    expect(await placed(orders)).toEqual(times(MAX, 'ok'));
    expect(await desk.count('orders', `user_id = '${userId}'`)).toBe(MAX);
  });

  it('let one that was refused for them be placed later, under the same key', async () => {
    const orders = Array.from({ length: MAX }, () => orderFor(userId));
    await placed(orders);
    const next = orderFor(userId);
    expect(await placed([next, next])).toEqual([FULL, FULL]);
    await desk.hear(reply(reserveStock, orders[0]!.orderId, refuse('OUT_OF_STOCK')));
    expect(await placed([next])).toEqual(['ok']);
    expect(await placed([next])).toEqual(['ok']);
  });
});

describe('how old the oldest on its way is', () => {
  it('is since it was placed, and of a cancellation since that was asked for', async () => {
    const bought = orderFor(userId);
    await desk.succeed(bought);
    await place(1);
    await desk.database.rows(`UPDATE orders SET created_at = created_at - interval '3 days'`);
    await desk.database.rows(
      `UPDATE order_history SET changed_at = changed_at - interval '3 days' WHERE step IS DISTINCT FROM 'Cancel'`,
    );
    await desk.cancel(bought.orderId);
    await desk.database.rows(
      `UPDATE order_history SET changed_at = changed_at - interval '1 hour' WHERE order_id = $1 AND step = 'Cancel'`,
      [bought.orderId],
    );
    const flights = await readFlights(desk.database, 8, 10_000);
    const ageOf = (wanted: string) => flights.find(({ state }) => state === wanted)?.oldestAgeSeconds;
    expect(ageOf('CANCELLING')).toBeGreaterThan(3_599);
    expect(ageOf('CANCELLING')).toBeLessThan(7_200);
    expect(ageOf('RESERVING_STOCK')).toBeGreaterThan(3 * 86_399);
  });
});

describe('an order whose coupon was seen not to be usable', () => {
  const seen = { coupon: { usable: false, reason: 'it was used for another order' } } as const;

  it('has failed once it is placed, says why, and is answered alike ever after', async () => {
    const placing = orderFor(userId, { userCouponId: newId(), seen, wait: true });
    const result = await desk.place(placing, 'first');
    expect(result.publish?.map(({ kind }) => kind)).toEqual(['answer']);
    const order = await desk.read(placing.orderId);
    expect(order).toMatchObject({
      orderStatus: 'FAILED',
      failureCode: 'COUPON_NOT_USABLE',
      failureDetail: seen.coupon.reason,
      history: [
        { orderStatus: 'PENDING', changedBy: 'customer' },
        { orderStatus: 'FAILED', reason: 'COUPON_NOT_USABLE' },
      ],
    });
    const { history, ...told } = order;
    expect(history).toHaveLength(2);
    // Whatever is seen by then.
    const again = {
      ...placing,
      seen: { coupon: { usable: true, rule: { discountType: 'FIXED', discountValue: 1 } } },
    };
    for (const repeat of [placing, again as typeof placing]) {
      expect(answersIn(await desk.place(repeat))).toEqual([{ ok: true, value: told }]);
    }
    expect(await desk.hear(reservedFor(placing))).toEqual([]);
  });
});

describe('an order that succeeded', () => {
  it('can be cancelled for so many hours, and a cancelled one is answered as before', async () => {
    const [late, early] = [orderFor(userId), orderFor(userId)];
    await desk.succeed(late, early);
    const hours = 168;
    await desk.cancel(early.orderId);
    const cancelled = () => desk.cancel(early.orderId).then(answersIn);
    const [before] = await cancelled();
    const age = hours * HOUR_MS + 1;
    await desk.database.rows(
      `UPDATE orders SET completed_at = completed_at - $1 * interval '1 ms' WHERE user_id = $2`,
      [age, userId],
    );
    const [refused] = answersIn(await desk.cancel(late.orderId));
    expect(refused).toMatchObject({
      ok: false,
      refusal: { code: 'ORDER_NOT_CANCELLABLE', detail: expect.stringContaining(`for ${hours} hours`) },
    });
    expect(await desk.read(late.orderId)).toMatchObject({ orderStatus: 'SUCCESS' });
    const {
      completedAt: _ended,
      updatedAt: _changed,
      ...told
    } = (before as { value: object }).value as Order;
    expect(await cancelled()).toMatchObject([{ ok: true, value: told }]);
  });
});
