import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COUNTED_MAX } from '@jangteo/contracts';
import { migrate, type Statements } from '@jangteo/database';
import { Plans, testDatabase, withClient, type Asking, type Kept, type TestDatabase } from '@jangteo/testkit';
import {
  countWaiting,
  lockCaught,
  lockDeadLetter,
  lockSendable,
  OLD_DEAD_LETTERS,
  readDeadLetter,
  readDeadLetters,
  readDeadLettersNamed,
  settle,
} from '../src/dead-letters/dead-letter.queries.js';
import { readAlertingCounts, readGroups } from '../src/dead-letters/dead-letter-groups.queries.js';
import {
  DeadLettersAlike1769731200000,
  DeadLetterGroups1769472000004,
  DeadLetters1767744000000,
  DeadLettersFound1769472000000,
  deadLettersOf,
  DeadLettersKept1768348800002,
  DeadLettersOfOperations1769472000006,
  DeadLettersOfOrders1769299200000,
  readSentLetters,
} from '../src/index.js';

const SETTLED = 20_000;
/** Far more than what waits takes, and far less than the table or an index of all. */
const PAGES_MAX = 60;

const deadLetterId = randomUUIDv7();
const filter = { queue: 'jangteo.wallet.commands' };
const now = new Date();
/** What became of them is in tables of the services. */
const NO_EFFECT = 'SELECT NULL::timestamptz AS decided_at, NULL::boolean AS is_refused';

/** Not the list of all: from an empty table that is planned with a sort, until ANALYZE comes after a thousand rows. */
const ASKED: Record<string, Asking> = {
  'those that wait': (database) => readDeadLetters(database, { state: 'WAITING' }, undefined, 21),
  'those of a queue that wait': (database) =>
    readDeadLetters(database, { ...filter, state: 'WAITING' }, undefined, 21),
  one: (database) => readDeadLetter(database, deadLetterId, 1_000),
  'one, to settle it': (database) => lockDeadLetter(database, deadLetterId),
  'those to send again': (database) => lockSendable(database, filter, now, 100),
  'those to try once more': (database) => lockCaught(database, 100),
  'how many wait': (database) => countWaiting(database, {}, now),
  'how many wait of a queue': (database) => countWaiting(database, filter, now),
  'how many wait, for the metric': readAlertingCounts,
  'those that wait, in groups': (database) => readGroups(database),
  'those that wait, of a group': (database) =>
    readGroups(database, { type: 'wallet.debit', reason: 'handler-failed' }),
  settling: (database) => settle(database, [deadLetterId], { state: 'DROPPED', by: 'a', reason: 'b' }),
  'those of orders': (database) => deadLettersOf(database, [deadLetterId, randomUUIDv7()]),
  'those that a text names': (database) =>
    readDeadLettersNamed(database, { id: deadLetterId, text: deadLetterId, traceId: 'a'.repeat(32) }, 20),
  'those of an operation': (database) => readSentLetters(database, NO_EFFECT, deadLetterId),
  'those that are old': (database) => database.rows(OLD_DEAD_LETTERS, [864_000, 100]),
};

const ALL = { text: `SELECT count(*) FROM dead_letters WHERE detail = ''`, values: [] };

const LETTERS = `
  INSERT INTO dead_letters (dead_letter_id, queue, type, body, properties, reason, detail, is_sendable, parked_at,
    state, settled_at, settled_by, message_id, request_id, trace_id, operation_id, earlier_id)
  SELECT gen_random_uuid(), 'jangteo.wallet.commands', 'wallet.debit', repeat('x', 500)::bytea, '{}', 'handler-failed',
    '', true, now() - make_interval(secs => i), 'SENT_AGAIN', now(), 'a person', md5(i::text), i, md5('t' || i), md5(i::text)::uuid, md5(i::text)::uuid
  FROM generate_series(1, ${SETTLED}) AS i`;

/** Of one kind, and beside them those of another that go again by themselves. */
const WAITING = 40_000;
const WAITING_LETTERS = `
  INSERT INTO dead_letters (dead_letter_id, queue, type, body, properties, reason, detail, is_sendable, parked_at)
  SELECT gen_random_uuid(), 'jangteo.' || CASE WHEN i > ${WAITING} THEN 'wallet' ELSE 'ranking' END || '.commands', 'wallet.debit',
    repeat('x', 500)::bytea, '{}', CASE WHEN i > ${WAITING} THEN 'given-up-together' ELSE 'handler-failed' END, '', true,
    now() - make_interval(secs => i)
  FROM generate_series(1, ${WAITING} + 3) AS i`;
/** Of those that are looked at, and of those that are counted while nothing was vacuumed yet. */
const PAGES_OF_WAITING = { few: 200, counted: 1_200 };

let database: TestDatabase;
let plans: Plans;
let kept: Map<string, Kept[]>;

beforeAll(async () => {
  database = await testDatabase('letters');
  await migrate(database.url, [
    DeadLetters1767744000000,
    DeadLettersKept1768348800002,
    DeadLettersOfOrders1769299200000,
    DeadLettersFound1769472000000,
    DeadLetterGroups1769472000004,
    DeadLettersOfOperations1769472000006,
    DeadLettersAlike1769731200000,
  ]);
  plans = await Plans.open(database.url);
  kept = await plans.keepAll(ASKED);
  await withClient(database.url, async (client) => {
    await client.query('ALTER TABLE dead_letters SET (autovacuum_enabled = false)');
    await client.query(LETTERS);
  });
});
afterAll(async () => {
  await plans?.close();
  await database?.drop();
});

describe('a plan that was made while there were no dead letters', () => {
  it.each(Object.keys(ASKED))('reads no more among many that were settled: %s', async (name) => {
    const statements = kept.get(name) ?? [];
    expect(statements).toHaveLength(1);
    for (const statement of statements) expect(await plans.pagesOf(statement)).toBeLessThan(PAGES_MAX);
  });

  it('is not what makes the test pass: all of them are many pages', async () => {
    expect(await plans.pagesOf(await plans.keep(ALL))).toBeGreaterThan(PAGES_MAX * 10);
  });
});

describe('a plan that was made while there were no dead letters, when a great many of one kind wait', () => {
  beforeAll(async () => {
    await withClient(database.url, (client) => client.query(WAITING_LETTERS));
  });

  it.each([
    ['those that wait', 'few'],
    ['those to send again', 'few'],
    ['those to try once more', 'few'],
    ['settling', 'few'],
    ['how many wait of a queue', 'few'],
    ['how many wait', 'counted'],
    ['how many wait, for the metric', 'counted'],
    ['those that wait, in groups', 'counted'],
    ['those that wait, of a group', 'counted'],
  ] as const)('reads a bounded number of them: %s', async (name, bound) => {
    for (const statement of kept.get(name) ?? []) {
      expect(await plans.pagesOf(statement)).toBeLessThan(PAGES_OF_WAITING[bound]);
    }
  });

  it('counts each kind up to a number, and sends the longest waiting first, whatever kinds they are of', async () => {
    const rows = <R extends object>(text: string, values: readonly unknown[] = []) =>
      plans.client.query<R>(text, [...values]).then((result) => result.rows);
    const counts = await readAlertingCounts({ rows } as unknown as Statements);
    expect(Object.fromEntries(counts.map(({ queue, count }) => [queue, Number(count)]))).toEqual({
      'jangteo.ranking.commands': COUNTED_MAX,
      'jangteo.wallet.commands': 3,
    });
    const sent = await lockSendable({ rows } as unknown as Statements, {}, new Date(), 5);
    expect(sent.map(({ queue }) => queue.split('.')[1])).toEqual([
      'wallet',
      'wallet',
      'wallet',
      'ranking',
      'ranking',
    ]);
  });

  it('is not what makes the test pass: all of them are many pages', async () => {
    expect(await plans.pagesOf(await plans.keep(ALL))).toBeGreaterThan(PAGES_OF_WAITING.counted * 3);
  });
});
