import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shareShop, START_DEADLINE_MS, type Customer, type Shop } from '@jangteo/testkit';
import pg from 'pg';

/** Of each of the others, while the row is held. */
const ORDERS_OF_ONE = 10;
const HELD_DEADLINE_MS = 300_000;

describe('while somebody holds the wallet of one customer', () => {
  let shop: Shop;
  let held: Customer;
  let others: Customer[];

  beforeAll(async () => {
    shop = await shareShop();
    [held, ...others] = (await shop.client.registerMany(9, 1_000_000)) as [Customer, ...Customer[]];
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  it(
    'every order of the others succeeds, and those of the held one end once it is free',
    async () => {
      const { client } = shop;
      const { productId } = await client.createProduct({ price: 100, stock: 10_000 });
      const body = { items: [{ productId, quantity: 1 }] };
      const placedBy = async (customer: Customer) => (await client.order(customer, body)).body.orderId!;
      const endOf = async (customer: Customer, orderId: string): Promise<string> =>
        (await client.untilEnded(customer, orderId)).orderStatus;
      const ended = async (customer: Customer) => await endOf(customer, await placedBy(customer));
      const database = new pg.Client({ connectionString: shop.databaseUrlOf('wallet') });
      await database.connect();
      try {
        await database.query('BEGIN');
        await database.query('SELECT FROM wallets WHERE user_id = $1 FOR UPDATE', [held.userId]);
        const ofTheHeld: Promise<string>[] = [];
        const ofOthers = others.map(async (customer) => {
          const statuses: string[] = [];
          for (let index = 0; index < ORDERS_OF_ONE; index += 1) {
            if (customer === others[0]) ofTheHeld.push(placedBy(held));
            statuses.push(await ended(customer));
          }
          return statuses;
        });
        expect(new Set((await Promise.all(ofOthers)).flat())).toEqual(new Set(['SUCCESS']));
        await database.query('COMMIT');
        expect(await ended(held)).toBe('SUCCESS');
        // Those whose deadline came first are undone, the others succeed: all of them end.
        const orderIds = await Promise.all(ofTheHeld);
        const ends = await Promise.all(orderIds.map((orderId) => endOf(held, orderId)));
        expect(ends.filter((status) => status !== 'SUCCESS' && status !== 'FAILED')).toEqual([]);
      } finally {
        await database.end();
      }
    },
    HELD_DEADLINE_MS,
  );
});
