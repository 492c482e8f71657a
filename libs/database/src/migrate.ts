import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, MigrationExecutor, type MigrationInterface } from 'typeorm';
import { placeOf } from './encryption.js';
import { isLockLost } from './failures.js';
import { grantRuntime, type RuntimeUser } from './runtime-user.js';

/** Any number, the same for all: migrations of one database never run twice at once. */
const MIGRATION_LOCK = 724_120_001;

/** For a server that does not even answer; how long a migration may take is not known here. */
const CONNECT_DEADLINE_MS = 10_000;

/** A service at work may be in a migration's way, for a moment each time. */
const TRIES_MAX = 10;
const RETRY_MS = 500;

/** Has the server miss a machine that died with locks within a minute, and not after the two hours of the network. */
const KEEPALIVES =
  'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3';

/** Whoever waits for longer than most migrations take wants to know for whom. */
const TELLING = {
  afterMs: 10_000,
  everyMs: 60_000,
  tell: (line: string): void => void process.stderr.write(`${line}\n`),
};

/** Says who migrates now. An advisory lock's number is in two halves, of which the first is 0 here. */
async function holderOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; since: string | null; address: string | null }>(
    `SELECT l.pid, a.backend_start::text AS since, a.client_addr::text AS address
     FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) JOIN pg_database AS d ON d.oid = l.database
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1
       AND d.datname = current_database()`,
    [MIGRATION_LOCK],
  );
  const [holder] = rows;
  if (holder === undefined) return 'which has just ended';
  const { pid, since, address } = holder;
  // Of another user's session no more than the pid is told.
  return [`backend ${pid}`, address && `from ${address}`, since && `since ${since}`]
    .filter(Boolean)
    .join(', ');
}

/**
 * Waits until nobody else migrates. By asking again: a statement that waits for the lock holds a snapshot, for whose end
 * whoever has the lock would wait when it builds an index of a table in use.
 */
export async function takeTurn(client: pg.Client, { afterMs, everyMs, tell } = TELLING): Promise<void> {
  await client.query(KEEPALIVES);
  for (let tellAtMs = performance.now() + afterMs; ;) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.taken === true) return;
    if (performance.now() >= tellAtMs) {
      tell(`waits for another migration (${await holderOf(client)})`);
      tellAtMs = performance.now() + everyMs;
    }
    await pause(RETRY_MS);
  }
}

/** Names are looked for in the letters of all languages, which PostgreSQL compares in no other encoding. */
async function refuseOtherEncodings(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new Error(
    `the database ${client.database} has the encoding ${encoding} and must have UTF8: ` +
      `make it with TEMPLATE template0 ENCODING 'UTF8', and bring what is in it there with pg_dump and psql`,
  );
}

/** Such a database works, and was made by releases of the manifests before this one: only searches tell letters apart. */
async function warnOfLetters(client: pg.Client, warn: (text: string) => void): Promise<void> {
  const { rows } = await client.query<{ known: boolean }>(`SELECT lower('É') = 'é' AS known`);
  if (rows[0]?.known === true) return;
  warn(
    `the database ${client.database} knows letters of English alone (LC_CTYPE): searches tell É from é. ` +
      `Make it anew with TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8', ` +
      `and bring what is in it there with pg_dump and pg_restore`,
  );
}

/** Each in its own transaction, so that no try begins from the first one. @returns the names of those that were run */
async function runPending(dataSource: DataSource): Promise<string[]> {
  const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
  for (let tries = 1; ; tries += 1) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return pending.map(({ name }) => name);
    } catch (error) {
      if (tries === TRIES_MAX || !isLockLost(error)) throw error;
    }
    await pause(RETRY_MS);
  }
}

/**
 * Brings a database to the newest schema; to be run as a step of its own before the service starts.
 * TypeORM's runner takes no lock, so one is held around it.
 *
 * @param url the service's own database, as its owner
 * @param migrations the migration classes, their names ending in a timestamp in milliseconds
 * @param runtime who works with it afterwards, where that is somebody else
 * @param warn is told of what works and could be better
 * @returns the names of those that were run now
 */
export async function migrate(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
  runtime?: RuntimeUser,
  warn: (text: string) => void = (text) => process.stderr.write(`${text}\n`),
): Promise<string[]> {
  const place = placeOf(url);
  const { Client, connectionString, ssl } = place.options;
  const lock = new Client({ connectionString, ssl, connectionTimeoutMillis: CONNECT_DEADLINE_MS });
  await lock.connect().catch((cause: unknown) => {
    throw new Error(place.explain(cause), { cause });
  });
  try {
    await refuseOtherEncodings(lock);
    await warnOfLetters(lock, warn);
    await takeTurn(lock);
    const dataSource = new DataSource({
      type: 'postgres',
      url: connectionString,
      ssl,
      extra: { Client, onConnect: (client: pg.ClientBase) => client.query(KEEPALIVES) },
      migrations: [...migrations],
      connectTimeoutMS: CONNECT_DEADLINE_MS,
    });
    await dataSource.initialize();
    try {
      const ran = await runPending(dataSource);
      if (runtime !== undefined) await grantRuntime(lock, runtime);
      return ran;
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await lock.end();
  }
}
