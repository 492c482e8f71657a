import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Order } from '@jangteo/contracts';
import { expected, shareShop, START_DEADLINE_MS, type Customer, type Shop } from '@jangteo/testkit';

describe('R36: when things were made and changed', () => {
  let shop: Shop;
  let customer: Customer;

  beforeAll(async () => {
    shop = await shareShop();
    customer = await shop.client.register(10_000);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  async function timesIn(service: 'gateway' | 'wallet' | 'order', table: string) {
    const [row] = await shop.sql<{ row: Record<string, string> }>(
      service,
      `SELECT to_json(t) AS row FROM ${table} AS t WHERE user_id = $1`,
      [customer.userId],
    );
    return row!.row;
  }

  it('is told of an order, that succeeded, was cancelled or failed', async () => {
    const { client } = shop;
    const { productId } = await client.createProduct({ price: 1_000, stock: 1 });
    const items = [{ productId, quantity: 1 }];
    const { orderId } = expected(201, await client.order(customer, { items }));
    const placed = await client.readOrder(customer, orderId);
    expect(placed).toMatchObject({ completedAt: expect.any(String), updatedAt: placed.completedAt });
    expect(placed).not.toHaveProperty('cancelledAt');
    const { token } = customer;
    const cancelled = expected(
      200,
      await client.post<Order>(`/orders/${orderId}/cancel`, undefined, { token }),
    );
    expect(cancelled).toMatchObject({
      completedAt: placed.completedAt,
      cancelledAt: expect.any(String),
      updatedAt: cancelled.cancelledAt,
    });
    const many = await client.order(customer, { items: [{ productId, quantity: 2 }] });
    const failed = await client.readOrder(customer, many.body.orderId);
    expect(failed).toMatchObject({ orderStatus: 'FAILED', updatedAt: failed.history.at(-1)?.changedAt });
    expect(failed).not.toHaveProperty('completedAt');
    const listed = expected(200, await client.get<Order[]>('/orders', { token }));
    expect(listed.map(({ updatedAt }) => updatedAt)).toEqual([failed.updatedAt, cancelled.updatedAt]);
  });

  it('is in the rows of wallets, carts and users', async () => {
    const { client } = shop;
    const before = await timesIn('wallet', 'wallets');
    await client.charge(customer, 100);
    const after = await timesIn('wallet', 'wallets');
    expect(Date.parse(after.updated_at!)).toBeGreaterThan(Date.parse(before.updated_at!));

    const { productId } = await client.createProduct();
    const { token } = customer;
    const add = () => client.post('/cart/add', { productId, quantity: 1 }, { token });
    expected(200, await add());
    const made = await timesIn('order', 'carts');
    expected(200, await add());
    const changed = await timesIn('order', 'carts');
    expect(changed.created_at).toBe(made.created_at);
    expect(Date.parse(changed.updated_at!)).toBeGreaterThan(Date.parse(made.updated_at!));

    const user = await timesIn('gateway', 'users');
    expect(user.updated_at).toBe(user.created_at);
  });
});
