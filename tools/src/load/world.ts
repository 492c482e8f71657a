import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Jangteo } from '@jangteo/client';
import { randomPassword, writePrivate } from '@jangteo/infra';
import { asAdmin, type AdminAccess } from '../admin.js';
import { forEach } from '../stack/customers.js';
import { LOAD_DIR } from './artillery.js';
import { CUSTOMERS_A_COUPON, type LoadOptions } from './options.js';

/** Of each customer, in the smallest unit: more than an hour of orders costs. */
const BALANCE = 1_000_000_000;
const PRICE = 1_000;
const STOCK = 100_000_000;
const PRODUCTS = 20;

/** What a load needs of a shop. */
export interface LoadWorld {
  readonly productIds: readonly string[];
  readonly couponId: string | undefined;
}

type Wanted = Pick<LoadOptions, 'scenario' | 'users'>;

/** Each product with the next one. */
export function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.map((item, index) => [item, items[(index + 1) % items.length] as T]);
}

/** Somebody new, with money where they are to order. @returns their access token */
async function newCustomer(url: string, email: string, balance: number): Promise<string> {
  const shop = new Jangteo({ url });
  const account = { email, password: randomPassword() };
  await shop.auth.register({ ...account, name: 'Load' });
  const { accessToken } = await shop.auth.login(account);
  if (balance > 0) await shop.balance.charge({ amount: balance });
  return accessToken;
}

async function write(name: string, rows: readonly (readonly string[])[]): Promise<void> {
  await writePrivate(join(LOAD_DIR, 'data', name), rows.map((row) => `${row.join(',')}\n`).join(''));
}

/**
 * Makes, by the API, what a scenario needs, and writes it where the scenario reads it. Customers are new each time: the
 * tokens of the last ones have run out.
 * @throws JangteoError where the shop refuses, or nobody answers
 */
export async function makeLoadWorld(access: AdminAccess, { scenario, users }: Wanted): Promise<LoadWorld> {
  const run = randomUUID().slice(0, 8);
  await mkdir(join(LOAD_DIR, 'data'), { recursive: true });
  const tokens: string[] = [];
  await forEach(
    Array.from({ length: users }, (_, index) => `load-${run}-${index + 1}@load.example`),
    async (email) => {
      const balance = scenario === 'order' || scenario === 'mixed' ? BALANCE : 0;
      tokens.push(await newCustomer(access.url, email, balance));
    },
  );
  await write(
    'customers.csv',
    tokens.map((token) => [token]),
  );
  return await asAdmin(access, async (shop) => {
    if (scenario === 'coupon') {
      const { couponId } = await shop.coupons.create({
        name: `Load ${run}`,
        discountType: 'FIXED',
        discountValue: 1_000,
        totalQuantity: Math.ceil(users / CUSTOMERS_A_COUPON),
      });
      await write('coupons.csv', [[couponId]]);
      return { productIds: [], couponId };
    }
    const productIds: string[] = [];
    for (let number = 1; scenario !== 'charge' && number <= PRODUCTS; number += 1) {
      const name = `Load ${run}, ${number}`;
      productIds.push((await shop.products.create({ name, price: PRICE, stock: STOCK })).productId);
    }
    await write('pairs.csv', pairsOf(productIds));
    return { productIds, couponId: undefined };
  });
}

/** Takes off sale what was made for a load; what was sold of it stays in the books. */
export async function putAway(access: AdminAccess, { productIds, couponId }: LoadWorld): Promise<void> {
  await asAdmin(access, async (shop) => {
    await forEach(productIds, async (productId) => {
      await shop.products.change(productId, { status: 'ARCHIVED' });
    });
    if (couponId !== undefined) await shop.coupons.change(couponId, { status: 'SUSPENDED' });
  });
}

/** What the places of a coupon say after a race, and whether they are as they must be: no gap, and one each. */
export async function raceVerdict(url: string, couponId: string): Promise<{ line: string; isFair: boolean }> {
  const places = await new Jangteo({ url }).coupons.places(couponId);
  const { totalQuantity, issuedQuantity, highestPlace, heldPlaces, customers } = places;
  const isFair =
    issuedQuantity <= totalQuantity &&
    [highestPlace, heldPlaces, customers].every((count) => count === issuedQuantity);
  const line = `${issuedQuantity} of ${totalQuantity} coupons issued: places 1 to ${highestPlace}, ${heldPlaces} of them held, by ${customers} customers`;
  return { line, isFair };
}
