import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@jangteo/database';
import { Plans, testDatabase, withClient, type Asking, type Kept, type TestDatabase } from '@jangteo/testkit';
import {
  countWaiting,
  lockDeadLetter,
  lockFirstTime,
  lockSendable,
  OLD_DEAD_LETTERS,
  readDeadLetter,
  readDeadLetters,
  readDeadLettersNamed,
  settle,
} from '../src/dead-letters/dead-letter.queries.js';
import { readAlertingCounts, readGroups } from '../src/dead-letters/dead-letter-groups.queries.js';
import {
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
  'those to try once more': (database) => lockFirstTime(database, 'given-up-together', 100),
  'how many wait': (database) => countWaiting(database, filter, now),
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

const LETTERS = `
  INSERT INTO dead_letters (dead_letter_id, queue, type, body, properties, reason, detail, is_sendable, parked_at,
    state, settled_at, settled_by, message_id, request_id, trace_id, operation_id, earlier_id)
  SELECT gen_random_uuid(), 'jangteo.wallet.commands', 'wallet.debit', repeat('x', 500)::bytea, '{}', 'handler-failed',
    '', true, now() - make_interval(secs => i), 'SENT_AGAIN', now(), 'a person', md5(i::text), i, md5('t' || i), md5(i::text)::uuid, md5(i::text)::uuid
  FROM generate_series(1, ${SETTLED}) AS i`;

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
    const all = await plans.keep({ text: `SELECT count(*) FROM dead_letters WHERE detail = ''`, values: [] });
    expect(await plans.pagesOf(all)).toBeGreaterThan(PAGES_MAX * 10);
  });
});
