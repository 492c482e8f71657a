import type { AnyService } from '@jangteo/contracts';
import {
  createServiceDatabaseWithRuntime,
  migrationEnvironment,
  randomPassword,
  runtimeUserOf,
  ServiceProcess,
  type DatabaseUrls,
} from '@jangteo/infra';
import { testServers, uniqueName } from './environment.js';
import { databaseUrlsOf, testDatabase, withClient, type TestDatabase } from './test-database.js';

/** Runs the migrations of a service, by its own program. @throws Error with the end of its log when they fail */
async function migrate(service: AnyService, urls: DatabaseUrls): Promise<void> {
  const env = { NODE_ENV: 'test' };
  const migrationEnv = migrationEnvironment(urls);
  const programs = await ServiceProcess.of({ service, port: 0, env, migrationEnv, until: 'ready' });
  try {
    await programs.migrate();
  } finally {
    await programs.dispose();
  }
}

/** Makes the database that others of this service are copied from, once for as long as the server is there. */
async function templateOf(service: AnyService): Promise<string> {
  const name = `template_${service}`;
  const { postgresUrl } = testServers();
  await withClient(postgresUrl, async (admin) => {
    // Several test files may want it at once. The end of the session gives the lock back.
    await admin.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const found = await admin.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (found.rowCount !== 0) return;
    // Of somebody who did not come to the end with it.
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    const password = randomPassword();
    const owned = { name, user: name, password };
    await migrate(service, await createServiceDatabaseWithRuntime(postgresUrl, owned, password));
    // What a role owns is handed over with its databases; this one stays.
    await admin.query(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
    await admin.query(`ALTER DATABASE ${name} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  });
  return name;
}

/** A copy of a template with an owner and a user of its own, who may do in it what those of the template may. */
async function copyOf(template: string, prefix: string): Promise<TestDatabase> {
  const { postgresUrl } = testServers();
  const name = uniqueName(prefix);
  await withClient(postgresUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const database = await testDatabase(prefix, name);
  const runtime = runtimeUserOf(name);
  const inside = new URL(postgresUrl);
  inside.pathname = `/${name}`;
  await withClient(inside.href, (admin) =>
    admin.query(`
      ALTER DATABASE ${name} OWNER TO ${name};
      REASSIGN OWNED BY ${template} TO ${name};
      REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC;
      GRANT CONNECT ON DATABASE ${name} TO ${runtime};
      GRANT ${runtimeUserOf(template)} TO ${runtime}`),
  );
  return database;
}

/**
 * A fresh database as the migrations of a service leave an empty one. On a server that ends with the tests (SHARE_SHOPS)
 * they run once: a copy takes a tenth of the time.
 * @throws Error with the end of their log when they fail
 */
export async function migratedDatabase(service: AnyService): Promise<TestDatabase> {
  if (process.env.SHARE_SHOPS === 'true') return await copyOf(await templateOf(service), `test_${service}`);
  const database = await testDatabase(service);
  await migrate(service, databaseUrlsOf(database.url));
  return database;
}
