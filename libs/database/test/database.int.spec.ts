import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import { pace, startTcpProxy, type TcpProxy } from '@jangteo/infra';
import { inHaste } from '@jangteo/tracing';
import { register } from 'prom-client';
import { UnsafeServer, type Database, type Statements } from '../src/index.js';
import { blackHole, doorSlammer, scratchDatabase, type Scratch } from './scratch.js';

const ADD = 'INSERT INTO counters (id, value) VALUES ($1, $2)';
const READ = 'SELECT value FROM counters WHERE id = $1';

const here = await pace();

const shown = async (metric: string): Promise<number> =>
  Number(new RegExp(`^${metric} (.*)$`, 'm').exec(await register.metrics())?.[1]);

describe('a transaction', () => {
  let scratch: Scratch;
  let database: Database;

  beforeAll(async () => {
    scratch = await scratchDatabase();
    database = scratch.open({ DATABASE_POOL_SIZE: 2 });
  });
  afterAll(() => scratch.drop());

  it('keeps what it wrote, and reads int8 as a number', async () => {
    await database.transaction((tx) => tx.rows(ADD, ['kept', 7]));
    expect(await database.rows(READ, ['kept'])).toEqual([{ value: 7 }]);
  });

  it('shows in a snapshot all as of one moment, and lets nothing be written there', async () => {
    await database.transaction((tx) => tx.rows(ADD, ['seen', 1]));
    const seen = await database.snapshot(5_000, async (tx) => {
      const first = await tx.rows(READ, ['seen']);
      await database.transaction((other) => other.rows(`UPDATE counters SET value = 2 WHERE id = 'seen'`));
      return [first, await tx.rows(READ, ['seen'])];
    });
    expect(seen).toEqual([[{ value: 1 }], [{ value: 1 }]]);
    await expect(database.snapshot(5_000, (tx) => tx.rows(ADD, ['unseen', 1]))).rejects.toThrow(/read-only/);
    expect(await database.rows(READ, ['seen'])).toEqual([{ value: 2 }]);
  });

  it('ends a snapshot that is not done in time, on the server too', async () => {
    const slow = database.snapshot(300, async (tx) => {
      await tx.rows('SELECT pg_sleep(0.2)');
      await tx.rows('SELECT pg_sleep(5)');
    });
    await expect(slow).rejects.toThrow(TransientFailure);
    const left =
      await database.rows(`SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(5)%'
      AND pid <> pg_backend_pid() AND datname = current_database()`);
    expect(left).toEqual([]);
    await expect(database.snapshot(0, (tx) => tx.rows(READ, ['seen']))).rejects.toThrow(/no time is left/);
  });

  it('keeps nothing when its work throws', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.rows(ADD, ['thrown', 1]);
      throw new RangeError('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await database.rows(READ, ['thrown'])).toEqual([]);
  });

  it('of a batch writes all of what was decided from what was read, or nothing', async () => {
    const adding = (id: string, ...more: { text: string; values: unknown[] }[]) =>
      database.decided({
        read: (tx) => tx.rows<{ value: number }>(READ, [id]),
        decide: ([row]) => (row?.value ?? 0) + 1,
        write: (value) => [{ text: ADD, values: [id, value] }, ...more],
      });
    expect(await adding('decided')).toBe(1);
    expect(await database.rows(READ, ['decided'])).toEqual([{ value: 1 }]);

    const broken = { text: 'SELECT 1 / $1::int', values: [0] };
    // What is told is the first failure, and not that what came after it could not be done.
    await expect(adding('broken', broken, { text: ADD, values: ['later', 1] })).rejects.toThrow('by zero');
    expect(await database.rows(READ, ['broken'])).toEqual([]);
    expect(await database.rows(READ, ['later'])).toEqual([]);
    expect(await adding('after it')).toBe(1);
  });

  it('that has ended takes no more statements, whoever has its connection now', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const failing = database.decided({
      read: async (tx) => {
        late = () => tx.rows(ADD, ['late', 1]);
        return await tx.rows(READ, ['any']);
      },
      decide: () => {
        throw new RangeError('on purpose');
      },
      write: () => [],
    });
    await expect(failing).rejects.toThrow('on purpose');
    await expect(late?.()).rejects.toThrow('has ended');
    expect(await database.rows(READ, ['late'])).toEqual([]);
  });

  it('fails for the cause, whichever of the statements that are out together is heard of first', async () => {
    const slow = scratch.open({ DATABASE_STATEMENT_TIMEOUT_MS: 100 });
    const passedOnLate = (rows: Promise<object[]>) =>
      rows.catch(async (error: unknown) => {
        await new Promise(setImmediate);
        throw error;
      });
    const failing = slow.decided({
      read: (tx) => Promise.all([passedOnLate(tx.rows('SELECT pg_sleep(5)')), tx.rows(READ, ['any'])]),
      decide: () => undefined,
      write: () => [],
    });
    await expect(failing).rejects.toThrow(TransientFailure);
    await expect(failing).rejects.toThrow('57014');
  });

  it('fails for the cause when what came after it could not be done either', async () => {
    const going = database.transaction(async (tx) => {
      await tx.rows('SELECT 1 / $1::int', [0]).catch(() => undefined);
      await tx.rows(READ, ['any']);
    });
    await expect(going).rejects.toThrow('by zero');
  });

  it('is over when its reads throw before anything has left', async () => {
    const single = scratch.open();
    const failing = single.decided({
      read: () => {
        throw new RangeError('on purpose');
      },
      decide: () => undefined,
      write: () => [],
    });
    await expect(failing).rejects.toThrow('on purpose');
    await single.rows(ADD, ['after the throw', 1]);
    expect(await database.rows(READ, ['after the throw'])).toEqual([{ value: 1 }]);
  });

  it('does not pass for done when an error inside it was swallowed', async () => {
    const swallowing = database.transaction(async (tx) => {
      await tx.rows(ADD, ['swallowed', 1]);
      await tx.rows('SELECT 1/0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('ROLLBACK');
    expect(await database.rows(READ, ['swallowed'])).toEqual([]);
  });

  it('leaves nothing for the next caller to commit when a statement ran into its timeout', async () => {
    const hasty = scratch.open({ DATABASE_POOL_SIZE: 2, DATABASE_STATEMENT_TIMEOUT_MS: here(200) });
    const slow = hasty.transaction(async (tx) => {
      await tx.rows(ADD, ['slow', 1]);
      await tx.rows('SELECT pg_sleep(5)');
    });
    await expect(slow).rejects.toThrow(TransientFailure);
    await hasty.transaction((tx) => tx.rows(ADD, ['next', 1]));
    expect(await database.rows(READ, ['slow'])).toEqual([]);
    expect(await database.rows(READ, ['next'])).toEqual([{ value: 1 }]);
  });

  it('is transient when its connection is ended by the server, and the next one works', async () => {
    const killed = database.transaction((tx) => tx.rows('SELECT pg_terminate_backend(pg_backend_pid())'));
    await expect(killed).rejects.toThrow(TransientFailure);
    await database.transaction((tx) => tx.rows(ADD, ['after the kill', 1]));
    expect(await database.rows(READ, ['after the kill'])).toEqual([{ value: 1 }]);
  });

  it('is transient when its session is ended in the moment in which it begins', async () => {
    const server = await doorSlammer();
    const turnedAway = scratch.open({ DATABASE_URL: server.url });
    await expect(turnedAway.rows('SELECT 1')).rejects.toThrow(TransientFailure);
    server.close();
  });

  it('tells a bug from an outage', async () => {
    await expect(database.rows('SELECT nonsense')).rejects.not.toThrow(TransientFailure);
    const away = scratch.open({ DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' });
    await expect(away.rows('SELECT 1')).rejects.toThrow(TransientFailure);
  });

  describe('tells what it failed for', () => {
    const HOLD = `UPDATE counters SET value = value WHERE id = 'held'`;

    beforeAll(() => database.transaction((tx) => tx.rows(ADD, ['held', 1])));

    /** Runs work while another session holds a row. */
    async function whileHeld(work: () => Promise<void>): Promise<void> {
      await database.transaction(async (holder) => {
        await holder.rows(HOLD);
        await work();
      });
    }

    it('busy: somebody else holds a row for longer than the bound', async () => {
      const other = scratch.open({ DATABASE_LOCK_TIMEOUT_MS: 100 });
      await whileHeld(async () => {
        await expect(other.transaction((tx) => tx.rows(HOLD))).rejects.toThrow(BusyFailure);
      });
    });

    it('busy, soon, where the work is in haste, and the next one on the connection has its time again', async () => {
      const other = scratch.open({ DATABASE_POOL_SIZE: 2, DATABASE_LOCK_TIMEOUT_MS: 100_000 });
      const holding = () => other.decided({ read: (tx) => tx.rows(HOLD), decide: () => 1, write: () => [] });
      await whileHeld(async () => {
        await expect(inHaste(holding)).rejects.toThrow(BusyFailure);
      });
      await expect(inHaste(() => other.transaction((tx) => tx.rows('SHOW lock_timeout')))).resolves.toEqual([
        { lock_timeout: '100ms' },
      ]);
      expect(await other.rows('SHOW lock_timeout')).toEqual([{ lock_timeout: '100s' }]);
    });

    it('busy: a statement, or all of it, took too long', async () => {
      const hasty = scratch.open({ DATABASE_STATEMENT_TIMEOUT_MS: 100 });
      await expect(hasty.rows('SELECT pg_sleep(5)')).rejects.toThrow(BusyFailure);
      const brief = scratch.open({ DATABASE_TRANSACTION_DEADLINE_MS: 300 });
      await expect(brief.transaction((tx) => tx.rows('SELECT pg_sleep(5)'))).rejects.toThrow(BusyFailure);
    });

    it('away: the connection was ended, or there is none to borrow', async () => {
      const small = scratch.open({ DATABASE_POOL_SIZE: 2, DATABASE_CONNECT_DEADLINE_MS: here(200) });
      const away = (work: Promise<unknown>) =>
        work.then(
          () => 'nothing',
          (error: unknown) => error instanceof TransientFailure && !(error instanceof BusyFailure),
        );
      const ended = small.transaction((tx) => tx.rows('SELECT pg_terminate_backend(pg_backend_pid())'));
      expect(await away(ended)).toBe(true);
      const holders = [1, 2].map(() => small.rows('SELECT pg_sleep($1)', [here(1_000) / 1_000]));
      expect(await away(small.rows('SELECT 1'))).toBe(true);
      await Promise.all(holders);
    });

    it('away: it may not do what its migrations let it do, which an operator mends', async () => {
      const denied = database.rows('DO $$ BEGIN RAISE insufficient_privilege; END $$');
      await expect(denied).rejects.toThrow(TransientFailure);
      await expect(denied).rejects.toThrow('42501');
    });

    it('maybe done: it lost sight of the server once that may have committed, and not before', async () => {
      const lost = async (work: Promise<unknown>): Promise<unknown> =>
        await work.then(
          () => 'done',
          (error: unknown) => error instanceof TransientFailure && error.mayBeDone,
        );
      const kill = { text: 'SELECT pg_terminate_backend(pg_backend_pid())', values: [] };
      const phases = { read: (tx: Statements) => tx.rows(READ, ['any']), decide: () => 1 };
      expect(await lost(database.decided({ ...phases, write: () => [kill] }))).toBe(true);
      expect(await lost(database.transaction((tx) => tx.rows(kill.text)))).toBe(false);
      expect(await lost(database.rows(kill.text))).toBe(false);
      expect(
        await lost(database.rows(`DO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$`)),
      ).toBe(true);
    });

    it('a bug: whatever the work itself throws passes untouched, a plain error too', async () => {
      const bug = new Error('an impossible message');
      const coded = Object.assign(new Error('of some library'), { code: 'ECONNREFUSED' });
      for (const thrown of [bug, coded]) {
        const fails = (): never => {
          throw thrown;
        };
        const reading = { read: (tx: Statements) => tx.rows(READ, ['any']) };
        const phases = [
          { ...reading, decide: fails, write: () => [] },
          { ...reading, decide: () => 1, write: fails },
          { read: fails, decide: () => 1, write: () => [] },
        ];
        for (const phase of phases) await expect(database.decided(phase)).rejects.toBe(thrown);
        await expect(database.transaction(async () => fails())).rejects.toBe(thrown);
      }
    });

    it('by a statement that was swallowed, when what came of it then failed', async () => {
      const other = scratch.open({ DATABASE_LOCK_TIMEOUT_MS: 100 });
      await whileHeld(async () => {
        const swallowing = other.transaction((tx) => tx.rows(HOLD).catch(() => undefined));
        await expect(swallowing).rejects.toThrow(BusyFailure);
      });
    });
  });

  it('waits rather than gives up when the server refuses its password', async () => {
    const wrong = new URL(scratch.url);
    wrong.password = 'wrong';
    const stranger = scratch.open({ DATABASE_URL: wrong.href });
    await expect(stranger.rows('SELECT 1')).rejects.toThrow(TransientFailure);
  });

  it('ends by its deadline when the network swallows everything', async () => {
    const relay = await blackHole(scratch.url);
    const far = scratch.open({ DATABASE_URL: relay.url, DATABASE_TRANSACTION_DEADLINE_MS: here(500) });
    const stuck = far.transaction(async (tx) => {
      await tx.rows('SELECT 1');
      relay.hole();
      await tx.rows(ADD, ['swallowed by the network', 1]);
    });
    await expect(stuck).rejects.toThrow(TransientFailure);
    relay.close();
    expect(await database.rows(READ, ['swallowed by the network'])).toEqual([]);
  });

  it('that gets no connection because all are lent, or takes too long, does not make the database look away', async () => {
    const busy = scratch.open({
      DATABASE_POOL_SIZE: 2,
      DATABASE_CONNECT_DEADLINE_MS: here(500),
      DATABASE_STATEMENT_TIMEOUT_MS: 120_000,
      DATABASE_TRANSACTION_DEADLINE_MS: here(1_500),
    });
    await busy.look();
    const slow = [1, 2].map(() => busy.transaction((tx) => tx.rows('SELECT pg_sleep(60)')));
    const ends = Promise.allSettled(slow);
    await expect(busy.look()).rejects.toThrow('timeout exceeded');
    expect(await shown('jangteo_database_ready')).toBe(1);
    for (const end of await ends)
      expect(end).toHaveProperty('reason.message', expect.stringMatching('not done within'));
    expect(await shown('jangteo_database_ready')).toBe(1);
  });

  describe('through a network that fails', () => {
    let proxy: TcpProxy;
    let throughProxy: string;

    beforeEach(async () => {
      const url = new URL(scratch.url);
      proxy = await startTcpProxy({ targetPort: Number(url.port) });
      url.host = `127.0.0.1:${proxy.port}`;
      throughProxy = url.href;
    });
    afterEach(async () => {
      proxy.hole(false);
      await proxy.close();
    });

    const elapsedMs = async (work: Promise<unknown>): Promise<number> => {
      const startedAt = performance.now();
      await expect(work).rejects.toThrow(TransientFailure);
      return performance.now() - startedAt;
    };

    /** Asks until it is reached: connecting may take a busy machine longer than the deadline that is tried here. */
    const reached = async <T>(ask: () => Promise<T>): Promise<T> => {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        return await reached(ask);
      }
    };

    it('gives up a server that takes the connection and says nothing', async () => {
      proxy.hole(true);
      const far = scratch.open({ DATABASE_URL: throughProxy, DATABASE_CONNECT_DEADLINE_MS: here(300) });
      expect(await elapsedMs(far.rows('SELECT 1'))).toBeLessThan(here(1_300));
      proxy.hole(false);
      expect(await reached(() => far.rows('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    });

    it('keeps nobody waiting for a connection while all of them are silent', async () => {
      const far = scratch.open({
        DATABASE_URL: throughProxy,
        DATABASE_POOL_SIZE: 2,
        DATABASE_CONNECT_DEADLINE_MS: here(300),
        DATABASE_TRANSACTION_DEADLINE_MS: here(1_500),
      });
      await reached(() => Promise.all([far.rows('SELECT 1'), far.rows('SELECT 1')]));
      proxy.hole(true);
      const both = [far.rows('SELECT 1'), far.rows('SELECT 1')].map(elapsedMs);
      expect(await elapsedMs(far.rows('SELECT 1'))).toBeLessThan(here(1_300));
      for (const elapsed of await Promise.all(both)) expect(elapsed).toBeLessThan(here(2_500));
    });

    it('trusts no idle connection once one was silent: who comes next waits for a new one only', async () => {
      const far = scratch.open({
        DATABASE_URL: throughProxy,
        DATABASE_CONNECT_DEADLINE_MS: here(300),
        DATABASE_TRANSACTION_DEADLINE_MS: here(1_500),
      });
      await reached(() => Promise.all([1, 2, 3].map(() => far.rows('SELECT pg_sleep(0.1)'))));
      proxy.hole(true);
      await elapsedMs(far.rows('SELECT 1'));
      expect(await elapsedMs(far.rows('SELECT 1'))).toBeLessThan(here(1_000));
      proxy.hole(false);
      expect(await reached(() => far.rows('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    });

    it('tells soon that there is no sign of life, and asks with one connection whoever wants to know', async () => {
      const far = scratch.open({ DATABASE_URL: throughProxy, DATABASE_POOL_SIZE: 2 });
      await far.look();
      proxy.hole(true);
      const looks = Array.from({ length: 20 }, () => elapsedMs(far.look()));
      // Long enough for others to be made.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(proxy.connections).toBe(1);
      for (const elapsed of await Promise.all(looks)) expect(elapsed).toBeLessThan(here(3_000));
      proxy.hole(false);
      await far.look();
    });

    it('shows that it is away and back again, and counts no transaction that had no connection', async () => {
      const transactions = () => shown('jangteo_database_transaction_seconds_count');
      const far = scratch.open({ DATABASE_URL: throughProxy, DATABASE_CONNECT_DEADLINE_MS: here(300) });
      await reached(() => far.transaction((tx) => tx.rows('SELECT 1')));
      expect(await shown('jangteo_database_ready')).toBe(1);
      const before = await transactions();
      proxy.hole(true);
      // The connection is there, and nobody behind it.
      await elapsedMs(far.look());
      expect(await shown('jangteo_database_ready')).toBe(0);
      await elapsedMs(far.transaction((tx) => tx.rows('SELECT 1')));
      expect(await shown('jangteo_database_ready')).toBe(0);
      expect(await transactions()).toBe(before);
      proxy.hole(false);
      await reached(() => far.look());
      expect(await shown('jangteo_database_ready')).toBe(1);
      // What it refuses is an answer too.
      await expect(far.rows('SELECT nonsense')).rejects.toThrow('nonsense');
      expect(await shown('jangteo_database_ready')).toBe(1);
    });

    it('closes in time although a statement is out on a connection that went silent', async () => {
      const far = scratch.open({ DATABASE_URL: throughProxy, DATABASE_TRANSACTION_DEADLINE_MS: here(1_000) });
      await far.rows('SELECT 1');
      proxy.hole(true);
      const out = elapsedMs(far.rows('SELECT 1'));
      await new Promise(setImmediate);
      const startedAt = performance.now();
      await far.onApplicationShutdown();
      expect(performance.now() - startedAt).toBeLessThan(here(2_000));
      await out;
    });
  });

  describe('prepares a statement', () => {
    const SHAPED = 'SELECT * FROM shaped';
    let single: Database;

    beforeAll(() => {
      single = scratch.open();
    });

    it('once, and again when its first run on a connection had failed', async () => {
      const divide = (by: number) => single.rows('SELECT 12 / $1::int AS result', [by]);
      await expect(divide(0)).rejects.toThrow('by zero');
      expect(await divide(3)).toEqual([{ result: 4 }]);
      expect(await divide(4)).toEqual([{ result: 3 }]);
      const [times] = await single.rows(
        `SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements WHERE statement LIKE 'SELECT 12 /%'`,
      );
      expect(times).toEqual({ runs: 2 });
    });

    it('again when its rows are not what they were', async () => {
      await single.rows('CREATE TABLE shaped (one int)');
      await single.rows('INSERT INTO shaped VALUES (1)');
      expect(await single.rows(SHAPED)).toEqual([{ one: 1 }]);
      await single.rows('ALTER TABLE shaped ADD two date');
      await expect(single.rows(SHAPED)).rejects.toThrow('result type');
      expect(await single.rows(SHAPED)).toEqual([{ one: 1, two: null }]);
    });

    it('with all that leaves with it, and answers each with its own rows', async () => {
      const answers = await single.transaction((tx) =>
        Promise.all([
          tx.rows('SELECT 1 AS one WHERE false'),
          tx.rows('SELECT n, n * 2 AS twice FROM unnest($1::int[]) AS n', [[1, 2]]),
          tx.rows('SELECT n, n * 2 AS twice FROM unnest($1::int[]) AS n', [[3]]),
          tx.rows('UPDATE counters SET value = 0 WHERE id = $1', ['nobody']),
          tx.rows('SELECT $1::text AS text, $2::timestamptz AS at, $3::json AS json', [
            null,
            new Date(0),
            { a: 1 },
          ]),
        ]),
      );
      expect(answers).toEqual([
        [],
        [
          { n: 1, twice: 2 },
          { n: 2, twice: 4 },
        ],
        [{ n: 3, twice: 6 }],
        [],
        [{ text: null, at: new Date(0), json: { a: 1 } }],
      ]);
    });

    it('and fails for a number that would not be exact', async () => {
      const reading = single.transaction((tx) => tx.rows('SELECT 9007199254740993::bigint AS n'));
      await expect(reading).rejects.toThrow('9007199254740993 is not a safe integer');
      expect(await single.rows('SELECT 9007199254740991::bigint AS n')).toEqual([{ n: 9007199254740991 }]);
    });

    it('whose values cannot be sent not at all, and nothing that would leave with it', async () => {
      const endless: Record<string, unknown> = {};
      endless['itself'] = endless;
      const failing = single.decided({
        read: (tx) => tx.rows(READ, ['any']),
        decide: () => undefined,
        write: () => [
          { text: ADD, values: ['beside it', 1] },
          { text: 'SELECT $1::json', values: [endless] },
        ],
      });
      await expect(failing).rejects.toThrow(/circular/i);
      expect(await single.rows(READ, ['beside it'])).toEqual([]);
    });
  });

  it('is refused on a server that may lose commits', async () => {
    await expect(database.assertDurable()).resolves.toBeUndefined();
    const risky = new URL(scratch.url);
    risky.searchParams.set('options', '-c synchronous_commit=off');
    const careless = scratch.open({ DATABASE_URL: risky.href });
    await expect(careless.assertDurable()).rejects.toThrow('synchronous_commit');
    await expect(careless.transaction((tx) => tx.rows(ADD, ['careless', 1]))).rejects.toThrow(UnsafeServer);
    expect(await database.rows(READ, ['careless'])).toEqual([]);
  });
});
