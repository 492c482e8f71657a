import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { eventually, patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import {
  eraseUser,
  insertUser,
  lockAdmins,
  lockUser,
  readUserById,
  renameUser,
  replacePassword,
} from '../src/accounts/accounts.queries.js';
import type { Login } from '../src/accounts/hold-login.js';
import { readReset, saveReset } from '../src/accounts/password-resets.queries.js';
import { SessionsHandler } from '../src/accounts/sessions.handler.js';
import { endSessionsOf } from '../src/accounts/sessions.queries.js';
import { UsersHandler } from '../src/accounts/users.handler.js';
import { Users } from '../src/accounts/users.repository.js';
import { migrations } from '../src/migrations/index.js';

const HASH = 'as it was proved';
const TOKEN_HASH = Buffer.alloc(32, 7);
const SETTINGS = { REFRESH_TOKEN_DAYS: 30, REFRESH_REPEAT_SECONDS: 30, SESSIONS_PER_USER_MAX: 100 };

let scratch: TestDatabase;
let database: Database;
let users: Users;
let sessions: SessionsHandler;
let userId: string;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  users = new Users(database);
  sessions = new SessionsHandler(database, SETTINGS, users);
});

afterAll(async () => {
  await database?.onApplicationShutdown();
  await scratch?.drop();
});

beforeEach(async () => {
  userId = newId();
  const user = { userId, email: `${randomUUID()}@example.com`, name: 'Mina', role: 'customer' as const };
  await insertUser(database, { ...user, passwordHash: HASH, registrationKey: null });
  await database.rows('DELETE FROM password_resets');
});

/** Waits until so many wait for what somebody else has locked. */
async function waiting(count: number): Promise<void> {
  await eventually(async () => {
    const rows = await database.rows(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length === count;
  });
}

describe('an account', () => {
  it('gets another e-mail from nobody whose password is another by then', async () => {
    const email = `${randomUUID()}@example.com`;
    await replacePassword(database, userId, 'another');
    expect(await renameUser(database, userId, { email }, HASH)).toBeUndefined();
    expect(await renameUser(database, userId, { email }, 'another')).toMatchObject({ email });
    expect(await renameUser(database, userId, { name: 'Minji' })).toMatchObject({ email, name: 'Minji' });
  });

  it('gets no password anew once it was deleted', async () => {
    await saveReset(database, userId, TOKEN_HASH);
    expect(await readReset(database, TOKEN_HASH)).toMatchObject({ userId });
    await eraseUser(database, userId, HASH);
    expect(await readReset(database, TOKEN_HASH)).toBeUndefined();
    expect(await replacePassword(database, userId, 'another')).toBe(false);
    expect(await readUserById(database, userId)).toMatchObject({ passwordHash: '' });
  });

  it('has no session of a login that showed the password before it was changed', async () => {
    const user = { userId, email: 'mina@example.com', name: 'Mina', role: 'customer' as const };
    let login: ReturnType<SessionsHandler['begin']> | undefined;
    await database.transaction(async (tx) => {
      await lockUser(tx, userId);
      await replacePassword(tx, userId, 'another');
      await endSessionsOf(tx, userId);
      login = sessions.begin(user, HASH);
      await waiting(1);
    });
    expect(await login).toBeUndefined();
    expect(await database.rows('SELECT 1 AS one FROM sessions WHERE user_id = $1', [userId])).toEqual([]);
    expect(await sessions.begin(user, 'another')).toMatchObject({ user });
  });
});

describe('admins', () => {
  let admins: Login[];
  let handler: UsersHandler;

  beforeEach(async () => {
    handler = new UsersHandler(database, sessions, users);
    await database.rows(`UPDATE users SET role = 'customer'`);
    admins = [];
    for (const id of [newId(), newId()]) {
      const user = { userId: id, email: `${id}@example.com`, name: 'Lee', role: 'admin' as const };
      await insertUser(database, { ...user, passwordHash: HASH, registrationKey: null });
      const { sessionId } = (await sessions.begin(user, HASH))!;
      admins.push({ ...user, sessionId });
    }
  });

  it('may give each other a token to set the password anew at once, time after time', async () => {
    const [one, other] = [admins[0]!, admins[1]!];
    const made = (by: Login, { userId: of }: Login) =>
      handler.makeReset(by, of, { key: newId(), fingerprint: '' });
    for (let round = 0; round < 20; round += 1) {
      const both = await Promise.all([made(one, other), made(other, one)]);
      expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    }
  });

  it('are never none: of two who step down at once one stays', async () => {
    const demotions: ReturnType<UsersHandler['change']>[] = [];
    await database.transaction(async (tx) => {
      await lockUser(tx, admins[0]!.userId);
      // Both have seen two admins before either is one no more, unless they wait for each other.
      for (const one of admins) demotions.push(handler.change(one, one.userId, { role: 'customer' }));
      await waiting(2);
    });
    const outcomes = await Promise.all(demotions);
    expect(outcomes.map((outcome) => (outcome.ok ? 'done' : outcome.refusal.code)).toSorted()).toEqual([
      'LAST_ADMIN',
      'done',
    ]);
    expect(await database.transaction(lockAdmins)).toHaveLength(1);
  });
});
