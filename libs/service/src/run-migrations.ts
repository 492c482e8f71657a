import { migrate, migrationEnv, type MigrationInterface, type RuntimeUser } from '@jangteo/database';
import { readConfig } from './config.js';
import { runMain } from './start.js';

/** The program that brings a service's database up to date. @param denied what its user must not do with some tables */
export async function runMigrations(
  service: string,
  migrations: readonly (new () => MigrationInterface)[],
  denied: RuntimeUser['denied'] = {},
): Promise<void> {
  // The first process of a container is not ended by a signal that it does not hear. What is open is rolled back.
  process.once('SIGTERM', () => process.exit(143));
  await runMain(async () => {
    const { DATABASE_URL, DATABASE_RUNTIME_USER: name } = readConfig(migrationEnv);
    const ran = await migrate(DATABASE_URL, migrations, name === undefined ? undefined : { name, denied });
    process.stdout.write(`${service}: ${ran.length} migrations ran\n`);
  });
}
