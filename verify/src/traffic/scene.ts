import { randomUUID } from 'node:crypto';
import type { CouponDraft } from '@jangteo/contracts';
import type { Answer, AnyService, Customer, Shop } from '@jangteo/testkit';
import type { Change } from '../validate/figures.js';

/** The shop that processes die in, and somebody who has money there. */
export interface World {
  readonly shop: Shop;
  readonly customer: Customer;
  readonly admin: string;
}

/** Everything is ready; what is left is one call. */
export interface Scene {
  /** The same request, under one Idempotency-Key however often. */
  call(): Promise<Answer<unknown>>;
  /** Of the answer; several where it depends on how far the work was when it was asked again. */
  readonly status: number | readonly number[];
  /** The effect on the shop: that of one call, however often it is made. */
  readonly change: Change;
  /** It tells how things stand, which others change: of its answers only the status counts. */
  readonly answersVary?: boolean;
  /** Stopped in the middle of everything until the order was given up. @see SHORT_DEADLINE */
  readonly silent?: AnyService;
  /** Does what has to follow the answer, for the shop to come to rest. */
  settle?(): Promise<void>;
  /** Looks at more than the figures. @throws Error saying what is wrong */
  check?(): Promise<void>;
}

export type Story = (world: World) => Promise<Scene>;

/** An order of two units at 1,000 with 300 off takes this from a balance. */
export const PAID = 1_700;
/** Longer than any service takes to come back. */
export const PATIENT = { prefer: 'wait=25' };

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export function asker(
  { shop }: World,
  token: string,
  [method, path, body]: readonly [Method, string, object?],
  headers: Readonly<Record<string, string>> = {},
): Scene['call'] {
  const idempotencyKey = randomUUID();
  return () =>
    shop.client.by((at) => at.request(method, path, { body }, { idempotencyKey }), { token, headers });
}

export interface Wanted {
  readonly price?: number;
  readonly quantity?: number;
  readonly coupon?: Partial<CouponDraft>;
}

/** A product with 10 in stock and a coupon of 300 off, and the body of an order of both. */
export async function wanted(world: World, { price = 1_000, quantity = 2, coupon = {} }: Wanted = {}) {
  const { client } = world.shop;
  const [{ productId }, { couponId }] = await Promise.all([
    client.createProduct({ price, stock: 10 }),
    client.createCoupon(coupon),
  ]);
  const { userCouponId } = await client.issue(world.customer, couponId);
  return { items: [{ productId, quantity }], userCouponId };
}
