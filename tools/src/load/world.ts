import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Jangteo } from '@jangteo/client';
import { randomPassword, writePrivate } from '@jangteo/infra';
import { asAdmin, type AdminAccess } from '../admin.js';
import { forEach } from '../stack/customers.js';
import { LOAD_DIR } from './artillery.js';
import { CUSTOMERS_A_COUPON, tokensFault, type LoadOptions } from './options.js';

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

interface Wanted extends Pick<LoadOptions, 'scenario' | 'users'> {
  /** How long customers will arrive. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Each product with the next one. */
export function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.map((item, index) => [item, items[(index + 1) % items.length] as T]);
}

interface Customer {
  readonly token: string;
  /** When the token runs out, by `performance.now()`. */
  readonly endsAt: number;
}

/** Somebody new, with money where they are to order. */
async function newCustomer(
  url: string,
  email: string,
  balance: number,
  signal: AbortSignal,
): Promise<Customer> {
  const shop = new Jangteo({ url });
  const account = { email, password: randomPassword() };
  await shop.auth.register({ ...account, name: 'Load' }, { signal });
  const asked = performance.now();
  const { accessToken, expiresIn } = await shop.auth.login(account, { signal });
  if (balance > 0) await shop.balance.charge({ amount: balance }, { signal });
  return { token: accessToken, endsAt: asked + expiresIn * 1_000 };
}

/** @throws Error as soon as it is known that tokens will run out before the load ends */
async function makeCustomers(
  url: string,
  run: string,
  { scenario, users, seconds, signal }: Wanted,
): Promise<string[]> {
  const balance = scenario === 'order' || scenario === 'mixed' ? BALANCE : 0;
  const tokens: string[] = [];
  let firstEnds = Infinity;
  await forEach(
    Array.from({ length: users }, (_, index) => `load-${run}-${index + 1}@load.example`),
    async (email) => {
      const { token, endsAt } = await newCustomer(url, email, balance, signal);
      tokens.push(token);
      firstEnds = Math.min(firstEnds, endsAt);
      const fault = tokensFault((firstEnds - performance.now()) / 1_000, seconds);
      if (fault !== undefined) throw new Error(fault);
    },
  );
  return tokens;
}

async function write(name: string, rows: readonly (readonly string[])[]): Promise<void> {
  await writePrivate(join(LOAD_DIR, 'data', name), rows.map((row) => `${row.join(',')}\n`).join(''));
}

/**
 * Makes, by the API, what a scenario needs, and writes it where the scenario reads it. Customers are new each time: the
 * tokens of the last ones have run out. What it has put on sale it takes off again where it fails.
 * @throws JangteoError where the shop refuses, or nobody answers; the signal's reason
 */
export async function makeLoadWorld(access: AdminAccess, wanted: Wanted): Promise<LoadWorld> {
  const { scenario, users, signal } = wanted;
  const run = randomUUID().slice(0, 8);
  await mkdir(join(LOAD_DIR, 'data'), { recursive: true });
  const tokens = await makeCustomers(access.url, run, wanted);
  await write(
    'customers.csv',
    tokens.map((token) => [token]),
  );
  const productIds: string[] = [];
  let couponId: string | undefined;
  try {
    await asAdmin(access, async (shop) => {
      if (scenario === 'coupon') {
        const coupon = {
          name: `Load ${run}`,
          discountType: 'FIXED',
          discountValue: 1_000,
          totalQuantity: Math.ceil(users / CUSTOMERS_A_COUPON),
        } as const;
        ({ couponId } = await shop.coupons.create(coupon));
        await write('coupons.csv', [[couponId]]);
        return;
      }
      for (let number = 1; scenario !== 'charge' && number <= PRODUCTS; number += 1) {
        signal.throwIfAborted();
        const name = `Load ${run}, ${number}`;
        productIds.push((await shop.products.create({ name, price: PRICE, stock: STOCK })).productId);
      }
      await write('pairs.csv', pairsOf(productIds));
    });
    return { productIds, couponId };
  } catch (error) {
    await putAway(access, { productIds, couponId });
    throw error;
  }
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
