import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { insertUser } from '../src/accounts/accounts.queries.js';
import { migrations } from '../src/migrations/index.js';
import { forgetOld } from './retention.js';

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

async function someUser(): Promise<string> {
  const userId = newId();
  const user = { userId, email: `${userId}@example.com`, name: 'Mina', role: 'admin' as const };
  await insertUser(database, { ...user, passwordHash: 'none', registrationKey: null });
  return userId;
}

const webhookId = newId();

/** $1 is when a row ends, or was made, from now on: one that goes, and one that stays. */
const ROWS = {
  password_resets: {
    insert: `INSERT INTO password_resets (expires_at, user_id, token_hash) VALUES (now() + $1::interval, $2, $3)`,
    gone: '-1 minute',
    left: '1 minute',
  },
  console_links: {
    insert: `INSERT INTO console_links (expires_at, user_id, token_hash) VALUES (now() + $1::interval, $2, $3)`,
    gone: '-1 minute',
    left: '1 minute',
  },
  api_keys: {
    insert: `INSERT INTO api_keys (expires_at, maker_id, key_hash, key_id, name, role)
      VALUES (now() + $1::interval, $2, $3, gen_random_uuid(), 'a key', 'viewer')`,
    gone: '-91 days',
    left: '-89 days',
  },
  webhook_deliveries: {
    insert: `INSERT INTO webhook_deliveries (at, webhook_id, number, message_id, type, took_ms)
      SELECT now() + $1::interval, '${webhookId}', 1 + count(*), $2::uuid || encode($3::bytea, 'hex'), 'test', 1
      FROM webhook_deliveries`,
    gone: '-31 days',
    left: '-29 days',
  },
};

describe('what the gateway keeps for a time', () => {
  it('goes once that is over, and not before', async () => {
    await database.rows(
      `INSERT INTO webhooks (webhook_id, name, url, types, status, secret, told_seq)
       VALUES ($1, 'a webhook', 'https://example.com', '{order.completed}', 'ACTIVE', $2, 0)`,
      [webhookId, randomBytes(32)],
    );
    for (const { insert, gone, left } of Object.values(ROWS)) {
      for (const at of [gone, left]) await database.rows(insert, [at, await someUser(), randomBytes(32)]);
    }
    const counted = async (): Promise<Record<string, number>> => {
      const counts: [string, number][] = [];
      for (const table of Object.keys(ROWS)) {
        counts.push([table, (await database.rows(`SELECT 1 AS one FROM ${table}`)).length]);
      }
      return Object.fromEntries(counts);
    };
    const each = (rows: number) => Object.fromEntries(Object.keys(ROWS).map((table) => [table, rows]));
    expect(await counted()).toEqual(each(2));
    await forgetOld(database);
    expect(await counted()).toEqual(each(1));
    await forgetOld(database);
    expect(await counted()).toEqual(each(1));
  });
});
