import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import { keepFirstAnswer, readFirstAnswer } from '../src/http/first-answers.queries.js';
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

describe('the answer to a change', () => {
  it('is the one that was made first, for all who make one at the same time', async () => {
    const changeId = newId();
    expect(await readFirstAnswer(database, changeId)).toBeUndefined();
    const made = Array.from({ length: 8 }, (_, price) => ({ items: [{ price }], totalPrice: price }));
    const given = await Promise.all(made.map((answer) => keepFirstAnswer(database, changeId, answer)));
    expect(new Set(given.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(made).toContainEqual(given[0]);
    expect(await keepFirstAnswer(database, changeId, { items: [], totalPrice: 0 })).toEqual(given[0]);
    expect(await readFirstAnswer(database, changeId)).toEqual(given[0]);
  });

  it('is kept as long as it can be asked for, and cleared away then', async () => {
    const [old, young] = [newId(), newId()];
    for (const changeId of [old, young])
      await keepFirstAnswer(database, changeId, { items: [], totalPrice: 0 });
    const age = 'UPDATE first_answers SET answered_at = now() - $2::interval WHERE change_id = $1';
    await database.rows(age, [old, '73 hours']);
    await database.rows(age, [young, '49 hours']);
    await forgetOld(database);
    expect(await readFirstAnswer(database, old)).toBeUndefined();
    expect(await readFirstAnswer(database, young)).toBeDefined();
  });
});
