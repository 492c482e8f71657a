import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

/** Any number, the same for all: migrations of one database never run twice at once. */
const MIGRATION_LOCK = 724_120_001;

/** For a server that does not even answer; how long a migration may take is not known here. */
const CONNECT_DEADLINE_MS = 10_000;

/**
 * Brings a database to the newest schema; to be run as a step of its own before the service starts.
 * TypeORM's runner takes no lock, so one is held around it.
 *
 * @param url the service's own database, as its owner
 * @param migrations the migration classes, their names ending in a timestamp in milliseconds
 * @returns the names of those that were run now
 */
export async function migrate(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_DEADLINE_MS });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      migrations: [...migrations],
      connectTimeoutMS: CONNECT_DEADLINE_MS,
    });
    await dataSource.initialize();
    try {
      const ran = await dataSource.runMigrations({ transaction: 'each' });
      return ran.map((migration) => migration.name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await lock.end();
  }
}
