import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate, type QueryRunner } from '@jangteo/database';
import { testDatabase, withClient, type TestDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';

const FIRST_OF_LIVE_TABLES = 1_768_262_400_000;
const timestampOf = ({ name }: { readonly name: string }): number => Number(name.slice(-13));

/** That the release before writes to. */
const LIVE = ['orders', 'order_items', 'sagas', 'platform_records'];

let scratch: TestDatabase;
beforeAll(async () => {
  scratch = await testDatabase('order');
  await migrate(
    scratch.url,
    migrations.filter((migration) => timestampOf(migration) < FIRST_OF_LIVE_TABLES),
  );
});
afterAll(() => scratch?.drop());

it('a migration that begins to keep sums takes the locks of one table of orders, as whoever places orders takes several', async () => {
  const keeping = migrations.filter(({ name }) => /Sums/.test(name));
  const locked = await withClient(scratch.url, async (client) => {
    const found: string[][] = [];
    for (const Migration of keeping) {
      await client.query('BEGIN');
      const runner = { query: (text: string) => client.query(text) };
      await new Migration().up(runner as unknown as QueryRunner);
      const { rows } = await client.query<{ name: string }>(
        `SELECT relname AS name FROM pg_locks JOIN pg_class ON pg_class.oid = relation
         WHERE pid = pg_backend_pid() AND relkind = 'r' AND mode IN ('ShareRowExclusiveLock', 'AccessExclusiveLock')
           AND relname = ANY($1)`,
        [LIVE],
      );
      await client.query('COMMIT');
      found.push(rows.map(({ name }) => name));
    }
    return found;
  });
  expect(locked).toEqual([[], ['orders'], ['order_items'], ['sagas'], ['platform_records'], ['orders']]);
});

it('each of them can be taken back and run again', async () => {
  const keeping = migrations.filter(({ name }) => /Sums/.test(name)).map((Migration) => new Migration());
  await withClient(scratch.url, async (client) => {
    const runner = { query: (text: string) => client.query(text) } as unknown as QueryRunner;
    for (const last of keeping.slice(1)) {
      await last.down(runner);
      await last.up(runner);
    }
    for (const each of keeping.toReversed()) await each.down(runner);
    for (const each of keeping) await each.up(runner);
    const { rows } = await client.query('SELECT FROM book_marks');
    expect(rows).toHaveLength(4);
  });
});
