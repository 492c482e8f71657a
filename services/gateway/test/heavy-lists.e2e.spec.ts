import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Order, Product } from '@jangteo/contracts';
import {
  expected,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { tally } from './expectations.js';

const MEMORY_MAX = 300 * 1024 * 1024;
const LINES = 100;
const ORDERS = 101;
const LISTS_AT_ONCE = 800;
const TEST_DEADLINE_MS = 280_000;

/** As long as a name may be, of characters of four bytes. */
const longName = (text: string): string => text + '🍵'.repeat(200 - text.length);

describe('lists of as much as there can be', () => {
  let shop: Shop;
  let client: ShopClient;
  let product: Product;

  beforeAll(async () => {
    shop = await startShop({ env: { REQUEST_DEADLINE_MS: '60000', ORDER_DEADLINE_MS: '120000' } });
    ({ client } = shop);
    const options = Array.from({ length: LINES }, (_, place) => ({
      name: longName(`option ${place} `),
      stock: 1_000_000,
    }));
    product = await client.createProduct({ name: longName('Tea '), price: 1_000, options });
  }, START_DEADLINE_MS);
  afterAll(() => shop?.stop());

  const peaks = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(
        SHOP_SERVICES.map(async (service) => [service, await shop.memoryPeakOf(service)] as const),
      ),
    );

  /** Orders that fail for want of money: they cost their customer nothing, and stay in the list. */
  async function fillList(customer: Customer): Promise<void> {
    const { productId } = product;
    const items = product.options.map(({ optionId }) => ({ productId, optionId, quantity: 1 }));
    const place = async (): Promise<void> => {
      const answer = await client.order(customer, { items }, { prefer: 'wait=30' });
      expect(answer.body.code).toBe('INSUFFICIENT_BALANCE');
    };
    for (let placed = 0; placed < ORDERS; placed += 10) {
      await Promise.all(Array.from({ length: Math.min(10, ORDERS - placed) }, place));
    }
  }

  /** Counts the orders that others place meanwhile; each must succeed. */
  async function ordersUntil(finished: Promise<unknown>, customers: readonly Customer[]): Promise<number> {
    const cup = await client.createProduct({ price: 1, stock: 1_000_000 });
    let ordered = 0;
    let isOver = false;
    void finished.finally(() => (isOver = true)).catch(() => undefined);
    const shopOn = async (customer: Customer): Promise<void> => {
      while (!isOver) {
        const body = { items: [{ productId: cup.productId, quantity: 1 }] };
        expected(201, await client.order(customer, body, { prefer: 'wait=30' }));
        ordered += 1;
      }
    };
    await Promise.all(customers.map(shopOn));
    return ordered;
  }

  it(
    'stays small and serves others while one customer asks 800 times at once for 100 orders of 100 lines',
    async () => {
      const customer = await client.register();
      await fillList(customer);
      const others = await client.registerMany(4, 1_000_000);
      const { token } = customer;
      const pathOf = (place: number): string => `/orders?limit=${place % 2 === 0 ? 100 : 1 + (place % 100)}`;
      const lists = Promise.all(
        Array.from({ length: LISTS_AT_ONCE }, (_, place) => client.get<Order[]>(pathOf(place), { token })),
      );
      const ordered = await ordersUntil(lists, others);
      const answers: Answer<Order[]>[] = await lists;
      expect(tally(answers)).toEqual({ '200': LISTS_AT_ONCE });
      expect(ordered).toBeGreaterThan(0);
      for (const [service, peak] of Object.entries(await peaks())) {
        expect({ service, isSmall: peak < MEMORY_MAX, peak }).toMatchObject({ isSmall: true });
      }
    },
    TEST_DEADLINE_MS,
  );
});
