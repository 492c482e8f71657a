import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstIdAt, HOUR_MS, type ColumnSeen } from '@jangteo/contracts';
import { Database, databaseEnv, migrate, nameExamples, readColumn, readRule } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, proveBooks, sealBooks, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { couponBooks } from '../src/books.queries.js';
import { migrations } from '../src/migrations/index.js';

const NOW_MS = Date.now();
const COUPON = '01920000-0000-7000-8000-0000000000b1';

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('coupon');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  await database.rows(
    `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issued_quantity, status, created_at)
     VALUES ($1, 'spring', 'FIXED', 100, 10, 0, 'ISSUABLE', now())`,
    [COUPON],
  );
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

const idAt = (hoursAgo: number, last: string): string =>
  `${firstIdAt(NOW_MS - hoursAgo * HOUR_MS).slice(0, 13)}-7000-8000-00000000000${last}`;

async function issue(id: string, sequence: number): Promise<void> {
  await database.rows(
    `INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at)
     VALUES ($1, $2, gen_random_uuid(), $3, now())`,
    [id, COUPON, sequence],
  );
  await database.rows('UPDATE coupons SET issued_quantity = issued_quantity + 1');
}

async function use(userCouponId: string, orderId: string): Promise<void> {
  await database.rows('UPDATE user_coupons SET order_id = $2, used_at = now() WHERE user_coupon_id = $1', [
    userCouponId,
    orderId,
  ]);
  await database.rows(
    `INSERT INTO redemptions (order_id, user_coupon_id, discount, redeemed_at) VALUES ($1, $2, 100, now())`,
    [orderId, userCouponId],
  );
}

async function giveBack(userCouponId: string): Promise<void> {
  await database.rows('UPDATE redemptions SET released_at = now() WHERE user_coupon_id = $1', [userCouponId]);
  await database.rows('UPDATE user_coupons SET order_id = NULL, used_at = NULL WHERE user_coupon_id = $1', [
    userCouponId,
  ]);
}

const sealAll = (): Promise<void> => sealBooks(database, couponBooks.sources, 3_600);

async function found(): Promise<Record<string, readonly string[]>> {
  const rules = Object.entries(couponBooks.rules);
  const seen: [string, readonly string[]][] = [];
  for (const [name, rule] of rules) {
    const broken = await database.snapshot(10_000, (tx) => readRule(tx, rule, new Date()));
    const { examples } = await nameExamples(database, rule, broken, 10_000);
    if (examples.length > 0) seen.push([name, examples]);
  }
  return Object.fromEntries(seen);
}

const seenOf = (column: 'coupons' | 'discounts'): Promise<ColumnSeen> =>
  database.snapshot(10_000, (tx) => readColumn(tx, couponBooks.columns[column], new Date()));

const inUse = async (): Promise<string> => (await seenOf('coupons')).amount;

async function untouched(statement: string): Promise<void> {
  await database.rows('ALTER TABLE redemptions DISABLE TRIGGER USER');
  await database.rows(statement);
  await database.rows('ALTER TABLE redemptions ENABLE TRIGGER USER');
}

const [OLD, RECENT] = [idAt(40, '1'), idAt(0.1, '2')];

describe('the kept sums of coupons', () => {
  it('follow coupons that are used, given back and used again, long after they were issued', async () => {
    await issue(OLD, 1);
    await issue(RECENT, 2);
    await sealAll();
    await use(OLD, idAt(30, '1'));
    await sealAll();
    expect([await found(), await inUse()]).toEqual([{}, '1']);
    await giveBack(OLD);
    expect([await found(), await inUse()]).toEqual([{}, '0']);
    await use(OLD, idAt(0.1, '3'));
    await use(RECENT, idAt(20, '4'));
    await sealAll();
    expect([await found(), await inUse()]).toEqual([{}, '2']);
  });

  it('find what was changed by hand, however old it is', async () => {
    const forge = async (change: string, undo: string): Promise<Record<string, readonly string[]>> => {
      await database.rows(change);
      const seen = await found();
      await database.rows(undo);
      expect(await found()).toEqual({});
      return seen;
    };
    const sequence = (n: number) => `UPDATE user_coupons SET sequence = ${n} WHERE user_coupon_id = '${OLD}'`;
    expect(await forge(sequence(3), sequence(1))).toEqual({ 'issued-coupons': [COUPON] });
    const issued = (n: number) => `UPDATE coupons SET issued_quantity = ${n}`;
    expect(await forge(issued(3), issued(2))).toEqual({ 'issued-coupons': [COUPON] });
    const used = (orderId: string) =>
      `UPDATE user_coupons SET order_id = '${orderId}' WHERE user_coupon_id = '${OLD}'`;
    expect(await forge(used(idAt(50, '9')), used(idAt(0.1, '3')))).toEqual({ 'used-coupons': [OLD] });
    const released = (at: string) =>
      `UPDATE redemptions SET released_at = ${at} WHERE user_coupon_id = '${RECENT}'`;
    expect(await forge(released('now()'), released('NULL'))).toEqual({ 'used-coupons': [RECENT] });
    const discount = (amount: number) => `UPDATE redemptions SET discount = ${amount}`;
    const off = () => seenOf('discounts').then(({ amount }) => amount);
    expect(await off()).toBe('200');
    await database.rows(discount(101));
    expect(await off()).toBe('202');
    await database.rows(discount(100));
    await untouched(discount(1));
    const silent = { source: 'discounts', book: 'discounts' };
    expect(await proveBooks(database, couponBooks.sources)).toEqual([expect.objectContaining(silent)]);
    await untouched(discount(100));
  });
});
