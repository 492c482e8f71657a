import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSentLetters } from '@jangteo/service';
import { Plans, withClient, type Asking, type Kept } from '@jangteo/testkit';
import { numberEntries, readBacklog, readRecordPage } from '../src/data-platform/relay.queries.js';
import { findNamedOrders } from '../src/operations/find.queries.js';
import { OrderFlow } from '../src/operations/live.handler.js';
import { OLD_RECORDS, OLD_REDRIVES, OLD_SAGAS } from '../src/operations/kept.queries.js';
import { readFigures, readInOrder, readOrderPages, readOrders } from '../src/saga/order.queries.js';
import { findOrders, LOOKED_AT_MAX } from '../src/saga/order-list.queries.js';
import {
  countUnanswered,
  readRedriveStart,
  readRefused,
  readUnanswered,
} from '../src/operations/redrive.queries.js';
import {
  countInFlight,
  lockSagas,
  lockSagasToLookAt,
  readFlights,
  readSagas,
} from '../src/saga/saga.queries.js';
import {
  END_OF_WAIT,
  readNudgedBy,
  readStuckSaga,
  readStuckSagas,
} from '../src/operations/stuck-saga.queries.js';
import {
  readNudgesOf,
  readRecordsOf,
  readRedrivesOf,
  readSagasNow,
} from '../src/operations/timeline.queries.js';
import { Desk } from './desk.js';

const ORDERS = 20_000;
/** Far more than what is on its way needs, and far less than any table or index here has. */
const PAGES_MAX = 400;

const now = new Date();
const userId = randomUUIDv7();
const orderIds = [randomUUIDv7()];
const MONTH = [2_592_000, 100];
const FIRST = { after: undefined, rowsMax: 21 };
const forgetting =
  (text: string): Asking =>
  (database) =>
    database.rows(text, MONTH);

/** All that is asked again and again, or by people, apart from the books and what goes through all orders. */
const ASKED: Record<string, Asking> = {
  'the sweeper, what is due': (database) => lockSagasToLookAt(database, 200),
  'the sweeper, what is on its way': (database) => readFlights(database, 8, 100),
  'sagas by their keys': async (database) => {
    await lockSagas(database, orderIds);
    await readSagas(database, orderIds);
  },
  'what is on its way of users': (database) => countInFlight(database, [userId], 200),
  'stuck sagas, a page': (database) =>
    readStuckSagas(database, { olderThanSeconds: 0, after: undefined, rowsMax: 21 }),
  'a stuck saga': (database) => readStuckSaga(database, randomUUIDv7()),
  'orders by their keys': (database) => readOrders(database, orderIds),
  'how many orders users have': (database) => readFigures(database, [userId], 1_000),
  'orders of a user': (database) => readOrderPages(database, [{ userId, limit: 20 }], 65_536),
  'orders of a user that match': (database) => findOrders(database, { userId, status: 'FAILED' }, FIRST),
  'orders that failed for a reason': (database) =>
    findOrders(database, { failureCode: 'OUT_OF_STOCK' }, FIRST),
  'orders of a list': (database) => readInOrder(database, orderIds, 65_536),
  'the timelines of orders': async (database) => {
    await readSagasNow(database, orderIds);
    await readRecordsOf(database, orderIds);
    await readNudgesOf(database, orderIds);
    await readRedrivesOf(database, orderIds);
  },
  'orders that a text names': (database) =>
    findNamedOrders({ id: orderIds[0]!, text: orderIds[0]!, traceId: 'a'.repeat(32) }, database),
  'what became of an operation': async (database) => {
    await readNudgedBy(database, orderIds[0]!);
    await readSentLetters(database, END_OF_WAIT, orderIds[0]!);
  },
  'the next records': (database) => readRecordPage(database, ORDERS - 10, { limit: 10, bytesMax: 65_536 }),
  'the beginning of a redrive': readRedriveStart,
  'what a redrive waits for': (database) => countUnanswered(database, now),
  'what a redrive goes on without': (database) => readUnanswered(database, now),
  'what a redrive was refused': (database) => readRefused(database, now),
  'the relay, the next numbers': (database) => numberEntries(database, 100),
  'the relay, what is left to do': readBacklog,
  'sagas that are old': forgetting(OLD_SAGAS),
  'records that are old': forgetting(OLD_RECORDS),
  'redriven commands that are old': forgetting(OLD_REDRIVES),
};

/** From an empty table these may be planned with a sort; ANALYZE comes after some rows, and has them planned again. */
const ASKED_OF_ALL: Record<string, Asking> = {
  "everybody's orders": (database) => findOrders(database, {}, FIRST),
  "everybody's orders of some time": (database) =>
    findOrders(database, { from: new Date(0), to: now }, FIRST),
  "everybody's orders of which none match": (database) =>
    findOrders(database, { minTotal: 1_000_000 }, FIRST),
};

/** Ended orders of this month, with all that belongs to them, and none that is on its way. */
const STORED = [
  `CREATE TEMPORARY TABLE made AS SELECT i, (lpad(to_hex(
     (extract(epoch FROM now() - interval '1 day') * 1000)::bigint + i), 12, '0') || '7000' || '8' ||
     substr(md5(i::text), 1, 15))::uuid AS order_id, md5((i % 2000)::text)::uuid AS user_id
   FROM generate_series(1, ${ORDERS}) AS i`,
  `INSERT INTO orders (order_id, user_id, status, lines, subtotal, discount, total, created_at, completed_at)
   SELECT order_id, user_id, 'SUCCESS', '[]', 10, 0, 10, now() - interval '1 day' + i * interval '1 ms', now() FROM made`,
  `INSERT INTO order_items (order_id, line_no, product_id, option_id, name, price, quantity)
   SELECT order_id, line, user_id, user_id, 'Tea cup', 5, 1 FROM made, generate_series(1, 2) AS line`,
  `INSERT INTO order_history (order_id, seq, status, changed_by, changed_at)
   SELECT order_id, seq, 'SUCCESS', 'saga', now() FROM made, generate_series(1, 3) AS seq`,
  `INSERT INTO sagas (order_id, state, awaits, owed_events, waiters, deadline_at, sent_at, attempts, history_length,
     user_id)
   SELECT order_id, 'SUCCESS', '{}', '{}', '[]', now(), now(), 0, 3, user_id FROM made`,
  `INSERT INTO platform_records (seq, order_id, type) SELECT i, order_id, 'order.completed' FROM made`,
  `UPDATE platform_relay SET numbered_seq = ${ORDERS}, sent_seq = ${ORDERS}`,
  `INSERT INTO saga_nudges (order_id, nudged_by) SELECT order_id, user_id FROM made`,
  `INSERT INTO redrives (order_id, command, redriven_by, redriven_at)
   SELECT order_id, 'ReserveStock', user_id, now() - interval '1 day' FROM made`,
];

let desk: Desk;
let plans: Plans;
let kept: Map<string, Kept[]>;

beforeAll(async () => {
  desk = await Desk.open();
  plans = await Plans.open(desk.databaseUrl);
  kept = await plans.keepAll(ASKED);
  await withClient(desk.databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    // By itself it comes when it likes, and plans would be of what is there by now.
    for (const { name } of rows) await client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`);
    for (const statement of STORED) await client.query(statement);
  });
});
afterAll(async () => {
  await plans?.close();
  await desk?.close();
});

describe('a plan that was made while the shop was empty', () => {
  it.each(Object.keys(ASKED))('reads no more with the orders of a month: %s', async (name) => {
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

  it.each(Object.keys(ASKED_OF_ALL))(
    'is made anew for lists of all orders, and reads no more: %s',
    async (name) => {
      const planned = await plans.keepAll({ [name]: ASKED_OF_ALL[name]! });
      const [statement] = planned.get(name) ?? [];
      expect(await plans.pagesOf(statement!)).toBeLessThan(PAGES_MAX);
    },
  );

  it('is not what makes the test pass: all of a table are many pages', async () => {
    const all = await plans.keep({ text: 'SELECT count(*) FROM sagas WHERE attempts >= 0', values: [] });
    expect(await plans.pagesOf(all)).toBeGreaterThan(PAGES_MAX);
  });
});

describe('indexes of sagas', () => {
  // PostgreSQL adds an entry to each of them where a column of any changes, one of a condition too.
  it('know nothing that a step of a saga changes', async () => {
    const known = await desk.database.rows<{ name: string }>(
      `SELECT DISTINCT attname AS name FROM pg_index
       JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = indexrelid AND refobjid = indrelid
       JOIN pg_attribute ON attrelid = indrelid AND attnum = refobjsubid
       WHERE indrelid = 'sagas'::regclass ORDER BY 1`,
    );
    expect(known.map(({ name }) => name)).toEqual(['look_again_at', 'order_id', 'user_id']);
  });
});

/** All sagas are on their way after this: it comes last. */
describe('with a service away for long', () => {
  beforeAll(() =>
    // It may take longer than a service's statement may.
    withClient(desk.databaseUrl, (client) =>
      client.query(
        `UPDATE sagas SET state = 'UNDOING', awaits = '{ReleaseStock}', attempts = 8, look_again_at = now()`,
      ),
    ),
  );

  it.each(['the sweeper, what is on its way', 'stuck sagas, a page'])(
    'what is on its way is not read for longer and longer: %s',
    async (name) => {
      const [statement] = kept.get(name) ?? [];
      expect(await plans.pagesOf(statement!)).toBeLessThan(PAGES_MAX);
    },
  );

  it('so many are looked at for a page of stuck sagas, though none is', async () => {
    const page = { olderThanSeconds: 604_800, after: undefined, rowsMax: 21 };
    const planned = await plans.keepAll({ page: (database) => readStuckSagas(database, page) });
    const pages = await plans.pagesOf(planned.get('page')![0]!);
    expect(pages).toBeLessThan(LOOKED_AT_MAX * 6);
  });

  it('what is on its way is counted up to a bound, which is told, from the oldest', async () => {
    const flow = await new OrderFlow(desk.database, desk.config).read();
    if (!flow.ok) throw new Error(JSON.stringify(flow));
    expect(flow.value).toMatchObject({ inFlight: 10_000, stuck: 10_000, mayBeMore: true });
    const [oldest] = await desk.database.rows<{ ageMs: number }>(
      'SELECT (extract(epoch FROM now() - min(created_at)) * 1000)::float8 AS "ageMs" FROM orders',
    );
    expect(flow.value.oldestMs! / oldest!.ageMs).toBeCloseTo(1, 2);
  });
});
