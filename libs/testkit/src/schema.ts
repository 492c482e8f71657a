import { migrate, type MigrationInterface } from '@jangteo/database';
import { schemaDifferences, type SchemaDifferences } from '@jangteo/database/testing';
import { testDatabase } from './test-database.js';

/** Migrates a fresh database, and compares it with the entities of all its tables: see {@link schemaDifferences}. */
export async function differencesOfMigrated(
  prefix: string,
  migrations: readonly (new () => MigrationInterface)[],
  entities: readonly (new () => object)[],
): Promise<SchemaDifferences> {
  const scratch = await testDatabase(prefix);
  try {
    await migrate(scratch.url, migrations);
    return await schemaDifferences(scratch.url, entities);
  } finally {
    await scratch.drop();
  }
}
