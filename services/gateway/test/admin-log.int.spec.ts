import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, forget, migrate, type Statements } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import { patientDatabase, Plans, testDatabase, withClient, type TestDatabase } from '@jangteo/testkit';
import {
  endEntry,
  insertEntry,
  OLD_ENTRIES,
  readEntries,
  readNamedEntries,
  type AdminLogPage,
} from '../src/operations/admin-log.queries.js';
import { migrations } from '../src/migrations/index.js';

const BYTES_MAX = 256 * 1_024;
const STORED = 20_000;
const PAGES_MAX = 120;

const forgetOlder = (on: Statements, days: number, limit: number): Promise<number> =>
  forget(on, OLD_ENTRIES, { keptSeconds: days * 86_400, limit });

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  // As the gateway does it: its user owns nothing.
  const name = new URL(scratch.runtimeUrl).username;
  await migrate(scratch.url, migrations, { name, denied: { admin_log: ['DELETE'] } });
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.runtimeUrl)));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

const ended = {
  result: 'DONE' as const,
  status: 200,
  code: undefined,
  targetType: undefined,
  target: undefined,
  userId: undefined,
  before: undefined,
  after: undefined,
};

async function begun(its: Partial<Parameters<typeof insertEntry>[1]> = {}): Promise<string> {
  const entryId = randomUUIDv7();
  await insertEntry(database, {
    entryId,
    actorId: randomUUIDv7(),
    actorRole: 'admin',
    keyId: undefined,
    action: 'restock',
    targetType: undefined,
    target: undefined,
    userId: undefined,
    asked: undefined,
    requestId: 'r',
    network: '127.0.0.1',
    ...its,
  });
  return entryId;
}

const change = (sql: string, entryId: string) => database.rows(sql, [entryId]);

async function read(page: Omit<AdminLogPage, 'limit'> & { limit?: number }, bytesMax = BYTES_MAX) {
  return await readEntries(database, { limit: 100, ...page }, bytesMax);
}

describe('the admin log', () => {
  it('has each entry ended once, and neither changed nor deleted by anybody', async () => {
    const target = randomUUIDv7();
    const entryId = await begun({ targetType: 'order', target });
    const deleted = `DELETE FROM admin_log WHERE entry_id = '${entryId}'`;
    await expect(database.rows(deleted)).rejects.toThrow('42501');
    for (const column of ['action', 'actor_role', 'request_id', 'network', 'target', 'asked']) {
      const forged = `UPDATE admin_log SET ${column} = 'x', ended_at = now(), result = 'DONE', status = 200
        WHERE entry_id = $1`;
      await expect(change(forged, entryId)).rejects.toThrow('only grows');
    }
    const withKey = `UPDATE admin_log SET key_id = entry_id, ended_at = now(), result = 'DONE', status = 200
      WHERE entry_id = $1`;
    await expect(change(withKey, entryId)).rejects.toThrow('only grows');
    const end = (its: object) =>
      endEntry(database, entryId, { ...ended, targetType: 'order', target, ...its });
    await expect(end({ target: 'other' })).rejects.toThrow('only grows');
    await end({});
    await end({ result: 'REFUSED', status: 409 });
    expect(await read({ target })).toMatchObject([{ entryId, target, result: 'DONE', status: 200 }]);
    await expect(
      change(`UPDATE admin_log SET result = 'REFUSED' WHERE entry_id = $1`, entryId),
    ).rejects.toThrow('only grows');
    for (const gone of [deleted, 'TRUNCATE admin_log']) {
      await expect(database.rows(gone)).rejects.toThrow('42501');
      await expect(withClient(scratch.url, (owner) => owner.query(gone))).rejects.toThrow('only grows');
    }
    for (const free of ['ALTER TABLE admin_log DISABLE TRIGGER ALL', 'DROP TABLE admin_log']) {
      await expect(database.rows(free)).rejects.toThrow('42501');
    }
  });

  it('forgets what was kept long enough, a step at a time, and nothing younger than 90 days', async () => {
    const actorId = randomUUIDv7();
    const aged = async (days: number) => {
      await database.rows(
        `INSERT INTO admin_log (entry_id, at, actor_id, actor_role, action, request_id, network)
         VALUES ($1, now() - make_interval(days => $2), $3, 'admin', 'restock', 'r', '127.0.0.1')`,
        [randomUUIDv7(), days, actorId],
      );
    };
    for (const days of [401, 402, 403, 399, 91]) await aged(days);
    expect(await forgetOlder(database, 400, 2)).toBe(2);
    expect(await forgetOlder(database, 400, 2)).toBe(1);
    expect(await forgetOlder(database, 400, 2)).toBe(0);
    expect(await read({ actorId })).toHaveLength(2);
    await aged(89);
    await expect(forgetOlder(database, 80, 10)).rejects.toThrow('only grows');
  });

  it('tells pages of bounded bytes, at least one entry each', async () => {
    const actorId = randomUUIDv7();
    const asked = JSON.stringify({ a: 'x'.repeat(4_000) });
    for (let entries = 0; entries < 5; entries += 1) await begun({ actorId, asked });
    expect(await read({ actorId }, 10_000)).toMatchObject([{ found: 5 }, { found: 5 }]);
    expect(await read({ actorId }, 1)).toMatchObject([{ found: 5 }]);
    expect(await read({ actorId, limit: 3 })).toHaveLength(3);
    const all = await read({ actorId });
    expect(all).toHaveLength(5);
    const { at, entryId } = all[1]!;
    const rest = await read({ actorId, before: { at: at.toISOString(), entryId } });
    expect(rest).toEqual(all.slice(2).map((entry) => ({ ...entry, found: 3 })));
  });

  it('tells once of an action on a user in whose name it was done', async () => {
    const userId = randomUUIDv7();
    const entryId = await begun({ targetType: 'user', target: userId, userId });
    const other = await begun({ targetType: 'order', target: randomUUIDv7(), userId });
    const found = await read({ target: userId });
    expect(found.map((entry) => entry.entryId).toSorted()).toEqual([entryId, other].toSorted());
    expect(found).toMatchObject([{ found: 2 }, { found: 2 }]);
    expect(await read({ target: 'wallet' })).toEqual([]);
  });

  it('reads few pages of the table however much is stored, with plans made while it was empty', async () => {
    // Of 200 and of 60 entries: see below.
    const actorId = '8f14e45f-ceea-167a-5a36-dedd4bea2543';
    const target = actorId;
    const plans = await Plans.open(scratch.url);
    const asked = {
      newest: (on: Statements) => readEntries(on, { limit: 20 }, BYTES_MAX),
      'of an actor': (on: Statements) => readEntries(on, { actorId, limit: 20 }, BYTES_MAX),
      'of a target': (on: Statements) => readEntries(on, { target, limit: 20 }, BYTES_MAX),
      'of both': (on: Statements) => readEntries(on, { actorId, target, limit: 20 }, BYTES_MAX),
      'of a request': (on: Statements) => readNamedEntries(on, { id: actorId, text: actorId }, 20),
      old: (on: Statements) => forgetOlder(on, 400, 500),
    };
    const kept = await plans.keepAll(asked);
    await withClient(scratch.url, async (client) => {
      await client.query('ALTER TABLE admin_log SET (autovacuum_enabled = false)');
      await client.query(
        `INSERT INTO admin_log (entry_id, at, actor_id, actor_role, action, target_type, target, user_id,
           asked, request_id, network)
         SELECT gen_random_uuid(), now() - i * interval '1 second', md5((i % 100)::text)::uuid, 'admin', 'restock',
           'product', md5((i % 1000)::text)::uuid, md5((i % 500)::text)::uuid, repeat('x', 500), i::text, '127.0.0.1'
         FROM generate_series(1, ${STORED}) AS i`,
      );
    });
    for (const name of Object.keys(asked)) {
      expect(kept.get(name)).toHaveLength(1);
      const pages = await plans.pagesOf(kept.get(name)![0]!);
      expect({ name, isFew: pages <= PAGES_MAX, pages }).toMatchObject({ isFew: true });
    }
    await plans.close();
  });
});
