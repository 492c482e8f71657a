import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServiceDatabaseWithRuntime, migrationEnvironment, type DatabaseUrls } from '@jangteo/infra';
import pg from 'pg';
import { migrate, type MigrationInterface, type QueryRunner } from '../src/index.js';

class Tables1000000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE wares (id serial PRIMARY KEY, name text)');
    await runner.query('CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line text)');
    await runner.query('CREATE VIEW names AS SELECT name FROM wares');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

class Later1000000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE parcels (id serial PRIMARY KEY, at date)');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

const adminUrl = process.env['POSTGRES_URL'] ?? '';
const name = `runtime_${randomBytes(6).toString('hex')}`;
const denied = { log: ['UPDATE', 'DELETE'] } as const;

let urls: DatabaseUrls;
let runtime: pg.Client;

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function migrateTo(migrations: readonly (new () => MigrationInterface)[]): Promise<void> {
  const { DATABASE_RUNTIME_USER: user = '' } = migrationEnvironment(urls);
  await migrate(urls.ownerUrl, migrations, { name: user, denied });
}

beforeAll(async () => {
  urls = await createServiceDatabaseWithRuntime(adminUrl, { name, user: name, password: 'own' }, 'run');
  // As it is in a database that was made by a server before version 15.
  await ask(urls.ownerUrl, 'GRANT CREATE ON SCHEMA public TO PUBLIC');
  await migrateTo([Tables1000000000001]);
  runtime = new pg.Client({ connectionString: urls.runtimeUrl });
  await runtime.connect();
});
afterAll(async () => {
  await runtime?.end();
  await ask(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  await ask(adminUrl, `DROP ROLE ${name}`);
  await ask(adminUrl, `DROP ROLE ${name}_runtime`);
});

describe('the user that a service works as', () => {
  it('reads and changes rows of every table', async () => {
    await runtime.query(`INSERT INTO wares (name) VALUES ('cup'), ('pot')`);
    await runtime.query(`UPDATE wares SET name = 'bowl' WHERE name = 'cup'`);
    await runtime.query(`DELETE FROM wares WHERE name = 'pot'`);
    expect((await runtime.query('SELECT name FROM names FOR SHARE')).rows).toEqual([{ name: 'bowl' }]);
  });

  it.each([
    'CREATE TABLE mine (id int)',
    'CREATE TEMP TABLE mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1',
    'CREATE INDEX ON wares (name)',
    'ALTER TABLE wares ADD COLUMN mine int',
    'ALTER TABLE log DISABLE TRIGGER ALL',
    'DROP TABLE wares',
    'DROP VIEW names',
    'TRUNCATE wares',
    `SELECT setval('wares_id_seq', 1)`,
    `INSERT INTO migrations (timestamp, name) VALUES (1, 'forged')`,
    'DELETE FROM migrations',
    `SET ROLE ${name}`,
    'SET session_replication_role = replica',
  ])('may not: %s', async (statement) => {
    await expect(runtime.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('does not what it is denied with single tables', async () => {
    await runtime.query(`INSERT INTO log (line) VALUES ('seen')`);
    for (const change of [
      `UPDATE log SET line = 'x'`,
      'DELETE FROM log',
      'SELECT line FROM log FOR UPDATE',
    ]) {
      await expect(runtime.query(change)).rejects.toThrow('permission denied for table log');
    }
    expect((await runtime.query('SELECT line FROM log')).rows).toEqual([{ line: 'seen' }]);
  });

  it('may use the tables of later migrations, at once', async () => {
    await ask(urls.ownerUrl, 'CREATE TABLE crates (id serial PRIMARY KEY, size int)');
    await runtime.query('INSERT INTO crates (size) VALUES (1)');
    await migrateTo([Tables1000000000001, Later1000000000002]);
    await runtime.query('INSERT INTO parcels (at) VALUES (now())');
    await expect(runtime.query('DELETE FROM log')).rejects.toThrow('permission denied');
  });

  it('is kept to the same by migrations that are run again', async () => {
    const acls = `SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`;
    const before = await ask(urls.ownerUrl, acls);
    await migrateTo([Tables1000000000001, Later1000000000002]);
    expect(await ask(urls.ownerUrl, acls)).toEqual(before);
  });

  it('is not the owner, and is there', async () => {
    const as = (user: string) => migrate(urls.ownerUrl, [Tables1000000000001], { name: user, denied: {} });
    await expect(as(name)).rejects.toThrow('must be another user than the owner');
    await expect(as(`${name}_nobody`)).rejects.toThrow('does not exist');
  });

  it('is let into this database, and nobody else but the owner is', async () => {
    const other = `${name}_other`;
    const stranger = await createServiceDatabaseWithRuntime(
      adminUrl,
      { name: other, user: other, password: 'own' },
      'run',
    );
    try {
      for (const url of [stranger.ownerUrl, stranger.runtimeUrl]) {
        const intrusion = new URL(url);
        intrusion.pathname = `/${name}`;
        await expect(ask(intrusion.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
      }
    } finally {
      await ask(adminUrl, `DROP DATABASE ${other} WITH (FORCE)`);
      for (const role of [other, `${other}_runtime`]) await ask(adminUrl, `DROP ROLE ${role}`);
    }
  });
});
