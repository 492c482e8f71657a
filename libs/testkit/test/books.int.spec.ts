import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BOOK_COMPARISONS, type PromiseName } from '@jangteo/contracts';
import {
  assertBooks,
  checkBooks,
  expected,
  START_DEADLINE_MS,
  startShop,
  withClient,
  type Accounts,
  type AnyService,
  type Shop,
} from '@jangteo/testkit';
import { PROOFS } from '../src/book-rules.js';

/** A manipulation of the books, and the words by which its discovery is known. */
interface Forgery {
  readonly name: string;
  readonly service: AnyService;
  readonly statement: string;
  readonly promise: PromiseName;
  readonly found: RegExp;
}

const FORGERIES: readonly Forgery[] = [
  {
    name: 'a balance without a ledger row',
    service: 'wallet',
    statement: 'UPDATE wallets SET balance = balance + 1',
    promise: 'money',
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
    promise: 'money',
    found: /payments-of-orders: \S+ is 1699 in the books of wallet, but should be 1700/,
  },
  {
    name: 'stock that nobody holds',
    service: 'catalog',
    statement: `
      DELETE FROM reservations;
      UPDATE options SET stock = (SELECT sum(quantity) FROM stock_movements WHERE option_id = options.option_id)`,
    promise: 'stock',
    found: /stock-of-orders: \S+ is undefined in the books of catalog, but should be 2/,
  },
  {
    name: 'stock that is not what came in less what is held',
    service: 'catalog',
    statement: 'UPDATE options SET stock = stock + 1',
    promise: 'stock',
    found: /stock is not what came in/,
  },
  {
    name: 'a coupon that is free again although its order has it',
    service: 'coupon',
    statement: `
      UPDATE user_coupons SET order_id = NULL, used_at = NULL;
      UPDATE redemptions SET released_at = now()`,
    promise: 'coupons',
    found: /coupons-of-orders: \S+ is undefined/,
  },
  {
    name: 'a campaign that has counted wrongly',
    service: 'coupon',
    statement: 'UPDATE coupons SET issued_quantity = issued_quantity + 1',
    promise: 'coupons',
    found: /whose count is not that of the user coupons/,
  },
  {
    name: 'an order that its saga knows as another',
    service: 'order',
    statement: `UPDATE sagas SET state = 'FAILED'`,
    promise: 'orders',
    found: /orders-and-sagas: \S+ is FAILED in the books of order, but should be SUCCESS/,
  },
  {
    name: 'an order of other prices',
    service: 'order',
    statement: 'UPDATE order_items SET price = price + 1',
    promise: 'prices',
    found: /do not add up to their subtotal/,
  },
  {
    name: 'an order that has begun in another way',
    service: 'order',
    statement: `UPDATE order_history SET status = 'SUCCESS' WHERE seq = 1`,
    promise: 'orders',
    found: /whose history does not begin with PENDING/,
  },
  {
    name: 'an order that has never ended',
    service: 'order',
    statement: `UPDATE orders SET status = 'PENDING', completed_at = NULL`,
    promise: 'orders',
    found: /that have not ended although all is at rest/,
  },
  {
    name: 'a ledger with a gap',
    service: 'wallet',
    statement: `
      ALTER TABLE ledger DISABLE TRIGGER USER;
      UPDATE ledger SET balance_before = balance_before + 1, balance_after = balance_after + 1`,
    promise: 'money',
    found: /that do not begin where the one before ended/,
  },
  {
    name: 'money held for no charge',
    service: 'wallet',
    statement: 'UPDATE wallets SET held = held + 1',
    promise: 'money',
    found: /hold something else than room/,
  },
  {
    name: 'a refund of an order that was never paid',
    service: 'wallet',
    statement: `
      ALTER TABLE ledger DISABLE TRIGGER USER;
      UPDATE ledger SET type = 'REFUND', amount = -amount, balance_after = balance_before - amount
        WHERE type = 'PAYMENT'`,
    promise: 'money',
    found: /more than one payment or refund/,
  },
  {
    name: 'a charge that was credited although it was declined',
    service: 'wallet',
    statement: `UPDATE charges SET status = 'DECLINED'`,
    promise: 'money',
    found: /charges that succeeded without their one ledger row/,
  },
  {
    name: 'a use of a coupon that its holder knows nothing of',
    service: 'coupon',
    statement: 'UPDATE redemptions SET released_at = now()',
    promise: 'coupons',
    found: /whose use is not the one redemption/,
  },
  {
    name: 'a price that the catalog has never said',
    service: 'catalog',
    statement: `UPDATE outcomes SET outcome = replace(outcome::text, '"price":1000', '"price":1001')::json`,
    promise: 'prices',
    found: /prices-of-orders: \S+ is 2002 in the books of catalog, but should be 2000/,
  },
  {
    name: 'a discount that no order was let off',
    service: 'coupon',
    statement: 'UPDATE redemptions SET discount = 1',
    promise: 'prices',
    found: /discounts-of-orders: \S+ is 1 in the books of coupon, but should be 300/,
  },
  {
    name: 'a cart that an order holds for ever',
    service: 'order',
    statement: `
      INSERT INTO carts (user_id) SELECT user_id FROM orders ON CONFLICT DO NOTHING;
      INSERT INTO cart_orders SELECT order_id, user_id FROM orders`,
    promise: 'carts',
    found: /still hold their cart/,
  },
  {
    name: 'more units cancelled than sold',
    service: 'ranking',
    statement: 'UPDATE hourly_sales SET cancelled = sold + 1',
    promise: 'readers',
    found: /more were cancelled than sold/,
  },
  {
    name: 'units that nobody bought',
    service: 'ranking',
    statement: 'UPDATE hourly_sales SET sold = sold + 1',
    promise: 'readers',
    found: /units-in-ranking: \S+ is 3 in the books of ranking, but should be 2/,
  },
  {
    name: 'a success that the ranking never heard of',
    service: 'ranking',
    statement: 'DELETE FROM counted_steps',
    promise: 'readers',
    found: /orders-in-ranking: \S+ is undefined in the books of ranking, but should be 1/,
  },
  {
    name: 'a record that was never made',
    service: 'order',
    statement: 'DELETE FROM platform_records; DELETE FROM platform_entries',
    promise: 'readers',
    found: /orders-in-data-platform: \S+ is undefined in the books of order, but should be 1/,
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

  it.each(FORGERIES)('finds $name', async ({ service, statement, promise, found }) => {
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
      const broken = (await checkBooks(forged)).filter(({ problems }) => problems.length > 0);
      expect(broken.map((finding) => finding.promise)).toContain(promise);
      expect(broken.flatMap(({ problems }) => problems).join('\n')).toMatch(found);
      await client.query('ROLLBACK');
    });
    expect((await checkBooks(shop)).flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('has seen every rule and every comparison of a promise broken', () => {
    const seen = FORGERIES.map(({ found }) => found.source);
    const proofs = Object.values(PROOFS).flatMap((rules) => Object.values(rules).flat());
    const unseen = proofs.filter(({ broken }) => !FORGERIES.some(({ found }) => found.test(broken)));
    expect(unseen).toEqual([]);
    const compared = BOOK_COMPARISONS.map(({ name }) => name);
    expect(compared.filter((name) => !seen.some((source) => source.startsWith(`${name}: `)))).toEqual([]);
  });

  it('fails with what it has found', async () => {
    const sql: Accounts['sql'] = async <R extends object>(its: AnyService, text: string) =>
      await shop.sql<R>(its, text.replace('sum(price * quantity)', 'sum(price * quantity) + 1'));
    await expect(assertBooks({ sql, queueCounts: () => shop.queueCounts() })).rejects.toThrow(
      /^The books do not add up:\nprices-of-orders: /,
    );
  });
});
