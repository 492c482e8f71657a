import {
  createServiceDatabaseWithRuntime,
  randomPassword,
  runtimeUserOf,
  type DatabaseUrls,
} from '@jangteo/infra';
import pg from 'pg';
import { testServers, uniqueName } from './environment.js';

/** A database for one test file, with users of its own. */
export interface TestDatabase {
  /** Connection of the database's owner. */
  readonly url: string;
  /** Connection of the user that a service works with it as, once it is migrated for that user. */
  readonly runtimeUrl: string;
  /** Removes the database, whoever is still connected to it, and its user. */
  drop(): Promise<void>;
}

/**
 * The configuration with which a test opens a database: on a busy machine a connection may take seconds, and so may
 * the turn of the last of twenty at one row.
 */
export const patientDatabase = (url: string) => ({
  DATABASE_URL: url,
  DATABASE_CONNECT_DEADLINE_MS: '30000',
  DATABASE_LOCK_TIMEOUT_MS: '8000',
});

/**
 * The URLs of a test's database: its owner's, and that of the user whom services under test work as.
 * @param ownerUrl of {@link testDatabase}
 */
export function databaseUrlsOf(ownerUrl: string): DatabaseUrls {
  const runtime = new URL(ownerUrl);
  runtime.username = runtimeUserOf(runtime.username);
  return { ownerUrl, runtimeUrl: runtime.href };
}

/**
 * Makes a fresh, empty database, the user that owns it, and the one that works with it.
 * @param name a unique one; a database of that name that is there already gets the users
 */
export async function testDatabase(
  prefix: string,
  name = uniqueName(`test_${prefix}`),
): Promise<TestDatabase> {
  const { postgresUrl } = testServers();
  const password = randomPassword();
  const owned = { name, user: name, password };
  // One password, so that who knows one URL knows the other.
  const { ownerUrl, runtimeUrl } = await createServiceDatabaseWithRuntime(postgresUrl, owned, password);
  return {
    url: ownerUrl,
    runtimeUrl,
    drop: () => dropDatabase(ownerUrl),
  };
}

/** Removes a database that {@link testDatabase} has made, whoever is still connected to it, and its users. */
export async function dropDatabase(ownerUrl: string): Promise<void> {
  const name = new URL(ownerUrl).username;
  await withClient(testServers().postgresUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    for (const role of [runtimeUserOf(name), name]) {
      await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(role)}`);
    }
  });
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
