import { createServiceDatabase, randomPassword } from '@jangteo/infra';
import pg from 'pg';
import { testServers, uniqueName } from './environment.js';

/** A database for one test file, with a user of its own. */
export interface TestDatabase {
  /** Connection of the database's owner. */
  readonly url: string;
  /** Removes the database, whoever is still connected to it, and its user. */
  drop(): Promise<void>;
}

/** Makes a fresh, empty database and the user that owns it. */
export async function testDatabase(prefix: string): Promise<TestDatabase> {
  const { postgresUrl } = testServers();
  const name = uniqueName(`test_${prefix}`);
  const url = await createServiceDatabase(postgresUrl, { name, user: name, password: randomPassword() });
  return {
    url,
    async drop() {
      await withClient(postgresUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
        await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(name)}`);
      });
    },
  };
}

/** Runs work on a connection that is closed afterwards. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
