import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { OrderWithHistory } from '@jangteo/contracts';
import {
  eventually,
  type Answer,
  type Customer,
  type OrderBody,
  type Problem,
  type ShopClient,
} from '@jangteo/testkit';

const ORDERS_MIN = 120;
/** More would only make the test longer. */
const ORDERS_OF_ONE_MAX = 60;
const INSISTENCE_MS = 60_000;

interface Placed {
  readonly customer: Customer;
  readonly answer: Answer<OrderWithHistory & Problem>;
}

/** Customers who order one thing after the other, each waiting for the answer, through whatever happens. */
export interface Load {
  /** Waits until so many more orders were answered than at the time of the call. */
  goesOn(orders: number): Promise<void>;
  /** Ends it, and checks that every order ended by itself, and as its customer was told. */
  expectAllEnd(): Promise<void>;
}

/** An honest client: after no answer or an unknown outcome it asks again under the same key. */
async function orderInsistently(
  client: ShopClient,
  customer: Customer,
  body: OrderBody,
): Promise<Placed['answer']> {
  const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=2' };
  return await eventually(
    async (): Promise<Placed['answer'] | false> => {
      const answer = await client.order(customer, body, headers).catch(() => undefined);
      const isKnown = answer !== undefined && (answer.status < 500 || answer.body.orderId !== undefined);
      return isKnown && answer;
    },
    { deadlineMs: INSISTENCE_MS, everyMs: 100 },
  );
}

/** Bodies of all kinds: one to three products, of which one runs out, and coupons that may be used already. */
async function bodiesFor(client: ShopClient, customers: readonly Customer[]) {
  const products = await Promise.all(
    [150, 5_000, 5_000].map((stock) => client.createProduct({ price: 100, stock })),
  );
  const { couponId } = await client.createCoupon({ discountValue: 50, totalQuantity: customers.length });
  const coupons = new Map<string, string>();
  await Promise.all(
    customers.map(async (customer) => {
      coupons.set(customer.userId, (await client.issue(customer, couponId)).userCouponId);
    }),
  );
  return ({ userId }: Customer, index: number): OrderBody => {
    const items = products
      .slice(index % 3)
      .map(({ productId }) => ({ productId, quantity: 1 + (index % 2) }));
    const userCouponId = index % 4 === 0 ? coupons.get(userId) : undefined;
    return { items: index % 2 === 0 ? items : items.reverse(), userCouponId };
  };
}

/** Lets customers order until they are told to stop. */
export async function startLoad(client: ShopClient, customers: readonly Customer[]): Promise<Load> {
  const bodyOf = await bodiesFor(client, customers);
  const placed: Placed[] = [];
  let stopping = false;
  const shop = async (customer: Customer): Promise<void> => {
    for (let index = 0; index < ORDERS_OF_ONE_MAX; index += 1) {
      if (stopping && placed.length >= ORDERS_MIN) return;
      placed.push({ customer, answer: await orderInsistently(client, customer, bodyOf(customer, index)) });
    }
  };
  const finished = Promise.all(customers.map(shop));
  // Whoever waits for the end hears of a failure; until then it must not end the process.
  finished.catch(() => undefined);
  const goesOn = async (orders: number): Promise<void> => {
    const goal = placed.length + orders;
    await Promise.race([finished, eventually(() => placed.length >= goal, { deadlineMs: INSISTENCE_MS })]);
  };
  return {
    goesOn,
    async expectAllEnd() {
      stopping = true;
      await finished;
      expect(placed.length).toBeGreaterThanOrEqual(ORDERS_MIN);
      const ends = await Promise.all(placed.map((order) => endOf(client, order)));
      expect(ends.filter(({ told, ended }) => told !== ended)).toEqual([]);
      expect(new Set(ends.map(({ ended }) => ended))).toContain('SUCCESS');
    },
  };
}

/** Waits for the end of an order; gives it, and what the customer was told. */
async function endOf(client: ShopClient, { customer, answer: { status, body } }: Placed) {
  const order = await client.untilEnded(customer, body.orderId!);
  const ended = order.failureCode ?? order.orderStatus;
  const told = { 201: 'SUCCESS', 202: ended }[status] ?? body.code;
  return { orderId: order.orderId, told, ended };
}
