import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { closeMaintenanceDatabases, createServiceDatabase } from '../src/databases.js';
import { startPostgres, type Postgres } from '../src/postgres.js';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('a PostgreSQL of our own', () => {
  let dataDir: string;
  let postgres: Postgres;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-postgres-'));
    postgres = await startPostgres({ dataDir });
  });

  afterAll(async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true });
  });

  it('keeps what was committed through a kill -9 and comes back on the same port', async () => {
    await query(postgres.url, 'CREATE TABLE survivor AS SELECT 42 AS answer');
    const [port, pid] = [postgres.port, postgres.pid];
    await postgres.kill();
    // A connection that its port took before it was closed is cut off.
    await expect(query(postgres.url, 'SELECT 1')).rejects.toThrow(/ECONN(REFUSED|RESET)/);
    await postgres.restart();
    expect(postgres.port).toBe(port);
    expect(postgres.pid).not.toBe(pid);
    expect(await query(postgres.url, 'SELECT answer FROM survivor')).toEqual([{ answer: 42 }]);
  });

  it('finds its data again when a later run starts it, in a shell that wants TLS of other servers', async () => {
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS answer');
    await postgres.stop();
    const before = process.env.PGSSLMODE;
    process.env.PGSSLMODE = 'require';
    try {
      postgres = await startPostgres({ dataDir });
      expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 7 }]);
      const url = await createServiceDatabase(postgres.url, {
        name: 'plain',
        user: 'plain',
        password: 'plain',
      });
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      if (before === undefined) delete process.env.PGSSLMODE;
      else process.env.PGSSLMODE = before;
    }
  });

  it('replaces a server that a killed run left on the data', async () => {
    const abandoned = postgres.pid;
    postgres = await startPostgres({ dataDir });
    expect(postgres.pid).not.toBe(abandoned);
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts beside a lock file whose pid belongs to another program by now', async () => {
    await postgres.stop();
    await writeFile(join(dataDir, 'data', 'postmaster.pid'), `${process.pid}\n`);
    postgres = await startPostgres({ dataDir });
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('runs with the settings that durability rests on', async () => {
    const settings = await query(
      postgres.url,
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') ORDER BY name`,
    );
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  it('keeps its password where only its owner can read it', async () => {
    const { mode } = await stat(join(dataDir, 'password'));
    expect(mode & 0o777).toBe(0o600);
  });

  describe('a database for a service', () => {
    const shop = { name: 'shop', user: 'keeper', password: "p'a@s/s" };

    it('is made once when several ask for it at once', async () => {
      const urls = await Promise.all([1, 2, 3, 4].map(() => createServiceDatabase(postgres.url, shop)));
      expect(new Set(urls).size).toBe(1);
      await query(urls[0]!, 'CREATE TABLE mine AS SELECT current_user AS name');
      expect(await query(urls[0]!, 'SELECT name FROM mine')).toEqual([{ name: 'keeper' }]);
    });

    it('takes a new password and keeps its rows', async () => {
      const url = await createServiceDatabase(postgres.url, { ...shop, password: 'another' });
      expect(await query(url, 'SELECT name FROM mine')).toEqual([{ name: 'keeper' }]);
    });

    it('is closed to the user of another service', async () => {
      const other = await createServiceDatabase(postgres.url, {
        name: 'other',
        user: 'thief',
        password: 'thief',
      });
      const intrusion = new URL(other);
      intrusion.pathname = '/shop';
      await expect(query(intrusion.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
    });

    it.each(['SQL_ASCII', 'UTF8'])(
      'knows the names of all languages on a server of C in %s',
      async (encoding) => {
        const setUp = async (how: string): Promise<void> => {
          await query(postgres.url, 'ALTER DATABASE template1 IS_TEMPLATE false');
          await query(postgres.url, 'DROP DATABASE template1');
          await query(postgres.url, `CREATE DATABASE template1 IS_TEMPLATE true TEMPLATE template0 ${how}`);
        };
        const name = `names_${encoding.toLowerCase()}`;
        await setUp(`ENCODING '${encoding}' LOCALE 'C' LOCALE_PROVIDER 'libc'`);
        // As the one is that a server's owner connects to.
        await query(postgres.url, `CREATE DATABASE its_${name}`);
        const admin = new URL(postgres.url);
        admin.pathname = `/its_${name}`;
        const url = await createServiceDatabase(admin.href, { name, user: name, password: name });
        await setUp('');
        const [lower] = await query(url, `SELECT lower(normalize('É장터ﬁ', NFKC)) AS name`);
        expect(lower).toEqual({ name: 'é장터fi' });
      },
    );

    it('leaves its user nothing else of the server, and connections to the others', async () => {
      const url = await createServiceDatabase(postgres.url, { name: 'own', user: 'own', password: 'own' });
      await closeMaintenanceDatabases(postgres.url);
      for (const database of ['postgres', 'template1']) {
        const elsewhere = new URL(url);
        elsewhere.pathname = `/${database}`;
        await expect(query(elsewhere.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
      }
      const [limit] = await query(postgres.url, `SELECT rolconnlimit FROM pg_roles WHERE rolname = 'own'`);
      expect(limit).toEqual({ rolconnlimit: 100 });
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });
});
