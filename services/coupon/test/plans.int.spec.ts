import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@jangteo/database';
import { Plans, testDatabase, withClient, type Asking, type Kept, type TestDatabase } from '@jangteo/testkit';
import { readAllPages, readIssuePages } from '../src/admin-list.queries.js';
import {
  lockCoupons,
  lockHeldCoupons,
  lockUserCoupons,
  readCouponsOf,
  readHoldings,
  readRedemptionsOf,
  readUses,
} from '../src/coupon.queries.js';
import { COUPONS_AT_ONCE, readPlacesOf } from '../src/issued-places.js';
import { markEnded, readIssuablePages, readUserPages } from '../src/list.queries.js';
import { migrations } from '../src/migrations/index.js';

const COUPONS = 20_000;
const HELD = 40_000;
/** Far fewer than any of these tables has. */
const PAGES_MAX = 300;

const ids = [randomUUIDv7()];
/** The campaign that all of those are of. */
const HOT = '01920000-0000-7000-8000-0000000000d1';
/** Others whose places are read at once with its: a batch is full of them. */
const WATCHED = Array.from({ length: COUPONS_AT_ONCE - 1 }, () => randomUUIDv7());
const ALL = { status: null, q: null, before: null, size: 20, bound: 21 };
const NEWEST = { at: null, id: null, rowsMax: 21, bound: 1_000 };

const ASKED: Record<string, Asking> = {
  'coupons by their keys': (database) => lockCoupons(database, ids),
  'who holds what': (database) => readHoldings(database, [{ couponId: HOT, userId: ids[0]! }]),
  'coupons of users by their keys': async (database) => {
    await lockUserCoupons(database, ids);
    await lockHeldCoupons(database, ids);
    await readCouponsOf(database, ids);
  },
  'what orders use': async (database) => {
    await readUses(database, ids);
    await readRedemptionsOf(database, ids);
  },
  'campaigns that have ended': markEnded,
  'coupons that can be issued': (database) => readIssuablePages(database, [NEWEST]),
  'coupons of a user': (database) =>
    readUserPages(database, [{ ...NEWEST, userId: randomUUIDv7(), status: 'ISSUED' }]),
  'all coupons': (database) => readAllPages(database, [ALL]),
  'all coupons of a status, a later page': (database) =>
    readAllPages(database, [{ ...ALL, status: 'ISSUABLE', before: HOT }]),
  'all coupons of a name that none has': (database) =>
    readAllPages(database, [{ ...ALL, q: 'nowhere', bound: 60 }]),
  'all coupons of a name that many have, as many as may be looked at': (database) =>
    readAllPages(database, [{ ...ALL, q: 'tea', bound: 2_000 }]),
  'the places of a coupon': (database) =>
    readIssuePages(database, [{ couponId: HOT, below: null, rowsMax: 21 }]),
  'the places of a coupon, a later page': (database) =>
    readIssuePages(database, [{ couponId: HOT, below: HELD / 2, rowsMax: 21 }]),
  'how the places of coupons were issued, as many as are read at once': (database) =>
    readPlacesOf(database, [HOT, ...WATCHED]),
};

const STORED = [
  `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issue_ends_at, issued_quantity,
     status, created_at)
   SELECT md5(i::text)::uuid, repeat('Tea ', 50), 'FIXED', 1, 5, now() + interval '1 day', 0,
     CASE WHEN i % 2 = 0 THEN 'ISSUABLE' ELSE 'SUSPENDED' END, now() FROM generate_series(1, ${COUPONS}) AS i`,
  `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issued_quantity, status,
     created_at) VALUES ('${HOT}', 'Tea', 'FIXED', 1, ${HELD}, ${HELD}, 'ISSUABLE', now())`,
  `INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at)
   SELECT md5(i::text)::uuid, '${HOT}', md5('u' || i)::uuid, i, now() FROM generate_series(1, ${HELD}) AS i`,
  `INSERT INTO coupons (coupon_id, name, discount_type, discount_value, total_quantity, issued_quantity, status,
     created_at)
   SELECT coupon_id, 'Tea', 'FIXED', 1, 100, 20, 'ISSUABLE', now() FROM unnest('{${WATCHED.join(',')}}'::uuid[]) AS coupon_id`,
  `INSERT INTO user_coupons (user_coupon_id, coupon_id, user_id, sequence, issued_at)
   SELECT gen_random_uuid(), coupon_id, gen_random_uuid(), i, now()
   FROM unnest('{${WATCHED.join(',')}}'::uuid[]) AS coupon_id, generate_series(1, 20) AS i`,
  `INSERT INTO redemptions (order_id, user_coupon_id, discount, redeemed_at)
   SELECT gen_random_uuid(), user_coupon_id, 1, now() FROM user_coupons`,
];

let database: TestDatabase;
let plans: Plans;
let kept: Map<string, Kept[]>;

beforeAll(async () => {
  database = await testDatabase('coupon_plans');
  await migrate(database.url, migrations);
  plans = await Plans.open(database.url);
  kept = await plans.keepAll(ASKED);
  await withClient(database.url, async (client) => {
    for (const table of ['coupons', 'user_coupons', 'redemptions']) {
      await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    }
    for (const statement of STORED) await client.query(statement);
  });
});
afterAll(async () => {
  await plans?.close();
  await database?.drop();
});

describe('a plan that was made while there were no coupons', () => {
  it.each(Object.keys(ASKED))('reads no more with many of everything: %s', async (name) => {
    const statements = kept.get(name) ?? [];
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      const pages = await plans.pagesOf(statement);
      expect({ text: statement.text, pages: pages > PAGES_MAX ? pages : 'few' }).toEqual({
        text: statement.text,
        pages: 'few',
      });
    }
  });
});
