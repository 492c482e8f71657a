import { withClient } from '@jangteo/testkit';
import { forEach, makeCustomers, shopAs, type Customer } from '../stack/customers.js';
import type { Stack } from '../stack/stack.js';
import type { Good } from './load/plan.js';

export const BALANCE = 10_000_000_000;
export const STOCK = 1_000_000_000;
/** Of each product, in minor units. */
export const PRICE = 1_000;

/** Customers with money and goods in stock. */
export interface World {
  readonly customers: readonly Customer[];
  readonly goods: readonly Required<Good>[];
  /** Two options of one product. */
  readonly hotGoods: readonly Good[];
}

/** Fills a fresh shop, money and goods through its API. */
export async function makeWorld(stack: Stack, size: { users: number; products: number }): Promise<World> {
  const url = stack.urls[0] ?? '';
  const customers = await makeCustomers(stack, size.users);
  const token = await adminToken(stack);
  const { products } = shopAs(url, token);
  await forEach(customers, async ({ token }) => {
    await shopAs(url, token).balance.charge({ amount: BALANCE });
  });
  const goods: Required<Good>[] = [];
  await forEach(Array.from({ length: size.products }), async (_, index) => {
    const { productId, options } = await products.create({
      name: `Tea cup ${index + 1}`,
      price: PRICE,
      stock: STOCK,
    });
    goods.push({ productId, optionId: options[0]?.optionId ?? '' });
  });
  const hot = await products.create({
    name: 'Tea pot',
    price: PRICE,
    options: ['red', 'blue'].map((name) => ({ name, stock: STOCK })),
  });
  const hotGoods = hot.options.map(({ optionId }) => ({ productId: hot.productId, optionId }));
  return { customers, goods, hotGoods };
}

/** The access token of a new admin. */
export async function adminToken(stack: Stack): Promise<string> {
  const [admin] = await makeCustomers(stack, 1, 'admin');
  return admin?.token ?? '';
}

/** Makes a coupon, as an admin does. */
export async function makeCoupon(stack: Stack, totalQuantity: number): Promise<string> {
  const { coupons } = shopAs(stack.urls[0] ?? '', await adminToken(stack));
  const coupon = await coupons.create({
    name: 'Opening week',
    discountType: 'FIXED',
    discountValue: 300,
    totalQuantity,
  });
  return coupon.couponId;
}

/**
 * Gives each customer so many coupons, each of another campaign, since one may have one of each only. By SQL:
 * as many requests as the orders that will use them up would take as long as those.
 *
 * @returns the user coupons of each customer
 */
export async function issueCoupons(
  stack: Stack,
  customers: readonly Customer[],
  each: number,
): Promise<string[][]> {
  const userIds = customers.map(({ userId }) => userId);
  return await withClient(stack.databaseUrlOf('coupon'), async (client) => {
    const { rows } = await client.query<{ ids: string[] }>(
      `WITH campaigns AS (
         INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issued_quantity,
           status, created_at)
         SELECT uuidv7(), 'Thank you', 'FIXED', 300, $2, $2, 'ISSUABLE', now() FROM generate_series(1, $3::int)
         RETURNING coupon_id
       ), issued AS (
         INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at)
         SELECT uuidv7(), coupon_id, user_id, place, now()
         FROM campaigns, unnest($1::uuid[]) WITH ORDINALITY AS holder (user_id, place)
         RETURNING user_coupon_id, user_id
       )
       SELECT array_agg(user_coupon_id) AS ids FROM issued GROUP BY user_id
       ORDER BY array_position($1::uuid[], user_id)`,
      [userIds, userIds.length, each],
    );
    return rows.map(({ ids }) => ids);
  });
}
