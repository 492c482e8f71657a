import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { firstIdAt, HOUR_MS, type ColumnSeen } from '@jangteo/contracts';
import {
  Database,
  databaseEnv,
  migrate,
  readColumn,
  seal,
  type BookColumn,
  type BookSource,
  type Left,
} from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import {
  eventually,
  patientDatabase,
  proveBooks,
  rowsRead,
  sealBooks,
  testDatabase,
  type TestDatabase,
} from '@jangteo/testkit';
import { orderBooks } from '../src/operations/books.queries.js';
import { migrations } from '../src/migrations/index.js';

const SEALED_AFTER_SECONDS = 3_600;
const USER = '01920000-0000-7000-8000-0000000000a1';
const COLUMNS = ['orders', 'sagas', 'payments', 'stock', 'discounts', 'coupons', 'steps', 'records'] as const;

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('order');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

/** The i-th order that was placed so many hours ago. */
const orderAt = (hoursAgo: number, i = 0): string =>
  `${firstIdAt(Date.now() - hoursAgo * HOUR_MS).slice(0, 13)}-7000-8000-${String(i).padStart(12, '0')}`;

async function placed(
  orderId: string,
  status: 'PENDING' | 'SUCCESS' | 'FAILED' = 'SUCCESS',
): Promise<string> {
  const total = status === 'PENDING' ? null : 700;
  await database.transaction(async (tx) => {
    await tx.rows(
      `INSERT INTO orders (order_id, user_id, status, lines, subtotal, discount, total, failure_code, created_at,
         completed_at, user_coupon_id)
       VALUES ($1, $2, $3::text, '[]', $4::bigint + 300, CASE WHEN $4::bigint IS NOT NULL THEN 300 END, $4::bigint,
         CASE $3::text WHEN 'FAILED' THEN 'OUT_OF_STOCK' END, now(), CASE $3::text WHEN 'SUCCESS' THEN now() END, $2)`,
      [orderId, USER, status, total],
    );
    await tx.rows(
      `INSERT INTO order_items (order_id, line_no, product_id, option_id, name, price, quantity)
       SELECT $1, line, $2, $2, 'Tea', 1, line FROM generate_series(1, 2) AS line`,
      [orderId, USER],
    );
    await tx.rows(
      `INSERT INTO sagas (order_id, state, awaits, owed_events, waiters, deadline_at, sent_at, attempts, history_length,
         look_again_at)
       VALUES ($1, $2, $3, '{}', '[]', now(), now(), 0, 1, $4)`,
      status === 'PENDING'
        ? [orderId, 'DEBITING_WALLET', ['DebitWallet'], new Date()]
        : [orderId, status, [], null],
    );
  });
  if (status === 'SUCCESS') await record(orderId, 'order.completed');
  return orderId;
}

let seq = 0;

async function record(orderId: string, type: string): Promise<void> {
  seq += 1;
  await database.rows('INSERT INTO platform_records (seq, order_id, type) VALUES ($1, $2, $3)', [
    seq,
    orderId,
    type,
  ]);
}

/** As the saga does it. */
async function cancel(orderId: string): Promise<void> {
  await database.rows(`UPDATE orders SET status = 'CANCELLED', cancelled_at = now() WHERE order_id = $1`, [
    orderId,
  ]);
  await database.rows(`UPDATE sagas SET state = 'CANCELLED' WHERE order_id = $1`, [orderId]);
  await record(orderId, 'order.cancelled');
}

const sealAll = (): Promise<void> => sealBooks(database, orderBooks.sources, SEALED_AFTER_SECONDS);

/** Goes on as long as it may do so at once. @returns what is left for the first source */
async function sealAtOnce(): Promise<Left> {
  const [orders] = orderBooks.sources;
  for (;;) {
    const left = await seal(database, orders!, SEALED_AFTER_SECONDS);
    if (left !== 'more') return left;
  }
}

const sealedTo = async (source: string): Promise<string> => {
  const [mark] = await database.rows<{ id: string }>(
    'SELECT sealed_to AS id FROM book_marks WHERE source = $1',
    [source],
  );
  return mark!.id;
};

const seenOf = async (column: BookColumn): Promise<Omit<ColumnSeen, 'sealedTo'>> => {
  const { sealedTo: _, ...seen } = await database.snapshot(
    10_000,
    async (tx) => await readColumn(tx, column, new Date()),
  );
  return seen;
};

/** Expects an audit to see what is there, whatever of it is kept. */
async function expectExact(): Promise<void> {
  for (const name of COLUMNS) {
    const { kept: _, ...whole } = orderBooks.columns[name];
    expect([name, await seenOf(orderBooks.columns[name])]).toEqual([name, await seenOf(whole)]);
  }
}

const differences = () => proveBooks(database, orderBooks.sources);

async function untouched(table: string, statement: string): Promise<void> {
  await database.rows(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await database.rows(statement);
  await database.rows(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

describe('sums that are kept for audits', () => {
  beforeEach(async () => {
    await database.rows('SELECT begin_books_anew()');
    for (const table of ['orders', 'order_items', 'sagas', 'platform_records']) {
      await untouched(table, `DELETE FROM ${table}`);
    }
  });

  it('are of what has come to rest, and together with the rest give what is there', async () => {
    const old = await placed(orderAt(5));
    await placed(orderAt(4), 'FAILED');
    const last = await placed(orderAt(3), 'PENDING');
    const recent = await placed(orderAt(0.5));
    await expectExact();
    await sealAll();
    expect(await sealedTo('orders')).toBe(last);
    expect(await sealedTo('platform_records')).toBe(old);
    await expectExact();
    await cancel(recent);
    await expectExact();
    expect(await differences()).toEqual([]);
  });

  it('follow what happens to an order long after, before and after it is added up', async () => {
    const [first, second, third] = [
      await placed(orderAt(50)),
      await placed(orderAt(30)),
      await placed(orderAt(20), 'PENDING'),
    ];
    await sealAll();
    await cancel(first);
    await expectExact();
    await sealAll();
    await expectExact();
    expect(await database.rows('SELECT change_id FROM book_changes')).toEqual([]);
    await cancel(second);
    await database.rows(
      `UPDATE orders SET status = 'FAILED', failure_code = 'OUT_OF_STOCK', subtotal = 1, discount = 0, total = 1
       WHERE order_id = $1`,
      [third],
    );
    await expectExact();
    expect(await differences()).toEqual([]);
    await sealAll();
    await expectExact();
    expect(await differences()).toEqual([]);
  });

  it('follow what is done to rows by hand: it is found where the other side has not changed', async () => {
    const orderId = await placed(orderAt(30));
    await sealAll();
    const before = await seenOf(orderBooks.columns.stock);
    await database.rows('UPDATE order_items SET quantity = quantity + 1 WHERE order_id = $1', [orderId]);
    expect(await seenOf(orderBooks.columns.stock)).not.toEqual(before);
    await database.rows('UPDATE orders SET subtotal = subtotal + 1, discount = discount + 1');
    await expectExact();
    expect((await seenOf(orderBooks.columns.discounts)).amount).toBe('301');
    await placed(orderAt(40));
    await database.rows('DELETE FROM sagas WHERE order_id = $1', [orderId]);
    await sealAll();
    await expectExact();
    expect(await differences()).toEqual([]);
  });

  it('are the same in whatever order changes and sealing come, and in however many replicas', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i += 1) ids.push(await placed(orderAt(30 - i, i)));
    const cancelAll = async (): Promise<void> => {
      for (const orderId of ids.slice(0, 8)) await cancel(orderId);
    };
    await Promise.all([sealAll(), cancelAll(), sealAll()]);
    await expectExact();
    await sealAll();
    await expectExact();
    expect(await differences()).toEqual([]);
  });

  it('wait for whoever was at work before, because what he changed may not have been noted', async () => {
    await placed(orderAt(5));
    await database.transaction(async (tx) => {
      await tx.rows(`INSERT INTO carts (user_id) VALUES ('${USER}')`);
      expect(await sealAtOnce()).toBe('later');
      expect(await sealedTo('orders')).toBe('00000000-0000-0000-0000-000000000000');
    });
    await sealAll();
    expect(await sealedTo('orders')).not.toBe('00000000-0000-0000-0000-000000000000');
    await expectExact();
  });

  it('take up any number of notes, some at a time, and rows beside them', async () => {
    const orderId = await placed(orderAt(30));
    await sealAll();
    await cancel(orderId);
    await placed(orderAt(20));
    // Back and forth, so that they leave nothing.
    await database.rows(
      `INSERT INTO book_changes (source, id, book, key, counts, amount, digest, is_pruned)
       SELECT 'orders', $1, 'orders', '0', sign, sign, sign, false
       FROM generate_series(1, 12000), unnest('{-1,1}'::int[]) AS sign`,
      [orderId],
    );
    const notes = async (): Promise<number> =>
      (await database.rows('SELECT change_id FROM book_changes WHERE id = $1', [orderId])).length;
    const [orders, sagas] = orderBooks.sources;
    const readFor = (source: BookSource): Promise<number> =>
      database.transaction((tx) => {
        const within = { transaction: (work) => work(tx) } as Pick<Database, 'transaction'>;
        return rowsRead(tx, 'book_changes', () => seal(within, source, SEALED_AFTER_SECONDS));
      });
    expect(await readFor(sagas!)).toBeLessThan(50);
    const left = [await notes()];
    await eventually(async () => {
      const state = await seal(database, orders!, SEALED_AFTER_SECONDS);
      left.push(await notes());
      return state === 'done';
    });
    const settled = left.slice(1).map((now, step) => left[step]! - now);
    expect(left[0]).toBeGreaterThan(24_000);
    expect(Math.max(...settled)).toBe(10_000);
    expect(settled.filter((count) => count > 0)).toHaveLength(3);
    await sealAll();
    await expectExact();
    expect(await differences()).toEqual([]);
  });

  it('are proved from nothing, which finds what was changed in silence', async () => {
    const orderId = await placed(orderAt(30));
    await sealAll();
    await untouched('orders', `UPDATE orders SET user_id = '${orderId}' WHERE order_id = '${orderId}'`);
    const of = (book: string) => expect.objectContaining({ source: 'orders', book, upTo: orderId });
    expect(await differences()).toEqual([of('payments')]);
    await database.rows('SELECT begin_books_anew()');
    await sealAll();
    expect(await differences()).toEqual([]);
    await database.rows(`UPDATE book_sums SET digest = digest + 1 WHERE book = 'steps'`);
    expect(await differences()).toEqual([expect.objectContaining({ book: 'steps' })]);
  });

  it('still tell of rows that were pruned, and only of those', async () => {
    const [pruned, kept] = [await placed(orderAt(50)), await placed(orderAt(30))];
    await sealAll();
    const before = await seenOf(orderBooks.columns.records);
    await database.transaction(async (tx) => {
      await tx.rows(`SELECT set_config('books.pruning', 'on', true)`);
      await tx.rows('DELETE FROM platform_records WHERE order_id = $1', [pruned]);
    });
    expect(await seenOf(orderBooks.columns.records)).toEqual(before);
    expect(await differences()).toEqual([]);
    await sealAll();
    expect(await seenOf(orderBooks.columns.records)).toEqual(before);
    expect(await differences()).toEqual([]);
    await database.rows('DELETE FROM platform_records WHERE order_id = $1', [kept]);
    expect(await seenOf(orderBooks.columns.records)).not.toEqual(before);
  });
});
