import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstIdAt, HOUR_MS, type RuleSeen } from '@jangteo/contracts';
import {
  Database,
  databaseEnv,
  migrate,
  nameExamples,
  readColumn,
  readRule,
  type BookRule,
} from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, rowsRead, sealBooks, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { walletBooks } from '../src/books.queries.js';
import { migrations } from '../src/migrations/index.js';

const USER = '01920000-0000-7000-8000-0000000000a1';

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('wallet');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

const NOW_MS = Date.now();
const idAt = (hoursAgo: number): string =>
  `${firstIdAt(NOW_MS - hoursAgo * HOUR_MS).slice(0, 13)}-7000-8000-000000000001`;

/** Each movement of a wallet that begins with 0, in turn. */
async function move(
  type: 'CHARGE' | 'PAYMENT' | 'REFUND' | 'ADJUSTMENT',
  amount: number,
  id: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    if (type === 'CHARGE') {
      await tx.rows(
        `INSERT INTO charges (charge_id, user_id, amount, currency, provider, payment_method, status, created_at, answer)
         VALUES ($1, $2, $3, 'krw', 'sandbox', 'tok_ok', 'SUCCEEDED', now(), '{}')`,
        [id, USER, amount],
      );
    }
    await tx.rows(
      `INSERT INTO ledger (transaction_id, user_id, position, type, amount, balance_before, balance_after, order_id,
         charge_id, adjustment_id, reason, created_at)
       SELECT gen_random_uuid(), user_id, movements + 1, $1::text, $2::bigint, balance, balance + $2::bigint,
         CASE WHEN $1::text IN ('PAYMENT', 'REFUND') THEN $3::uuid END,
         CASE $1::text WHEN 'CHARGE' THEN $3::uuid END, CASE $1::text WHEN 'ADJUSTMENT' THEN $3::uuid END,
         CASE $1::text WHEN 'ADJUSTMENT' THEN 'Charged twice' END, now()
       FROM wallets WHERE user_id = $4`,
      [type, amount, id, USER],
    );
    await tx.rows(
      'UPDATE wallets SET balance = balance + $1::bigint, movements = movements + 1 WHERE user_id = $2',
      [amount, USER],
    );
  });
}

const sealAll = (): Promise<void> => sealBooks(database, walletBooks.sources, 3_600);

async function rulesSeen(): Promise<Record<string, Pick<RuleSeen, 'broken'> & { readonly ledger?: string }>> {
  const names = ['balances', 'payments', 'charges'] as const;
  const seen: [string, Pick<RuleSeen, 'broken'> & { readonly ledger?: string }][] = [];
  for (const name of names) {
    const { broken, figures } = await database.snapshot(
      10_000,
      async (tx) => await readRule(tx, walletBooks.rules[name], new Date()),
    );
    seen.push([name, { broken, ...(figures.ledger !== undefined && { ledger: figures.ledger }) }]);
  }
  return Object.fromEntries(seen);
}

const paid = async (): Promise<string> =>
  (await database.snapshot(10_000, (tx) => readColumn(tx, walletBooks.columns.payments, new Date()))).amount;

const broken = (rule: string) => expect.objectContaining({ [rule]: expect.objectContaining({ broken: 1 }) });

describe('the kept sums of the wallet', () => {
  it('hold each balance to its ledger, however old that is, and follow a refund long after', async () => {
    await database.rows('INSERT INTO wallets (user_id, balance, movements) VALUES ($1, 0, 0)', [USER]);
    await move('CHARGE', 1_000, idAt(40));
    await move('PAYMENT', -300, idAt(30));
    await move('PAYMENT', -200, idAt(20));
    const sound = (ledger: string) => ({
      balances: { broken: 0, ledger },
      payments: { broken: 0 },
      charges: { broken: 0 },
    });
    expect(await rulesSeen()).toEqual(sound('500'));
    await sealAll();
    expect(await rulesSeen()).toEqual(sound('500'));
    expect(await paid()).toBe('500');
    await move('REFUND', 300, idAt(30));
    expect(await rulesSeen()).toEqual(sound('800'));
    expect(await paid()).toBe('200');
    await sealAll();
    await move('CHARGE', 50, idAt(0.1));
    expect(await rulesSeen()).toEqual(sound('850'));
    expect(await paid()).toBe('200');
    // Put right long ago, lately, and at a time that is summed already.
    await move('ADJUSTMENT', -40, idAt(0.1));
    expect(await rulesSeen()).toEqual(sound('810'));
    await move('ADJUSTMENT', -10, idAt(25));
    expect(await rulesSeen()).toEqual(sound('800'));
    await sealAll();
    expect(await rulesSeen()).toEqual(sound('800'));
    await move('ADJUSTMENT', 50, idAt(0.5));
    await sealBooks(database, walletBooks.sources, 900);
    expect(await rulesSeen()).toEqual(sound('850'));
    expect(await paid()).toBe('200');
  });

  it('are read without the notes of other tables, of which there may be any number', async () => {
    const NOTES = 5_000;
    const read = (rule: BookRule): Promise<number> =>
      database.transaction((tx) => rowsRead(tx, 'book_changes', () => readRule(tx, rule, new Date())));
    await database.rows(
      `INSERT INTO book_changes (source, id, book, key, counts, amount, digest, is_pruned)
       SELECT 'charges', $1, 'due', '0', 0, 0, 0, false FROM generate_series(1, ${NOTES})`,
      [idAt(40)],
    );
    const { balances, charges } = walletBooks.rules;
    expect(await read(balances)).toBeLessThan(50);
    expect(await read(charges)).toBeLessThan(NOTES + 50);
    await database.rows(`DELETE FROM book_changes WHERE source = 'charges'`);
  });

  it('find a balance, and an old row of the ledger, that were changed by hand', async () => {
    await database.rows('UPDATE wallets SET balance = balance + 1');
    expect(await rulesSeen()).toEqual(broken('balances'));
    await database.rows('UPDATE wallets SET balance = balance - 1');
    await database.rows('ALTER TABLE ledger DISABLE TRIGGER ledger_only_grows');
    await database.rows(
      `UPDATE ledger SET amount = amount - 1, balance_after = balance_after - 1 WHERE type = 'REFUND'`,
    );
    expect(await rulesSeen()).toEqual(broken('balances'));
    expect(await rulesSeen()).toEqual(broken('payments'));
    expect(await paid()).toBe('201');
    // Once its note is summed too, the row is not looked at any more: what is left of it is in the sums.
    await sealAll();
    expect(await rulesSeen()).toEqual(broken('balances'));
    expect(await rulesSeen()).not.toEqual(broken('payments'));
    expect(await paid()).toBe('201');
    await database.rows(
      `UPDATE ledger SET amount = amount + 1, balance_after = balance_after + 1 WHERE type = 'REFUND'`,
    );
    await database.rows('ALTER TABLE ledger ENABLE TRIGGER ledger_only_grows');
    expect(await paid()).toBe('200');
  });

  it('name the wallets that are wrong, and the part where only a kept sum is', async () => {
    const wrong = async (): Promise<readonly string[]> =>
      (await database.snapshot(10_000, (tx) => readRule(tx, walletBooks.rules.balances, new Date())))
        .examples;
    const others = ['b1', 'b2'].map((end) => USER.replace('a1', end));
    for (const user of others) {
      await database.rows('INSERT INTO wallets (user_id, balance, movements) VALUES ($1, 0, 0)', [user]);
    }
    expect(await wrong()).toEqual([]);
    // What one has too much another has too little, with as many movements: all sums of amounts stay as they are.
    const shift = (amount: number) =>
      database.rows(
        `UPDATE wallets SET balance = balance + CASE user_id WHEN $1::uuid THEN $3::bigint ELSE -$3::bigint END
         WHERE user_id IN ($1, $2)`,
        [others[0], USER, amount],
      );
    await shift(7);
    expect(await wrong()).toEqual(expect.arrayContaining([others[0], USER]));
    expect(await wrong()).toHaveLength(2);
    await shift(-7);
    await database.rows('UPDATE wallets SET movements = movements + 1 WHERE user_id = $1', [others[1]]);
    expect(await wrong()).toEqual([others[1]]);
    await database.rows('UPDATE wallets SET movements = movements - 1 WHERE user_id = $1', [others[1]]);
    await database.rows('UPDATE wallets SET held = 5 WHERE user_id = $1', [others[1]]);
    expect(await wrong()).toEqual([others[1]]);
    await database.rows('UPDATE wallets SET held = 0 WHERE user_id = $1', [others[1]]);
    await database.rows(`UPDATE book_sums SET digest = digest + 1 WHERE book = 'movements'`);
    expect(await wrong()).toEqual([expect.stringMatching(/^kept sums, part \d+$/)]);
    await database.rows(`UPDATE book_sums SET digest = digest - 1 WHERE book = 'movements'`);
    expect(await wrong()).toEqual([]);
    await database.rows('DELETE FROM wallets WHERE user_id = ANY($1)', [others]);
  });

  it('find an old charge that was not credited as it is, and name it', async () => {
    const { charges } = walletBooks.rules;
    const seenCharges = () => database.snapshot(10_000, (tx) => readRule(tx, charges, new Date()));
    const brokenCharge = async (): Promise<readonly string[]> =>
      (await nameExamples(database, charges, await seenCharges(), 10_000)).examples;
    const forge = async (change: string, undo: string): Promise<readonly string[]> => {
      await database.rows(change);
      const found = await brokenCharge();
      await database.rows(undo);
      expect(await brokenCharge()).toEqual([]);
      return found;
    };
    const old = idAt(40);
    const set = (what: string) => `UPDATE charges SET ${what} WHERE charge_id = '${old}'`;
    const other = USER.replace('a1', 'a2');
    await database.rows('INSERT INTO wallets (user_id, balance, movements) VALUES ($1, 0, 0)', [other]);
    const asBefore = `amount = 1000, user_id = '${USER}', status = 'SUCCEEDED'`;
    for (const change of [set('amount = 999'), set(`status = 'DECLINED'`), set(`user_id = '${other}'`)]) {
      expect(await forge(change, set(asBefore))).toEqual([old]);
      await sealAll();
    }
    // What cannot be looked at in time has no name, and is told all the same.
    await database.rows(set('amount = 999'));
    const seen = await seenCharges();
    await database.transaction(async (tx) => {
      await tx.rows('LOCK TABLE ledger');
      const unnamed = await nameExamples(database, charges, seen, 100);
      expect(unnamed).toEqual({ ...seen, examples: [expect.stringMatching(/^part \d+$/)] });
    });
    await database.rows(set(asBefore));
    await sealAll();
    const addKept = (amount: string) => `UPDATE book_sums SET amount = amount + ${amount} WHERE book = 'due'`;
    expect(await forge(addKept('1'), addKept('-1'))).toEqual([expect.stringContaining('kept sums')]);
  });
});
