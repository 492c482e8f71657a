import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { debitWallet, stepKey } from '@jangteo/contracts';
import {
  forget,
  migrate,
  OLD_KEYED_OUTCOMES,
  OLD_UNKEYED_OUTCOMES,
  OutcomeLives1768348800000,
  OutcomesByClientKey1769472000001,
  readOutcomesUnder,
  type Database,
  type Statements,
} from '../src/index.js';
import { scratchDatabase, type Scratch } from './scratch.js';

const HOUR = 3_600;

describe('the lives of outcomes', () => {
  let scratch: Scratch;
  let database: Database;
  const unkeyed = randomUUIDv7();
  const keyed = `${randomUUIDv7()}/cart.add/0190a1b2-key`;
  const step = stepKey(randomUUIDv7(), debitWallet);

  const store = async (key: string, fingerprint: string, hours: number): Promise<void> => {
    await database.rows(
      `INSERT INTO outcomes (key, fingerprint, outcome, created_at)
       VALUES ($1, $2, '{"ok":true}', now() - make_interval(hours => $3::int))`,
      [key, fingerprint, hours],
    );
  };
  const keys = async (): Promise<string[]> =>
    (await database.rows<{ key: string }>('SELECT key FROM outcomes ORDER BY created_at, key')).map(
      ({ key }) => key,
    );

  beforeAll(async () => {
    scratch = await scratchDatabase();
    database = scratch.open();
    await migrate(scratch.url, [OutcomeLives1768348800000, OutcomesByClientKey1769472000001]);
  });
  afterAll(() => scratch.drop());
  beforeEach(() => database.rows('DELETE FROM outcomes'));

  it('ends those of writes without a key after minutes, those with one after days, and no step of an order', async () => {
    await store(unkeyed, '', 1);
    await store(keyed, 'fingerprint', 47);
    await store(step, '', 100_000);
    const limit = 100;
    expect(await forget(database, OLD_UNKEYED_OUTCOMES, { keptSeconds: 900, limit })).toBe(1);
    expect(await forget(database, OLD_KEYED_OUTCOMES, { keptSeconds: 48 * HOUR, limit })).toBe(0);
    expect(await keys()).toEqual([step, keyed]);
    expect(await forget(database, OLD_KEYED_OUTCOMES, { keptSeconds: 46 * HOUR, limit })).toBe(1);
    expect(await forget(database, OLD_UNKEYED_OUTCOMES, { keptSeconds: 1, limit })).toBe(0);
    expect(await keys()).toEqual([step]);
  });

  it('leaves those alone that are younger, to the second of the database', async () => {
    await store(unkeyed, '', 0);
    expect(await forget(database, OLD_UNKEYED_OUTCOMES, { keptSeconds: 900, limit: 100 })).toBe(0);
    expect(await keys()).toEqual([unkeyed]);
  });

  it('takes the oldest first, no more than it is told, and waits for nobody', async () => {
    for (const hours of [1, 2, 3, 4]) await store(`o${hours}`, '', hours);
    const few = { keptSeconds: 900, limit: 2 };
    await database.transaction(async (tx) => {
      await tx.rows(`SELECT FROM outcomes WHERE key = 'o4' FOR UPDATE`);
      expect(await forget(database, OLD_UNKEYED_OUTCOMES, few)).toBe(2);
    });
    expect(await keys()).toEqual(['o4', 'o1']);
    expect(await forget(database, OLD_UNKEYED_OUTCOMES, few)).toBe(2);
    expect(await forget(database, OLD_UNKEYED_OUTCOMES, few)).toBe(0);
  });

  it('finds those under a key of a client, whoever called, the latest first, and no step of an order', async () => {
    const [caller, key] = [randomUUIDv7(), 'checkout/7'];
    await store(`${caller}/cart.add/${key}`, 'fingerprint', 2);
    await store(`${randomUUIDv7()}/order.place/${key}`, 'fingerprint', 1);
    await store(`${caller}/cart.add/checkout`, 'fingerprint', 1);
    await store(`${caller}/x/${key}`, '', 1);
    const found = await readOutcomesUnder(database, [key, 'another'], 10);
    expect(found.map((one) => one.key.split('/')[1])).toEqual(['order.place', 'cart.add']);
    expect(found[1]).toMatchObject({ outcome: { ok: true } });
    expect(await readOutcomesUnder(database, [key], 1)).toHaveLength(1);
    expect(await readOutcomesUnder(database, ['7'], 10)).toEqual([]);
  });

  it('finds them by their index, by what is indexed', async () => {
    let plan: Record<string, string>[] = [];
    const explaining: Statements = {
      async rows(text, values = []) {
        plan = await database.rows(`EXPLAIN ${text}`, values);
        return [];
      },
    };
    await readOutcomesUnder(explaining, ['checkout/7', '"checkout/7"'], 10);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(
      /Index Scan (using|on) outcomes_by_client_key[^]*Index Cond/,
    );
  });

  it('finds them by an index that has no step of an order in it', async () => {
    const [size] = await database.rows<{ unkeyed: number; keyed: number }>(
      `SELECT pg_relation_size('outcomes_unkeyed') AS unkeyed, pg_relation_size('outcomes_keyed') AS keyed`,
    );
    await database.rows(
      `INSERT INTO outcomes (key, fingerprint, outcome, created_at)
       SELECT gen_random_uuid() || '/debit', '', '{}', now() - interval '1 year' FROM generate_series(1, 5000)`,
    );
    const [after] = await database.rows<{ unkeyed: number; keyed: number }>(
      `SELECT pg_relation_size('outcomes_unkeyed') AS unkeyed, pg_relation_size('outcomes_keyed') AS keyed`,
    );
    expect(after).toEqual(size);
  });
});
