import { afterEach, describe, expect, it } from '@jest/globals';
import { runtimeUserOf } from '@jangteo/infra';
import { testServers } from '../src/environment.js';
import { migratedDatabase } from '../src/migrated-database.js';
import { withClient, type TestDatabase } from '../src/test-database.js';

const RIGHTS = `
  SELECT has_table_privilege('ledger', 'SELECT, INSERT') AS "mayAdd",
    has_table_privilege('ledger', 'UPDATE, DELETE') AS "mayChange",
    has_schema_privilege('public', 'CREATE') AS "mayMake",
    (SELECT count(*)::int FROM migrations) AS migrations,
    (SELECT array_agg(DISTINCT pg_get_userbyid(relowner)::text) FROM pg_class
     WHERE relnamespace = 'public'::regnamespace) AS owners`;

const usual = process.env.SHARE_SHOPS;

async function rows(url: string, text: string, values: readonly unknown[] = []): Promise<object[]> {
  return await withClient(url, async (client) => (await client.query<object>(text, [...values])).rows);
}

async function expectFit({ url, runtimeUrl }: TestDatabase): Promise<void> {
  const [found] = await rows(runtimeUrl, RIGHTS);
  expect(found).toEqual({
    mayAdd: true,
    mayChange: false,
    mayMake: false,
    migrations: expect.any(Number),
    owners: [new URL(url).username],
  });
  expect((found as { migrations: number }).migrations).toBeGreaterThan(5);
}

describe('a migrated database', () => {
  afterEach(() => {
    process.env.SHARE_SHOPS = usual;
  });

  it.each(['true', 'false'])(
    'is as its service has migrated it, and that of its own users (copied: %s)',
    async (copied) => {
      process.env.SHARE_SHOPS = copied;
      const both = await Promise.all([migratedDatabase('wallet'), migratedDatabase('wallet')]);
      for (const one of both) await expectFit(one);
      const strange = new URL(both[0].runtimeUrl);
      strange.pathname = new URL(both[1].runtimeUrl).pathname;
      await expect(rows(strange.href, 'SELECT 1')).rejects.toThrow(/permission denied for database/);
      for (const one of both) await one.drop();
      const names = both.map(({ url }) => new URL(url).username);
      const users = [...names, ...names.map(runtimeUserOf)];
      const { postgresUrl } = testServers();
      expect(await rows(postgresUrl, 'SELECT FROM pg_roles WHERE rolname = ANY($1)', [users])).toEqual([]);
    },
  );
});
