import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, OLD_KEYED_OUTCOMES, OLD_UNKEYED_OUTCOMES } from '@jangteo/database';
import { Plans, testDatabase, withClient, type Asking, type Kept, type TestDatabase } from '@jangteo/testkit';
import { HELD } from '../src/books.queries.js';
import {
  countPending,
  lockCharges,
  readChargePages,
  readCharges,
  readPendingCharges,
  takeChargesToAskAbout,
} from '../src/charge.queries.js';
import { migrations } from '../src/migrations/index.js';
import { readLedgerPages, readWallets } from '../src/wallet.queries.js';

const PAGE = { below: null, rowsMax: 21, bound: 21, type: null, from: null, to: null };

const CHARGES = 20_000;
const PAGES_MAX = 60;

const ids = [randomUUIDv7()];
/** Of the first of the wallets, which has paid for many orders since it was charged. */
const CUSTOMER = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b';
const PAYMENTS = 5_000;
/** Somebody of whom every card was declined. */
const DECLINED_CUSTOMER = randomUUIDv7();

const ASKED: Record<string, Asking> = {
  'charges to ask about': (database) =>
    takeChargesToAskAbout(database, { provider: 'sandbox', leaseMs: 1_000, limit: 100 }),
  'how many are pending': readPendingCharges,
  'how many of a user are pending': (database) =>
    countPending(database, [CUSTOMER, DECLINED_CUSTOMER], { provider: 'sandbox', most: 20 }),
  'what pending charges hold': (database) => database.rows(HELD),
  'charges by their keys': async (database) => {
    await lockCharges(database, ids);
    await readCharges(database, ids);
  },
  'wallets, and whether they were charged': (database) =>
    readWallets(database, [CUSTOMER, DECLINED_CUSTOMER]),
  'pages of the ledger': (database) => readLedgerPages(database, [{ ...PAGE, userId: randomUUIDv7() }]),
  'pages of the ledger, of a type and a time': (database) =>
    readLedgerPages(database, [
      { ...PAGE, userId: randomUUIDv7(), bound: 100, type: 'REFUND', from: new Date('2026-01-01T00:00:00Z') },
    ]),
  'pages of charges': (database) =>
    readChargePages(database, [
      { userId: randomUUIDv7(), before: null, rowsMax: 21, bound: 100, status: 'PENDING' },
    ]),
  'outcomes that are old, without a key': (database) => database.rows(OLD_UNKEYED_OUTCOMES, [900, 1_000]),
  'outcomes that are old, with a key': (database) => database.rows(OLD_KEYED_OUTCOMES, [900, 1_000]),
};

const STORED = [
  `INSERT INTO wallets (user_id, balance, movements) SELECT md5(i::text)::uuid, 0, 0 FROM generate_series(1, 1000) i`,
  `INSERT INTO charges (charge_id, user_id, amount, status, created_at, currency, provider, payment_method, answer)
   SELECT gen_random_uuid(), md5((i % 1000 + 1)::text)::uuid, 5, 'SUCCEEDED', now(), 'krw', 'sandbox', 'tok_ok', '{}'
   FROM generate_series(1, ${CHARGES}) AS i`,
  `INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after, charge_id,
     created_at)
   SELECT gen_random_uuid(), user_id, row_number() OVER (), 'CHARGE', 5, 0, 5, charge_id, now() FROM charges`,
  `INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after, order_id,
     created_at)
   SELECT gen_random_uuid(), '${CUSTOMER}', ${CHARGES} + i, 'PAYMENT', -5, 5, 0, gen_random_uuid(), now()
   FROM generate_series(1, ${PAYMENTS}) AS i`,
  `INSERT INTO wallets (user_id, balance, movements) VALUES ('${DECLINED_CUSTOMER}', 0, 0)`,
  `INSERT INTO charges (charge_id, user_id, amount, status, created_at, currency, provider, payment_method, answer)
   SELECT gen_random_uuid(), '${DECLINED_CUSTOMER}', 5, 'DECLINED', now(), 'krw', 'sandbox', 'tok_no', '{}'
   FROM generate_series(1, ${PAYMENTS})`,
  `INSERT INTO outcomes (key, fingerprint, outcome, created_at)
   SELECT charge_id || '/debit', '', '{}', now() - interval '1 year' FROM charges`,
];

/** Pending charges that it is time for after so long. */
const pendingOfOthers = (provider: string, after: string) => `
  INSERT INTO charges (charge_id, user_id, amount, status, created_at, currency, provider, payment_method, ask_again_at)
  SELECT gen_random_uuid(), md5((i % 900 + 2)::text)::uuid, 5, 'PENDING', now(), 'krw', '${provider}', 'tok_slow',
    now() + interval '${after}'
  FROM generate_series(1, ${CHARGES}) AS i`;

let database: TestDatabase;
let plans: Plans;
let kept: Map<string, Kept[]>;

beforeAll(async () => {
  database = await testDatabase('wallet_plans');
  await migrate(database.url, migrations);
  plans = await Plans.open(database.url);
  kept = await plans.keepAll(ASKED);
  await withClient(database.url, async (client) => {
    for (const table of ['wallets', 'charges', 'ledger', 'outcomes']) {
      await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    }
    for (const statement of STORED) await client.query(statement);
  });
});
afterAll(async () => {
  await plans?.close();
  await database?.drop();
});

describe('a plan that was made while there were no wallets', () => {
  it.each(Object.keys(ASKED))('reads no more with many of everything: %s', async (name) => {
    const statements = kept.get(name) ?? [];
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) expect(await plans.pagesOf(statement)).toBeLessThan(PAGES_MAX);
  });

  it('counts the pending charges of a user beside those of all others', async () => {
    await withClient(database.url, async (client) => {
      await client.query(pendingOfOthers('sandbox', '1 hour'));
    });
    for (const statement of kept.get('how many of a user are pending')!) {
      expect(await plans.pagesOf(statement)).toBeLessThan(PAGES_MAX);
    }
  });

  it('finds what to ask about beside the charges of a provider that is not asked any more', async () => {
    await withClient(database.url, async (client) => {
      await client.query(pendingOfOthers('former', '-1 hour'));
    });
    const [asked] = kept.get('charges to ask about')!;
    expect(await plans.pagesOf(asked!)).toBeLessThan(PAGES_MAX);
    const rows = await plans.client.query<{ provider: string; charges: number }>(
      kept.get('how many are pending')![0]!.text,
    );
    expect(rows.rows).toMatchObject(
      ['former', 'sandbox'].map((provider) => ({ provider, charges: '10000' })),
    );
  });
});
