import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Order, OrderRecord } from '@jangteo/contracts';
import { eventually, projectRoot } from '@jangteo/infra';
import {
  expected,
  shareShop,
  START_DEADLINE_MS,
  withClient,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Timeline } from '../src/domain/timeline.js';
import { expectProblem, nextPath } from './expectations.js';

interface Events {
  readonly events: readonly OrderRecord[];
  readonly next: number;
  readonly oldest: number;
}

interface Listed extends Order {
  readonly durationMs?: number;
}

interface Previewed extends Order {
  readonly givesBack?: {
    readonly amount: number;
    readonly userCouponId?: string;
    readonly items: readonly object[];
  };
}

const HIDDEN = ['requestId', 'traceparent', 'rows', 'deadLetters', 'nudges', 'redrives'];

let shop: Shop;
let client: ShopClient;
let viewer: Customer;

beforeAll(async () => {
  shop = await shareShop();
  ({ client } = shop);
  const person = await client.register();
  const path = `/admin/users/${person.userId}`;
  expected(200, await client.patch(path, { role: 'viewer' }, { token: await client.admin() }));
  viewer = { ...person, token: await client.login(person) };
}, START_DEADLINE_MS);

afterAll(() => shop?.stop());

const get = async <B>(path: string, { token }: Pick<Customer, 'token'> = viewer): Promise<B> =>
  expected(200, await client.get<B>(path, { token }));
const timelineOf = (orderId: string, who?: Customer): Promise<Timeline> =>
  get<Timeline>(`/orders/${orderId}/timeline`, who);
const cancel = <B>({ token }: Customer, orderId: string, query = ''): Promise<Answer<B>> =>
  client.post<B>(`/orders/${orderId}/cancel${query}`, undefined, { token });

/** A customer with 10,000 and a coupon of 300, and a cup for 1,000. */
async function stage() {
  const customer = await client.register(10_000);
  const cup = await client.createProduct({ name: 'Cup', price: 1_000, stock: 10 });
  const coupon = await client.createCoupon();
  const { userCouponId } = await client.issue(customer, coupon.couponId);
  const items = [{ productId: cup.productId, quantity: 2 }];
  return { customer, cup, couponId: coupon.couponId, userCouponId, items };
}

async function sold() {
  const its = await stage();
  const { customer, items, userCouponId } = its;
  const { orderId } = expected(201, await client.order(customer, { items, userCouponId }));
  return { ...its, orderId };
}

async function broke() {
  const its = await stage();
  const items = [{ productId: its.cup.productId, quantity: 10 }];
  const customer = await client.register(100);
  const problem = expectProblem(await client.order(customer, { items }), 'INSUFFICIENT_BALANCE');
  return { ...its, customer, orderId: problem.orderId! };
}

describe('the timeline of an order', () => {
  it('tells its user each step: what was asked, decided and answered, and nothing of our insides', async () => {
    const { customer, orderId, userCouponId, cup } = await sold();
    const timeline = await timelineOf(orderId, customer);
    expect(
      timeline.steps.map(({ step, service, state, decision }) => [step, service, state, decision]),
    ).toEqual([
      ['ReserveStock', 'catalog', 'DONE', 'DONE'],
      ['UseCoupon', 'coupon', 'DONE', 'DONE'],
      ['DebitWallet', 'wallet', 'DONE', 'DONE'],
    ]);
    const [reserved, used, debited] = timeline.steps;
    expect(reserved).toMatchObject({
      asked: { items: [{ productId: cup.productId, quantity: 2 }] },
      subtotal: 2_000,
    });
    expect(used).toMatchObject({ asked: { userCouponId }, discount: 300 });
    expect(debited).toMatchObject({ asked: { amount: 1_700 }, balanceAfter: 8_300 });
    for (const step of timeline.steps) {
      expect(step).toMatchObject({
        askedAt: expect.any(String),
        decidedAt: expect.any(String),
        answeredAt: expect.any(String),
      });
      expect(step).not.toHaveProperty('key');
    }
    expect(timeline).toMatchObject({
      version: 1,
      orderId,
      orderStatus: 'SUCCESS',
      placed: { by: 'customer', actorId: customer.userId },
      unanswered: [],
    });
    expect(timeline.why.en).toBe(
      'The order succeeded: its stock was taken, its coupon used, and it was paid.',
    );
    for (const hidden of HIDDEN) expect(timeline).not.toHaveProperty(hidden);
  });

  it('shows those who run the shop rows, keys and the trace', async () => {
    const { orderId } = await sold();
    const timeline = await timelineOf(orderId);
    expect(timeline.rows!.map(({ service, table }) => [service, table]).slice(0, 3)).toEqual([
      ['catalog', 'reservations'],
      ['coupon', 'redemptions'],
      ['wallet', 'ledger'],
    ]);
    expect(timeline.rows!.find(({ table }) => table === 'ledger')).toMatchObject({
      amount: -1_700,
      balanceBefore: 10_000,
      balanceAfter: 8_300,
    });
    expect(timeline.steps.map(({ key }) => key)).toEqual([
      `${orderId}/reserve-stock`,
      `${orderId}/use`,
      `${orderId}/debit`,
    ]);
    expect(timeline).toMatchObject({
      requestId: expect.any(String),
      traceparent: expect.any(String),
      deadLetters: [],
    });
    const counted = await eventually(async () => {
      const { rows, records } = await timelineOf(orderId);
      return rows!.some(({ table }) => table === 'counted_steps') && records[0]?.sequence !== undefined;
    });
    expect(counted).toBe(true);
  });

  it('says why an order failed, in both languages', async () => {
    const { customer, orderId } = await broke();
    const timeline = await timelineOf(orderId, customer);
    expect(timeline.steps).toMatchObject([
      { step: 'ReserveStock', state: 'REFUSED', decision: 'REFUSED', code: 'INSUFFICIENT_BALANCE' },
    ]);
    expect(timeline.why).toEqual({
      code: 'INSUFFICIENT_BALANCE',
      step: 'ReserveStock',
      en: 'The order failed when its stock was to be reserved: the balance does not cover it. There was nothing to undo.',
      ko: '재고를 예약하는 단계에서 잔액이 부족해 주문이 실패했습니다. 되돌릴 것은 없었습니다.',
    });
  });

  it('tells the undos of a cancellation, and what they gave back', async () => {
    const { customer, orderId, userCouponId } = await sold();
    expected(200, await cancel(customer, orderId));
    const timeline = await timelineOf(orderId);
    expect(
      timeline.steps.slice(3).map(({ step, isUndo, state, decision }) => [step, isUndo, state, decision]),
    ).toEqual([
      ['RefundWallet', true, 'DONE', 'DONE'],
      ['ReleaseCoupon', true, 'DONE', 'DONE'],
      ['ReleaseStock', true, 'DONE', 'DONE'],
    ]);
    expect(timeline.cancelled).toMatchObject({ by: 'customer', actorId: customer.userId });
    expect(timeline.rows!.find(({ table }) => table === 'redemptions')).toMatchObject({
      userCouponId,
      undoneAt: expect.any(String),
    });
    expect(timeline.why.ko).toBe(
      '고객이 주문을 취소했습니다. 예약했던 재고와 쿠폰, 결제한 금액은 모두 되돌렸습니다.',
    );
  });

  it("is nobody else's: as if there were no such order, and for no guessed id", async () => {
    const { orderId, customer } = await sold();
    const [stranger] = await client.registerMany(1);
    const path = `/orders/${orderId}/timeline`;
    expectProblem(await client.get(path), 'UNAUTHENTICATED');
    expectProblem(await client.get(path, { token: stranger!.token }), 'ORDER_NOT_FOUND');
    for (const { token } of [customer, viewer]) {
      expectProblem(await client.get(`/orders/${randomUUIDv7()}/timeline`, { token }), 'ORDER_NOT_FOUND');
      expectProblem(await client.get('/orders/1/timeline', { token }), 'VALIDATION_FAILED');
    }
  });

  it('is as its own schema says, whoever reads it', async () => {
    const { orderId, customer } = await sold();
    const schema = JSON.parse(
      readFileSync(join(projectRoot(), 'docs', 'timeline.schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    for (const who of [customer, viewer]) {
      const isValid = validate(await timelineOf(orderId, who));
      expect({ isValid, errors: validate.errors }).toEqual({ isValid: true, errors: null });
    }
    expect(validate({ version: 2 })).toBe(false);
  });

  it('names a service that is away, and tells what the others know', async () => {
    const { orderId } = await sold();
    await shop.kill('wallet');
    try {
      const timeline = await timelineOf(orderId);
      expect(timeline.unanswered).toEqual([{ service: 'wallet', reason: expect.any(String) }]);
      expect(timeline.steps.map(({ state, decision }) => [state, decision])).toEqual([
        ['DONE', 'DONE'],
        ['DONE', 'DONE'],
        ['DONE', 'UNKNOWN'],
      ]);
    } finally {
      await shop.start('wallet');
    }
    await eventually(async () => (await timelineOf(orderId)).unanswered.length === 0);
  });

  it('tells of an order on its way what it waits for', async () => {
    const { customer, items, userCouponId } = await stage();
    await shop.kill('coupon');
    let orderId = '';
    try {
      const answer = await client.order(customer, { items, userCouponId }, { prefer: 'respond-async' });
      ({ orderId } = expected(202, answer));
      await eventually(async () => (await timelineOf(orderId, customer)).steps.length === 3);
      const timeline = await eventually(async () => {
        const now = await timelineOf(orderId, customer);
        return now.steps[0]?.state === 'DONE' && now;
      });
      expect(timeline.steps[1]).toMatchObject({
        step: 'UseCoupon',
        state: 'AWAITED',
        decision: 'UNKNOWN',
        deadlineAt: expect.any(String),
      });
      expect(timeline.steps[1]!.sends).toBeGreaterThan(0);
      expect(timeline.steps[2]).toEqual({
        step: 'DebitWallet',
        isUndo: false,
        state: 'TO_COME',
        decision: 'NONE',
      });
      expect(timeline.owed).toEqual([{ kind: 'COMMAND', name: 'UseCoupon' }]);
    } finally {
      await shop.start('coupon');
    }
    await client.untilEnded(customer, orderId);
  });

  it('says of a step that nobody answered in time what is owed for it, and in the end that all was undone', async () => {
    const { customer, items } = await stage();
    await shop.kill('wallet');
    let orderId = '';
    try {
      ({ orderId } = expected(202, await client.order(customer, { items }, { prefer: 'respond-async' })));
      await eventually(async () => (await timelineOf(orderId)).steps[1]?.state === 'AWAITED');
      await withClient(shop.databaseUrlOf('order'), (database) =>
        database.query('UPDATE sagas SET deadline_at = now(), look_again_at = now() WHERE order_id = $1', [
          orderId,
        ]),
      );
      const failing = await eventually(async () => {
        const now = await timelineOf(orderId);
        return now.steps[1]?.state === 'GIVEN_UP' && now;
      });
      expect(failing).toMatchObject({
        orderStatus: 'PENDING',
        why: {
          code: 'ORDER_TIMED_OUT',
          step: 'DebitWallet',
          en:
            'The order is failing when it was to be paid: no answer came in time. ' +
            'The stock held for it and the money paid are being given back.',
        },
        unanswered: [{ service: 'wallet' }],
      });
      expect(failing.owed).toContainEqual({ kind: 'COMMAND', name: 'RefundWallet' });
      expect(failing.steps[2]).toMatchObject({ step: 'RefundWallet', state: 'AWAITED', decision: 'UNKNOWN' });
    } finally {
      await shop.start('wallet');
    }
    await client.untilEnded(customer, orderId);
    const failed = await timelineOf(orderId, customer);
    expect(failed.steps.map(({ step, state }) => [step, state])).toEqual([
      ['ReserveStock', 'DONE'],
      ['DebitWallet', 'GIVEN_UP'],
      ['RefundWallet', 'DONE'],
      ['ReleaseStock', 'DONE'],
    ]);
    expect(failed.why.en).toBe(
      'The order failed when it was to be paid: no answer came in time. ' +
        'All stock held for it and all money paid were given back.',
    );
    expect(failed.owed).toEqual([]);
    expect(await client.balanceOf(customer)).toBe(10_000);
  });
});

describe('a cancellation that is tried dry', () => {
  it('tells what would go back, and nothing happens', async () => {
    const { customer, orderId, userCouponId } = await sold();
    const before = await client.readOrder(customer, orderId);
    const answer = expected(200, await cancel<Previewed>(customer, orderId, '?dryRun=true'));
    expect(answer).toMatchObject({
      orderId,
      orderStatus: 'SUCCESS',
      givesBack: { amount: 1_700, userCouponId },
    });
    expect(answer.givesBack!.items).toHaveLength(1);
    expect(await client.readOrder(customer, orderId)).toEqual(before);
    expect(await client.balanceOf(customer)).toBe(8_300);
    expect(expected(200, await cancel<Previewed>(customer, orderId))).not.toHaveProperty('givesBack');
    expect(await client.balanceOf(customer)).toBe(10_000);
    const again = expected(200, await cancel<Previewed>(customer, orderId, '?dryRun=true'));
    expect(again).toMatchObject({ orderStatus: 'CANCELLED', givesBack: { amount: 0, items: [] } });
  });

  it("is refused where the cancellation would be, and of somebody else's order", async () => {
    const { customer, orderId } = await broke();
    expectProblem(await cancel(customer, orderId, '?dryRun=true'), 'ORDER_NOT_CANCELLABLE');
    const other = await sold();
    expectProblem(await cancel(customer, other.orderId, '?dryRun=true'), 'ORDER_NOT_FOUND');
    expectProblem(await cancel(customer, orderId, '?dryRun=yes'), 'VALIDATION_FAILED');
  });
});

describe("everybody's orders", () => {
  const idsIn = (orders: readonly Listed[]) => orders.map(({ orderId }) => orderId);
  const find = async (query: string) => idsIn(await get<Listed[]>(`/admin/orders?${query}`));

  it('are found by what they are', async () => {
    const one = await sold();
    const other = await broke();
    const of = `userId=${one.customer.userId}`;
    const [order] = await get<Listed[]>(`/admin/orders?${of}`);
    expect(order).toMatchObject({
      orderId: one.orderId,
      userId: one.customer.userId,
      durationMs: expect.any(Number),
    });
    expect(await find(`${of}&status=SUCCESS&minTotal=1700`)).toEqual([one.orderId]);
    expect(await find(`${of}&minTotal=1701`)).toEqual([]);
    expect(await find(`${of}&slowerThanMs=86400000`)).toEqual([]);
    expect(await find(`productId=${one.cup.productId}`)).toEqual([one.orderId]);
    expect(await find(`couponId=${one.couponId}`)).toEqual([one.orderId]);
    expect(await find(`couponId=${other.couponId}`)).toEqual([]);
    expect(await find(`failureCode=INSUFFICIENT_BALANCE&limit=1`)).toEqual([other.orderId]);
    expect(await find(`from=${order!.orderDate}&productId=${one.cup.productId}`)).toEqual([one.orderId]);
    expect(await find(`to=${order!.orderDate}&productId=${one.cup.productId}`)).toEqual([]);
  });

  it('go on from page to page, with a coupon as well', async () => {
    const coupon = await client.createCoupon();
    const cup = await client.createProduct({ price: 1_000 });
    const placed: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const customer = await client.register(5_000);
      const { userCouponId } = await client.issue(customer, coupon.couponId);
      const items = [{ productId: cup.productId, quantity: 1 }];
      placed.unshift(expected(201, await client.order(customer, { items, userCouponId })).orderId);
    }
    for (const filter of [`couponId=${coupon.couponId}`, `productId=${cup.productId}`]) {
      const found: string[] = [];
      let path: string | undefined = `/admin/orders?${filter}&limit=2`;
      while (path !== undefined && found.length < 10) {
        const answer: Answer<Listed[]> = await client.get(path, { token: viewer.token });
        found.push(...idsIn(expected(200, answer)));
        path = nextPath(answer);
      }
      expect(found).toEqual(placed);
    }
  });

  it.each([
    'status=WHATEVER',
    'failureCode=MOON',
    'minTotal=-1',
    'slowerThanMs=1e9',
    'from=yesterday',
    'page=2',
    'cursor=abc',
    'userId=1',
  ])('refuse ?%s', async (query) => {
    expectProblem(await client.get(`/admin/orders?${query}`, { token: viewer.token }), 'VALIDATION_FAILED');
  });

  it("let customers list their own by status and time, and nobody else's", async () => {
    const { customer, orderId, items } = await sold();
    const failing = [{ productId: items[0]!.productId, quantity: 1_000 }];
    const { orderId: failed } = expectProblem(
      await client.order(customer, { items: failing }),
      'OUT_OF_STOCK',
    );
    const own = async (query: string) => idsIn(await get<Listed[]>(`/orders?${query}`, customer));
    expect(await own('')).toEqual([failed, orderId]);
    expect(await own('status=SUCCESS')).toEqual([orderId]);
    expect(await own('status=FAILED')).toEqual([failed]);
    const { orderDate } = await client.readOrder(customer, orderId);
    expect(await own(`to=${orderDate}`)).toEqual([]);
    expect(await own(`from=${orderDate}&status=SUCCESS`)).toEqual([orderId]);
    const [stranger] = await client.registerMany(1);
    expect(await get<Listed[]>('/orders?status=SUCCESS', stranger)).toEqual([]);
  });
});

describe('the numbered records', () => {
  const read = (query: string) => get<Events>(`/events?${query}`);

  /** The last number that there is. */
  async function end(): Promise<number> {
    for (let after = 0; ;) {
      const { events, next } = await read(`after=${after}&limit=100`);
      if (events.length === 0) return next;
      after = next;
    }
  }

  it('are read in their order, without a gap, and go on where one asks with `next`', async () => {
    const from = await end();
    const { orderId, customer } = await sold();
    expected(200, await cancel(customer, orderId));
    const page = await eventually(async () => {
      const now = await read(`after=${from}`);
      return now.events.filter((event) => event.orderId === orderId).length === 2 && now;
    });
    expect(page.events.map(({ sequence }) => sequence)).toEqual(
      page.events.map((_, index) => from + 1 + index),
    );
    const its = page.events.filter((event) => event.orderId === orderId);
    expect(its.map(({ type }) => type)).toEqual(['order.completed', 'order.cancelled']);
    expect(its[0]).toMatchObject({ totalPrice: 1_700, userId: customer.userId });
    const first = await read(`after=${from}&limit=1`);
    expect(first).toMatchObject({ events: [{ sequence: from + 1 }], next: from + 1 });
  });

  it('refuse a number that was not given yet, as readers have it whose shop was restored to an older moment', async () => {
    const last = await end();
    expect(await read(`after=${last}`)).toMatchObject({ events: [], next: last, newest: last });
    const ahead = await client.get(`/events?after=${last + 1_000}`, { token: viewer.token });
    expectProblem(ahead, 'VALIDATION_FAILED');
    expect(ahead.body).toMatchObject({
      errors: [{ path: 'after', message: expect.stringContaining('that was given') }],
    });
  });

  it('are for a program with a key, and for no customer', async () => {
    const [customer] = await client.registerMany(1);
    expectProblem(await client.get('/events', { token: customer!.token }), 'FORBIDDEN');
    const made = await client.post<{ key: string }>(
      '/admin/api-keys',
      { name: 'Bookkeeping', role: 'viewer' },
      { token: await client.admin() },
    );
    const { key } = expected(201, made);
    expect(await get<Events>('/events?limit=1', { token: key })).toMatchObject({ next: expect.any(Number) });
    for (const query of ['after=-1', 'after=x', 'limit=0', 'limit=101']) {
      expectProblem(await client.get(`/events?${query}`, { token: viewer.token }), 'VALIDATION_FAILED');
    }
  });
});
