import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  expected,
  START_DEADLINE_MS,
  startShop,
  withClient,
  type Accounts,
  type AnyService,
  type Shop,
} from '@jangteo/testkit';

/** What somebody may have done to the books, and by which words its discovery is known. */
interface Forgery {
  readonly name: string;
  readonly service: AnyService;
  readonly statement: string;
  readonly found: RegExp;
}

const FORGERIES: readonly Forgery[] = [
  {
    name: 'a balance without a ledger row',
    service: 'wallet',
    statement: 'UPDATE wallets SET balance = balance + 1',
    found: /balance is not the sum of their ledger/,
  },
  {
    name: 'a payment and a balance that were both changed',
    service: 'wallet',
    statement: `
      ALTER TABLE ledger DISABLE TRIGGER USER;
      UPDATE ledger SET amount = amount + 1, balance_after = balance_after + 1 WHERE type = 'PAYMENT'
        AND position = (SELECT max(position) FROM ledger);
      UPDATE wallets SET balance = balance + 1`,
    found: /net payment of an order: \S+ is 1699, but should be 1700/,
  },
  {
    name: 'stock that nobody holds',
    service: 'catalog',
    statement: `
      DELETE FROM reservations;
      UPDATE options SET stock = (SELECT sum(quantity) FROM stock_movements WHERE option_id = options.option_id)`,
    found: /stock held for an order: \S+ is undefined, but should be 2/,
  },
  {
    name: 'stock that is not what came in less what is held',
    service: 'catalog',
    statement: 'UPDATE options SET stock = stock + 1',
    found: /stock is not what came in/,
  },
  {
    name: 'a coupon that is free again although its order has it',
    service: 'coupon',
    statement: `
      UPDATE user_coupons SET order_id = NULL, used_at = NULL;
      UPDATE redemptions SET released_at = now()`,
    found: /coupon used by an order: \S+ is undefined/,
  },
  {
    name: 'a campaign that has counted wrongly',
    service: 'coupon',
    statement: 'UPDATE coupons SET issued_quantity = issued_quantity + 1',
    found: /whose count is not that of the user coupons/,
  },
  {
    name: 'an order that its saga knows as another',
    service: 'order',
    statement: `UPDATE sagas SET state = 'FAILED'`,
    found: /orders whose saga says something else/,
  },
  {
    name: 'an order of other prices',
    service: 'order',
    statement: 'UPDATE order_items SET price = price + 1',
    found: /do not add up to their subtotal/,
  },
];

describe('assertBooks', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
    const [customer] = await shop.client.registerMany(1, 100_000);
    const product = await shop.client.createProduct({ price: 1_000 });
    const { couponId } = await shop.client.createCoupon({ discountValue: 300 });
    const { userCouponId } = await shop.client.issue(customer!, couponId);
    const items = [{ productId: product.productId, quantity: 2 }];
    expected(201, await shop.client.order(customer!, { items, userCouponId }));
    await assertBooks(shop);
    // At rest, so that nothing but the forgery changes anything.
    await shop.terminateAll();
  }, START_DEADLINE_MS);
  afterAll(() => shop.stop());

  it.each(FORGERIES)('finds $name', async ({ service, statement, found }) => {
    await withClient(shop.databaseUrlOf(service), async (client) => {
      await client.query('BEGIN');
      await client.query(statement);
      let last: Promise<unknown> = Promise.resolve();
      // Read where the forgery shows and will never be committed, one statement after the other.
      const read: Accounts['sql'] = async <R extends object>(its: AnyService, text: string) => {
        if (its !== service) return await shop.sql<R>(its, text);
        const result = last.then(() => client.query<R>(text));
        last = result;
        return (await result).rows;
      };
      const forged: Accounts = { sql: read, queueCounts: () => shop.queueCounts() };
      await expect(assertBooks(forged)).rejects.toThrow(found);
      await client.query('ROLLBACK');
    });
    await assertBooks(shop);
  });
});
