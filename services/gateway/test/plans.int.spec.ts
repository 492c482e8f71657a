import { createHash, randomUUIDv7 } from 'node:crypto';
import { LAST_ID } from '@jangteo/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forget, migrate } from '@jangteo/database';
import { Plans, testDatabase, withClient, type Asking, type Kept, type TestDatabase } from '@jangteo/testkit';
import {
  lockAdmins,
  lockUser,
  readListedUser,
  readUserByEmail,
  readUserById,
  readUsers,
} from '../src/accounts/accounts.queries.js';
import { ENDED_KEYS, listApiKeys, readApiKey, readApiKeys } from '../src/accounts/api-keys.queries.js';
import { ENDED_ATTEMPTS, giveBack, takeFrom } from '../src/accounts/attempts.queries.js';
import {
  deleteLinksOf,
  deleteOldLinks,
  ENDED_LINKS,
  spendLink,
} from '../src/accounts/console-links.queries.js';
import { isKnownNetwork, OLD_NETWORKS } from '../src/accounts/known-networks.queries.js';
import {
  readNewestUsers,
  readUsersByEmail,
  readUsersById,
  readUsersByName,
} from '../src/accounts/user-list.queries.js';
import { USER_STATES } from '../src/domain/account.js';
import { ROLES } from '../src/domain/caller.js';
import { ENDED_RESETS, readReset } from '../src/accounts/password-resets.queries.js';
import { listSessionsOf } from '../src/accounts/sessions.queries.js';
import { listAudits } from '../src/operations/audit.queries.js';
import { migrations } from '../src/migrations/index.js';
import { listDeliveries, OLD_DELIVERIES } from '../src/webhooks/webhooks.queries.js';

const ROWS = 20_000;
/** Of the five budgets each is a row in two indexes. */
const PAGES_MAX = 120;

const [userId, sessionId] = [randomUUIDv7(), randomUUIDv7()];
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const budgets = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, max: 10 }));
const taken = budgets.map(({ key }) => ({ key, isExceeded: false, expire: '0', leftMs: 0 }));

const WEBHOOK = randomUUIDv7();

const ANYBODY = { roles: ROLES, states: USER_STATES };

const ASKED: Record<string, Asking> = {
  'whom a token speaks for': (database) =>
    readUsers(database, [
      { userId, sessionId },
      { userId: randomUUIDv7(), sessionId: randomUUIDv7() },
      { userId, sessionId: null },
    ]),
  'an account by its e-mail': (database) => readUserByEmail(database, 'nobody@example.com'),
  'an account by its id': async (database) => {
    await readUserById(database, userId);
    await lockUser(database, userId);
    await readListedUser(database, userId);
  },
  'audits, a page': (database) => listAudits(database, LAST_ID, 21),
  'users, the newest': (database) => readNewestUsers(database, ANYBODY, LAST_ID, 21),
  'users by their e-mails': (database) => readUsersByEmail(database, ANYBODY, '1', 21),
  'users by their names': (database) => readUsersByName(database, ANYBODY, 'ki', 21),
  'users by their names, a later page': (database) =>
    readUsersByName(database, ANYBODY, 'ki', 21, { by: 'Kim', userId }),
  'users by an id': (database) => readUsersById(database, ANYBODY, userId),
  'who is an admin': lockAdmins,
  'where somebody is logged in': (database) =>
    listSessionsOf(database, { userId, before: LAST_ID, limit: 21 }),
  'a token to set a password anew': (database) => readReset(database, sha256('nobody’s')),
  'tokens to set a password anew that have ended': (database) =>
    forget(database, ENDED_RESETS, { keptSeconds: 0, limit: 100 }),
  'a link to the console': async (database) => {
    await spendLink(database, sha256('nobody’s'));
    await deleteOldLinks(database, userId, 9);
    await deleteLinksOf(database, userId);
  },
  'links to the console that have ended': (database) =>
    forget(database, ENDED_LINKS, { keptSeconds: 0, limit: 100 }),
  'an API key by its hash': (database) => readApiKeys(database, [sha256('nobody’s')]),
  'an API key by its id': (database) => readApiKey(database, LAST_ID),
  'API keys, a page': (database) => listApiKeys(database, LAST_ID, 21),
  'API keys that have ended': (database) =>
    forget(database, ENDED_KEYS, { keptSeconds: 7_776_000, limit: 100 }),
  'tries to deliver to a webhook, a page': (database) => listDeliveries(database, WEBHOOK, 900, 21),
  'tries to deliver that are old': (database) =>
    forget(database, OLD_DELIVERIES, { keptSeconds: 2_592_000, limit: 100 }),
  'whether somebody is at home': (database) => isKnownNetwork(database, userId, '203.0.113.7'),
  'what is left of budgets': (database) => takeFrom(database, budgets, 60_000),
  'what is given back': (database) => giveBack(database, taken),
  'attempts that count no more': (database) =>
    forget(database, ENDED_ATTEMPTS, { keptSeconds: 0, limit: 100 }),
  'networks that nobody comes from': (database) =>
    forget(database, OLD_NETWORKS, { keptSeconds: 7_776_000, limit: 100 }),
};

const STORED = [
  `INSERT INTO users (user_id, email, name, role, password_hash)
   SELECT md5(i::text)::uuid, i || '@example.com', 'Kim', 'customer', 'none' FROM generate_series(1, ${ROWS}) AS i`,
  `INSERT INTO users (user_id, email, name, role, password_hash)
   VALUES ('${userId}', 'nobody@example.com', 'Kim', 'customer', 'none')`,
  `INSERT INTO audit_reports (audit_id, report)
   SELECT md5(i::text)::uuid, json_build_object('checks', repeat('x', 500)) FROM generate_series(1, 2000) AS i`,
  `INSERT INTO sessions (session_id, user_id, expires_at)
   SELECT md5('s' || i)::uuid, md5(i::text)::uuid, now() + interval '1 day' FROM generate_series(1, ${ROWS}) AS i`,
  `INSERT INTO password_resets (user_id, token_hash, expires_at)
   SELECT md5(i::text)::uuid, sha256(i::text::bytea), now() + interval '1 hour' FROM generate_series(1, ${ROWS}) AS i`,
  `INSERT INTO console_links (token_hash, user_id, expires_at)
   SELECT sha256(i::text::bytea), md5(i::text)::uuid, now() + interval '1 hour' FROM generate_series(1, ${ROWS}) AS i`,
  `INSERT INTO api_keys (key_id, key_hash, name, role, maker_id)
   SELECT md5(i::text)::uuid, sha256(i::text::bytea), 'Report', 'viewer', md5(i::text)::uuid
   FROM generate_series(1, ${ROWS}) AS i`,
  `INSERT INTO webhooks (webhook_id, name, url, types, status, secret, told_seq)
   SELECT id::uuid, 'Depot', 'https://a.example/', '{order.completed}', 'ACTIVE', '', 0
   FROM unnest(ARRAY['${WEBHOOK}', '${randomUUIDv7()}']) AS id`,
  `INSERT INTO webhook_deliveries (webhook_id, number, message_id, type, took_ms)
   SELECT webhook_id, i, 'order-completed-' || i, 'order.completed', 1 FROM webhooks, generate_series(1, ${ROWS / 2}) AS i`,
  `INSERT INTO known_networks (user_id, network_hash, seen_at)
   SELECT md5(i::text)::uuid, sha256(i::text::bytea), now() FROM generate_series(1, ${ROWS}) AS i`,
  `INSERT INTO login_attempts (key, points, expire)
   SELECT md5(i::text), 1, (extract(epoch FROM now()) * 1000)::bigint + 60000 FROM generate_series(1, ${ROWS}) AS i`,
];

let database: TestDatabase;
let plans: Plans;
let kept: Map<string, Kept[]>;

beforeAll(async () => {
  database = await testDatabase('gateway_plans');
  await migrate(database.url, migrations);
  plans = await Plans.open(database.url);
  kept = await plans.keepAll(ASKED);
  await withClient(database.url, async (client) => {
    for (const table of [
      'users',
      'audit_reports',
      'sessions',
      'password_resets',
      'console_links',
      'api_keys',
      'known_networks',
      'login_attempts',
      'webhook_deliveries',
    ]) {
      await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    }
    for (const statement of STORED) await client.query(statement);
  });
});

afterAll(async () => {
  await plans?.close();
  await database?.drop();
});

describe('with plans that were made when nobody had an account yet', () => {
  it.each(Object.keys(ASKED))('%s costs what it is about, not what is stored', async (name) => {
    const statements = kept.get(name)!;
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) expect(await plans.pagesOf(statement)).toBeLessThan(PAGES_MAX);
  });
});
