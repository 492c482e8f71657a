import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import {
  eraseUser,
  insertUser,
  readUserById,
  renameUser,
  replacePassword,
} from '../src/accounts/accounts.queries.js';
import { readReset, saveReset } from '../src/accounts/password-resets.queries.js';
import { migrations } from '../src/migrations/index.js';

const HASH = 'as it was proved';
const TOKEN_HASH = Buffer.alloc(32, 7);

let scratch: TestDatabase;
let database: Database;
let userId: string;

beforeAll(async () => {
  scratch = await testDatabase('gateway');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
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
});
