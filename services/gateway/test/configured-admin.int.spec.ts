import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import {
  changeStanding,
  eraseUser,
  insertUser,
  promoteUser,
  readUserByEmail,
  renameUser,
  replacePassword,
  type UserRow,
} from '../src/accounts/accounts.queries.js';
import { AdminHandler } from '../src/accounts/admin.handler.js';
import { ApiKeys } from '../src/accounts/api-keys.js';
import { readReset, saveReset } from '../src/accounts/password-resets.queries.js';
import { Passwords } from '../src/accounts/passwords.js';
import { SessionsHandler } from '../src/accounts/sessions.handler.js';
import { Users } from '../src/accounts/users.repository.js';
import { DatabaseClock } from '../src/http/database-clock.js';
import type { Role } from '../src/domain/caller.js';
import { migrations } from '../src/migrations/index.js';

const EMAIL = 'admin@example.com';
const PASSWORD = 'first password';
const TOKEN_HASH = Buffer.alloc(32, 7);

let scratch: TestDatabase;
let database: Database;
let passwords: Passwords;
let sessions: SessionsHandler;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  passwords = new Passwords({ PASSWORD_HASHES_MAX: 2, PASSWORDS_WAITING_MAX: 100 });
  await passwords.onModuleInit();
  const settings = { REFRESH_TOKEN_DAYS: 30, REFRESH_REPEAT_SECONDS: 30, SESSIONS_PER_USER_MAX: 100 };
  sessions = new SessionsHandler(database, settings, new Users(database));
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

beforeEach(async () => {
  await database.rows('DELETE FROM configured_admin');
  await database.rows('DELETE FROM users');
});

/** Starts a gateway, as far as its admin is concerned. */
async function start(password = PASSWORD, email = EMAIL): Promise<void> {
  await new AdminHandler(database, passwords, { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }).ensureAdmin();
}

async function account(email = EMAIL): Promise<UserRow> {
  const user = await readUserByEmail(database, email);
  if (user === undefined) throw new Error(`${email} has no account`);
  return user;
}

async function register(email: string, role: Role = 'customer', password = 'another one'): Promise<UserRow> {
  const user = { userId: newId(), email, name: 'Lee', role, registrationKey: null };
  await insertUser(database, { ...user, passwordHash: await passwords.hash(password) });
  return await account(email);
}

const opens = async (password: string): Promise<boolean> =>
  (await passwords.verify(password, (await account()).passwordHash)) === 'right';

async function count(table: 'sessions' | 'users'): Promise<number> {
  const rows = await database.rows(
    table === 'users' ? 'SELECT 1 AS one FROM users' : 'SELECT 1 AS one FROM sessions',
  );
  return rows.length;
}

describe('the admin of the configuration', () => {
  it('is made at the first start, once by replicas that start together', async () => {
    await Promise.all([start(), start(), start(), start()]);
    expect(await account()).toMatchObject({ email: EMAIL, role: 'admin', state: 'ACTIVE' });
    expect(await opens(PASSWORD)).toBe(true);
    expect(await count('users')).toBe(1);
  });

  it('keeps a password that was changed, and the sessions, at every further start', async () => {
    await start();
    const { userId } = await account();
    await replacePassword(database, userId, await passwords.hash('changed by now'));
    await sessions.begin(await account(), (await account()).passwordHash);
    await start();
    expect([await opens('changed by now'), await opens(PASSWORD)]).toEqual([true, false]);
    expect(await count('sessions')).toBe(1);
  });

  it('is not made again under an e-mail that was given up, whoever has that by now', async () => {
    await start();
    const { userId } = await account();
    await renameUser(database, userId, { email: `${randomUUID()}@example.com` });
    await start();
    expect(await count('users')).toBe(1);
    const stranger = await register(EMAIL);
    await start();
    expect(await account()).toEqual(stranger);
  });

  it('is not made again once deleted, where there is another', async () => {
    await register('second@example.com', 'admin');
    await start();
    const { userId, passwordHash } = await account();
    await eraseUser(database, userId, passwordHash);
    await start();
    expect(await readUserByEmail(database, EMAIL)).toBeUndefined();
  });

  it('is let in again by another password, whatever became of the account', async () => {
    await register('second@example.com', 'admin');
    await start();
    const { userId } = await account();
    const { sessionId } = (await sessions.begin(await account(), (await account()).passwordHash))!;
    await saveReset(database, userId, TOKEN_HASH);
    const maker = { userId, sessionId, role: 'admin' } as const;
    const draft = { name: 'of a thief', role: 'admin' } as const;
    const keys = new ApiKeys(database, new DatabaseClock(database));
    const make = () => keys.make(maker, draft, { key: newId(), fingerprint: '' });
    const made = await make();
    if (!made.ok) throw new Error(made.refusal.code);
    await changeStanding(database, userId, { role: 'viewer', state: 'SUSPENDED' });
    await start();
    expect(await account()).toMatchObject({ role: 'viewer', state: 'SUSPENDED' });
    await start('second password');
    expect(await account()).toMatchObject({ userId, role: 'admin', state: 'ACTIVE' });
    expect([await opens('second password'), await opens(PASSWORD)]).toEqual([true, false]);
    expect(await count('sessions')).toBe(0);
    expect(await readReset(database, TOKEN_HASH)).toBeUndefined();
    expect(await keys.find(made.value.key)).toBeUndefined();
    await expect(make()).rejects.toThrow('UNAUTHENTICATED');
    await start();
    expect(await opens(PASSWORD)).toBe(true);
  });

  it('is another one under another e-mail', async () => {
    await start();
    await start(PASSWORD, 'second@example.com');
    expect(await account('second@example.com')).toMatchObject({ role: 'admin' });
    expect(await account()).toMatchObject({ role: 'admin' });
  });

  it('is there again where the shop has no admin', async () => {
    await start();
    const { userId } = await account();
    await changeStanding(database, userId, { role: 'customer', state: 'SUSPENDED' });
    await start();
    expect(await account()).toMatchObject({ userId, role: 'admin', state: 'ACTIVE' });
  });

  it('stays logged in after a release that did not note what it applied', async () => {
    const { userId, passwordHash } = await register(EMAIL, 'customer', PASSWORD);
    await promoteUser(database, userId, passwordHash);
    await sessions.begin(await account(), passwordHash);
    await start();
    expect(await account()).toMatchObject({ userId, passwordHash });
    expect(await count('sessions')).toBe(1);
    await replacePassword(database, userId, await passwords.hash('changed by now'));
    await start();
    expect(await opens('changed by now')).toBe(true);
  });

  it('has a password that no table tells', async () => {
    await start();
    const rows = await database.rows('SELECT * FROM configured_admin');
    expect(rows).toHaveLength(1);
    for (const text of [PASSWORD, EMAIL]) expect(JSON.stringify(rows)).not.toContain(text);
  });
});
