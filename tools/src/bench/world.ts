import { createPrivateKey, randomUUIDv7 } from 'node:crypto';
import { SignJWT } from 'jose';
import { request } from 'undici';
import pg from 'pg';
import type { Good } from './load/plan.js';
import type { Stack } from './stack.js';

const BALANCE = 10_000_000_000;
const STOCK = 1_000_000_000;
/** Of each product, in minor units. */
export const PRICE = 1_000;
/** Requests at a time while the world is made. */
const CONCURRENCY = 32;

/** Somebody who shops, and the token that they got when they logged in. */
export interface Customer {
  readonly userId: string;
  readonly token: string;
}

/** Customers with money and goods in stock. */
export interface World {
  readonly customers: readonly Customer[];
  readonly goods: readonly Required<Good>[];
  /** Two options of one product. */
  readonly hotGoods: readonly Good[];
}

async function call<B>(url: string, token: string, method: 'GET' | 'POST', body: object): Promise<B> {
  const answer = await request(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode < 300) return JSON.parse(text) as B;
  throw new Error(`${method} ${new URL(url).pathname} was answered with ${answer.statusCode}: ${text}`);
}

/** Does something to each, so many at a time. */
async function forEach<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** Runs work with a connection as a service's own database user. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes people who are logged in. Hashing a password for each would take minutes and measure nothing, so they
 * come into the gateway's database by SQL, and with tokens such as its logins give out.
 */
export async function makeCustomers(stack: Stack, count: number, role = 'customer'): Promise<Customer[]> {
  const userIds = Array.from({ length: count }, () => randomUUIDv7());
  await withDatabase(stack.databaseUrlOf('gateway'), (client) =>
    client.query(
      `INSERT INTO users (user_id, email, name, role, password_hash)
       SELECT id, id || '@example.com', 'Kim', $2, 'none: logs in with a token' FROM unnest($1::uuid[]) AS id`,
      [userIds, role],
    ),
  );
  const key = createPrivateKey(stack.secrets.tokenPrivateKey);
  const issuer = process.env.TOKEN_ISSUER || 'jangteo';
  const audience = process.env.TOKEN_AUDIENCE || 'jangteo';
  return await Promise.all(
    userIds.map(async (userId) => {
      const jwt = new SignJWT({ role })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUIDv7())
        .setIssuedAt()
        .setExpirationTime('24h');
      return { userId, token: await jwt.sign(key) };
    }),
  );
}

interface MadeProduct {
  readonly productId: string;
  readonly options: readonly { readonly optionId: string }[];
}

/** Fills a fresh shop, money and goods through its API. */
export async function makeWorld(stack: Stack, size: { users: number; products: number }): Promise<World> {
  const url = stack.urls[0] ?? '';
  const customers = await makeCustomers(stack, size.users);
  const [admin] = await makeCustomers(stack, 1, 'admin');
  const product = (body: object): Promise<MadeProduct> =>
    call(`${url}/products`, admin?.token ?? '', 'POST', body);
  await forEach(customers, async ({ token }) => {
    await call(`${url}/balance/charge`, token, 'POST', { amount: BALANCE });
  });
  const goods: Required<Good>[] = [];
  await forEach(Array.from({ length: size.products }), async (_, index) => {
    const { productId, options } = await product({
      name: `Tea cup ${index + 1}`,
      price: PRICE,
      stock: STOCK,
    });
    goods.push({ productId, optionId: options[0]?.optionId ?? '' });
  });
  const hot = await product({
    name: 'Tea pot',
    price: PRICE,
    options: ['red', 'blue'].map((name) => ({ name, stock: STOCK })),
  });
  const hotGoods = hot.options.map(({ optionId }) => ({ productId: hot.productId, optionId }));
  return { customers, goods, hotGoods };
}

/** Makes a coupon, as an admin does. */
export async function makeCoupon(stack: Stack, totalQuantity: number): Promise<string> {
  const [admin] = await makeCustomers(stack, 1, 'admin');
  const body = { name: 'Opening week', discountType: 'FIXED', discountValue: 300, totalQuantity };
  const coupon = await call<{ couponId: string }>(
    `${stack.urls[0] ?? ''}/coupons`,
    admin?.token ?? '',
    'POST',
    body,
  );
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
  return await withDatabase(stack.databaseUrlOf('coupon'), async (client) => {
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
