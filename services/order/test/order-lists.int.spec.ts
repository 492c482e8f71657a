import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  refuse,
  reserveStock,
  type listAllOrders,
  type listOrders,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import { LOOKED_AT_MAX } from '../src/saga/order-list.queries.js';
import { delivery, Desk, DISCOUNT, orderFor, PRICE, reply, times } from './desk.js';

type Wanted = Omit<PayloadOf<typeof listAllOrders>, 'limit'> & { limit?: number };
type Page = Extract<OutcomeOf<typeof listAllOrders>, { ok: true }>['value'];

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk?.close());

async function all({ limit = 100, ...wanted }: Wanted): Promise<Page> {
  const outcome = await desk.orders.listAll({ ...wanted, limit });
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.value;
}

async function own(wanted: PayloadOf<typeof listOrders>): Promise<OutcomeOf<typeof listOrders>> {
  const [outcome] = await desk.orders.list([delivery(wanted)]);
  return outcome!;
}

const idsIn = ({ orders }: Pick<Page, 'orders'>): string[] => orders.map(({ orderId }) => orderId);

/** Goes from page to page, as long as there is one. */
async function walked(wanted: Wanted): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const page: Page = await all({ ...wanted, cursor });
    ids.push(...idsIn(page));
    if (page.next === undefined) return { ids, pages };
    cursor = page.next;
  }
}

/** Orders of one user: two that succeeded, the second with a coupon, one that failed, one that is on its way. */
async function stage() {
  const userId = newId();
  const productId = newId();
  const items = [{ productId, quantity: 1 }];
  const [plain, failed, pending] = times(3, () => orderFor(userId, { items }));
  const couponed = orderFor(userId, { userCouponId: newId() });
  await desk.succeed(plain!, couponed);
  await desk.place(failed!);
  await desk.hear(reply(reserveStock, failed!.orderId, refuse('OUT_OF_STOCK')));
  await desk.place(pending!);
  const ids = {
    plain: plain!.orderId,
    couponed: couponed.orderId,
    failed: failed!.orderId,
    pending: pending!.orderId,
  };
  return { userId, productId, ...ids };
}

/** Makes an order older, with all times of its row. */
async function age(orderId: string, ms: number): Promise<void> {
  await desk.database.rows(
    `UPDATE orders SET created_at = created_at - $2::float8 * interval '1 ms' WHERE order_id = $1`,
    [orderId, ms],
  );
}

describe("everybody's orders", () => {
  it('are read newest first, with how long each took, from page to page', async () => {
    const { userId, plain, couponed, failed, pending } = await stage();
    const { orders } = await all({ userId });
    expect(idsIn({ orders })).toEqual([pending, failed, couponed, plain]);
    expect(orders.map(({ orderStatus, durationMs }) => [orderStatus, typeof durationMs])).toEqual([
      ['PENDING', 'undefined'],
      ['FAILED', 'number'],
      ['SUCCESS', 'number'],
      ['SUCCESS', 'number'],
    ]);
    expect(await walked({ userId, limit: 1 })).toEqual({ ids: [pending, failed, couponed, plain], pages: 4 });
    const everybody = await walked({ limit: 3 });
    expect(everybody.ids).toHaveLength(await desk.count('orders'));
    expect(new Set(everybody.ids).size).toBe(everybody.ids.length);
  });

  it('are found by each filter, and by all of them together', async () => {
    const { userId, productId, plain, couponed, failed, pending } = await stage();
    const of = async (wanted: Wanted) => idsIn(await all({ userId, ...wanted }));
    expect(await of({ status: 'PENDING' })).toEqual([pending]);
    expect(await of({ failureCode: 'OUT_OF_STOCK' })).toEqual([failed]);
    expect(await of({ failureCode: 'PRICE_CHANGED' })).toEqual([]);
    expect(await of({ productId })).toEqual([pending, failed, plain]);
    expect(await of({ hasCoupon: true })).toEqual([couponed]);
    expect(await of({ minTotal: PRICE })).toEqual([plain]);
    expect(await of({ minTotal: PRICE - DISCOUNT })).toEqual([couponed, plain]);
    expect(await of({ productId, status: 'SUCCESS', minTotal: 1 })).toEqual([plain]);
    expect(await of({ productId, status: 'SUCCESS', minTotal: PRICE + 1 })).toEqual([]);
    const ofFailure = idsIn(await all({ failureCode: 'OUT_OF_STOCK' }));
    expect(ofFailure).toContain(failed);
    expect(idsIn(await all({ productId }))).toEqual([pending, failed, plain]);
  });

  it('are those that took longer, or take longer by now', async () => {
    const { userId, productId, plain, pending } = await stage();
    await age(plain, 60_000);
    await age(pending, 90_000);
    expect(idsIn(await all({ userId, slowerThanMs: 50_000 }))).toEqual([plain, pending]);
    expect(idsIn(await all({ userId, slowerThanMs: 70_000 }))).toEqual([pending]);
    const [order] = (await all({ userId, status: 'SUCCESS', slowerThanMs: 50_000 })).orders;
    expect(order!.durationMs).toBeGreaterThanOrEqual(60_000);
    await age(plain, -120_000);
    const [backwards] = (await all({ userId, productId, status: 'SUCCESS' })).orders;
    expect(backwards).toMatchObject({ orderId: plain, durationMs: 0 });
  });

  it('are those placed from one time on and before another', async () => {
    const { userId, plain, couponed, failed, pending } = await stage();
    const { orders } = await all({ userId });
    const at = (orderId: string) => orders.find((order) => order.orderId === orderId)!.orderDate;
    const [first, second] = [at(plain), at(couponed)];
    for (const list of [
      (wanted: Wanted) => all({ userId, ...wanted }),
      async (wanted: Wanted) => {
        const outcome = await own({ userId, limit: 100, from: wanted.from, to: wanted.to });
        if (!outcome.ok) throw new Error(outcome.refusal.code);
        return outcome.value;
      },
    ]) {
      expect(idsIn(await list({ from: second }))).toEqual([pending, failed, couponed]);
      expect(idsIn(await list({ to: second }))).toEqual([plain]);
      expect(idsIn(await list({ from: first, to: second }))).toEqual([plain]);
      expect(idsIn(await list({ from: second, to: first }))).toEqual([]);
    }
  });

  it('do not show a reason before an order has failed', async () => {
    const undoing = orderFor(newId(), { items: [{ productId: newId(), quantity: 1 }], expectedTotal: 1 });
    await desk.place(undoing);
    await desk.database.rows(`UPDATE orders SET failure_code = 'PRICE_CHANGED' WHERE order_id = $1`, [
      undoing.orderId,
    ]);
    expect(idsIn(await all({ failureCode: 'PRICE_CHANGED' }))).not.toContain(undoing.orderId);
  });

  it('refuse a cursor of another list', async () => {
    expect(await desk.orders.listAll({ limit: 1, cursor: 'abc' })).toMatchObject({ ok: false });
    expect(await own({ userId: newId(), limit: 1, status: 'SUCCESS', cursor: 'abc' })).toMatchObject({
      ok: false,
    });
  });
});

describe('a list of which little matches', () => {
  const userId = newId();
  const MANY = LOOKED_AT_MAX * 2 + 10;
  /** Why the oldest of them failed, and no other order. */
  const OF_ONE_ALONE = 'COUPON_NOT_USABLE';

  beforeAll(async () => {
    await desk.database.rows(
      `INSERT INTO orders (order_id, user_id, status, lines, created_at)
       SELECT gen_random_uuid(), $1::uuid, 'PENDING', '[]', now() - interval '1 day' - i * interval '1 ms'
       FROM generate_series(1, $2::int) AS i`,
      [userId, MANY],
    );
    await desk.database.rows(
      `UPDATE orders SET status = 'FAILED', failure_code = $2, failure = jsonb_build_object('code', $2::text)
       WHERE order_id = (SELECT order_id FROM orders WHERE user_id = $1 ORDER BY created_at LIMIT 1)`,
      [userId, OF_ONE_ALONE],
    );
  });

  it('looks at so many for a page, says that it goes on, and comes to what matches', async () => {
    const page = await all({ userId, status: 'FAILED' });
    expect(page.orders).toEqual([]);
    expect(page.next).toBeDefined();
    const { ids, pages } = await walked({ userId, status: 'FAILED' });
    expect(ids).toHaveLength(1);
    expect(pages).toBe(3);
  });

  it('is so for the user as well', async () => {
    const page = await own({ userId, status: 'FAILED', limit: 20 });
    expect(page).toMatchObject({ ok: true, value: { orders: [], next: expect.any(String) } });
  });

  it('comes at once to what an index leads to', async () => {
    const { orders, next } = await all({ failureCode: OF_ONE_ALONE, to: new Date().toISOString() });
    expect(orders).toMatchObject([{ userId, failureCode: OF_ONE_ALONE }]);
    expect(next).toBeUndefined();
  });
});

describe('a page of large orders', () => {
  it('ends before it weighs too much, and the list goes on', async () => {
    const userId = newId();
    const placings = times(3, () =>
      orderFor(userId, { items: times(80, () => ({ productId: newId(), quantity: 1 })) }),
    );
    for (const placing of placings) await desk.place(placing);
    const page = await all({ userId, status: 'PENDING' });
    expect(page.orders.length).toBeLessThan(3);
    expect(page.next).toBeDefined();
    const { ids } = await walked({ userId, status: 'PENDING' });
    expect(ids).toEqual(placings.map(({ orderId }) => orderId).reverse());
  });
});

describe('a cancellation that is only asked about', () => {
  const preview = async (orderId: string, userId?: string) => {
    const [outcome] = await desk.orders.previewCancel([delivery({ orderId, userId })]);
    return outcome;
  };

  it('tells what would go back, and changes nothing', async () => {
    const { userId, couponed } = await stage();
    const before = await desk.read(couponed);
    expect(await preview(couponed, userId)).toMatchObject({
      ok: true,
      value: {
        givesBack: { amount: PRICE - DISCOUNT, userCouponId: before.userCouponId, items: before.items },
      },
    });
    expect(await desk.read(couponed)).toEqual(before);
  });

  it('is nothing more while the order is being cancelled', async () => {
    const { userId, couponed } = await stage();
    await desk.cancel(couponed);
    expect(await preview(couponed, userId)).toMatchObject({
      ok: true,
      value: { order: { orderStatus: 'SUCCESS' }, givesBack: { amount: 0, items: [] } },
    });
  });

  it("is refused of somebody else's order, as if it were not there", async () => {
    const { couponed } = await stage();
    expect(await preview(couponed, newId())).toEqual(refuse('ORDER_NOT_FOUND'));
    expect(await preview(newId())).toEqual(refuse('ORDER_NOT_FOUND'));
  });
});
