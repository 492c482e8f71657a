import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  buildLiveIndex,
  migrate,
  type Database,
  type MigrationInterface,
  type QueryRunner,
} from '../src/index.js';
import { takeTurn } from '../src/migrate.js';
import { scratchDatabase, type Scratch } from './scratch.js';

const fail = (code: string): string =>
  `DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '${code}'; END $$`;
let tries: number;

const KEEPALIVES = `SELECT setting FROM pg_settings WHERE name LIKE 'tcp_keepalives%' ORDER BY name`;
const WITHIN_A_MINUTE = [{ setting: '3' }, { setting: '30' }, { setting: '10' }];

class Easy1700000000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<unknown> => runner.query('CREATE TABLE easy ()');
  down = (runner: QueryRunner): Promise<unknown> => runner.query('DROP TABLE easy');
}

/** Meets others twice. */
class Contended1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    tries += 1;
    await runner.query('CREATE TABLE contended ()');
    if (tries < 3) await runner.query(fail(tries === 1 ? '40P01' : '55P03'));
  }
  down = (runner: QueryRunner): Promise<unknown> => runner.query('DROP TABLE contended');
}

class Wrong1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    tries += 1;
    await runner.query(fail('42601'));
  }
  down = (): Promise<void> => Promise.resolve();
}

describe('a migration', () => {
  let scratch: Scratch;
  let database: Database;
  beforeAll(async () => {
    scratch = await scratchDatabase();
    database = scratch.open();
  });
  afterAll(() => scratch?.drop());

  it('that others hold up is tried again from its own beginning', async () => {
    tries = 0;
    const ran = await migrate(scratch.url, [Easy1700000000000, Contended1700000000001]);
    expect(ran).toEqual(['Easy1700000000000', 'Contended1700000000001']);
    expect(tries).toBe(3);
    await database.rows('SELECT FROM easy, contended');
    expect(await migrate(scratch.url, [Easy1700000000000, Contended1700000000001])).toEqual([]);
  });

  it('that builds an index of a table in use ends while another waits for its turn', async () => {
    let other: Promise<string[]> | undefined;
    class Live1700000000003 implements MigrationInterface {
      readonly transaction = false;
      async up(runner: QueryRunner): Promise<void> {
        other = migrate(scratch.url, [Live1700000000003]);
        // Those whose last statement was about the turn: the one that has it, and the one that waits.
        const asking = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%advisory_lock(%'
          AND pid <> pg_backend_pid()`;
        while ((await database.rows(asking)).length < 2) await pause(20);
        await buildLiveIndex(runner, 'counters_by_value', 'counters (value)');
      }
      down = (): Promise<void> => Promise.resolve();
    }
    expect(await migrate(scratch.url, [Live1700000000003])).toEqual(['Live1700000000003']);
    expect(await other).toEqual([]);
  });

  it('has the server miss a machine that dies while it migrates', async () => {
    const settings: unknown[] = [];
    class Asking1700000000004 implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        settings.push(await runner.query(KEEPALIVES));
      }
      down = (): Promise<void> => Promise.resolve();
    }
    await migrate(scratch.url, [Asking1700000000004]);
    expect(settings).toEqual([WITHIN_A_MINUTE]);
  });

  it('says for whom it waits, and has the server miss a machine that dies with the lock', async () => {
    const connected = async (): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString: scratch.url });
      await client.connect();
      return client;
    };
    const [holder, waiter] = [await connected(), await connected()];
    try {
      await takeTurn(holder);
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const told = Promise.withResolvers<string>();
      const turn = takeTurn(waiter, { afterMs: 0, everyMs: 60_000, tell: told.resolve });
      expect(await told.promise).toMatch(
        new RegExp(`^waits for another migration \\(backend ${rows[0]?.pid}, from \\S+, since 20.+\\)$`),
      );
      expect((await holder.query(KEEPALIVES)).rows).toEqual(WITHIN_A_MINUTE);
      await holder.end();
      await turn;
    } finally {
      await Promise.all([holder.end(), waiter.end()]);
    }
  });

  /** @param test is given the URL of an empty database that was made so */
  async function withDatabase(
    made: string,
    test: (url: string, name: string) => Promise<void>,
  ): Promise<void> {
    const server = new pg.Client({ connectionString: process.env['POSTGRES_URL'] });
    await server.connect();
    const name = `made_${randomBytes(6).toString('hex')}`;
    await server.query(`CREATE DATABASE ${name} TEMPLATE template0 ${made} LOCALE_PROVIDER 'libc'`);
    try {
      const url = new URL(process.env['POSTGRES_URL']!);
      url.pathname = name;
      await test(url.href, name);
    } finally {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.end();
    }
  }

  it('says what is wrong with a database of another encoding, and does nothing', async () => {
    await withDatabase(`ENCODING 'SQL_ASCII' LOCALE 'C'`, async (url, name) => {
      const refused = migrate(url, [Easy1700000000000]);
      await expect(refused).rejects.toThrow(`${name} has the encoding SQL_ASCII and must have UTF8`);
      const own = new pg.Client({ connectionString: url });
      await own.connect();
      try {
        await expect(own.query('SELECT FROM easy')).rejects.toThrow('does not exist');
      } finally {
        await own.end();
      }
    });
  });

  it.each([
    ['C', [expect.stringMatching(/^the database made_\w+ knows letters of English alone/)]],
    ['C.UTF-8', []],
  ])(
    'of a database whose letters are those of %s is run, with a word where that is too few',
    async (type, said) => {
      const warnings: string[] = [];
      await withDatabase(`ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '${type}'`, async (url) => {
        const ran = await migrate(url, [Easy1700000000000], undefined, (text) => warnings.push(text));
        expect(ran).toEqual(['Easy1700000000000']);
      });
      expect(warnings).toEqual(said);
    },
  );

  it('that is wrong fails at once', async () => {
    tries = 0;
    await expect(migrate(scratch.url, [Wrong1700000000002])).rejects.toThrow('in the way');
    expect(tries).toBe(1);
  });
});
