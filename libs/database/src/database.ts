import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import { inSpan } from '@jangteo/tracing';
import pg from 'pg';
import type { DatabaseConfig } from './config.js';
import { ask, assertDurable, begin, commit, destroy, rolledBack, run } from './connection.js';
import { placeOf, type DatabasePlace } from './encryption.js';
import { isAftermath } from './failures.js';
import { databaseReady, poolWaitSeconds, transactionSeconds, watchPool } from './metrics.js';
import { TRANSACTION } from './spans.js';
import type { Statement } from './statement-group.js';
import { valueTypes } from './values.js';

/** Something that runs statements: a transaction, or the database for single reads. */
export interface Statements {
  /**
   * Runs one statement, prepared once a connection: the text must be constant, values go in parameters.
   *
   * @returns its rows; none for a statement without RETURNING
   */
  rows<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** The work of a transaction, in the order of its two round trips. */
export interface Phases<S, D> {
  /**
   * Locks and reads. What it sends at once leaves together with BEGIN, before that was answered, so nothing
   * may be among it that would do harm outside a transaction.
   */
  read(tx: Statements): Promise<S>;
  /** Pure. What it throws rolls back. */
  decide(state: S): D;
  /** Lists the statements to write, in this order; they leave together with COMMIT. */
  write(decision: D): readonly Statement[];
}

/**
 * Statements go by key, and are planned once a connection. A plan made while a table was nearly empty would read
 * all of it, and go on doing so while it grows: so the planner is told not to, and that storage finds a page
 * anywhere as fast as the next one.
 */
export const PLANNER =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c random_page_cost=1.1 -c jit=off';

/**
 * For statements that read whole tables: planned each time, by what is in the tables by then, and on one core,
 * so that those who wait for an answer keep the others.
 */
const WHOLE_TABLES = `
  SET LOCAL enable_seqscan = on; SET LOCAL plan_cache_mode = force_custom_plan;
  SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '32MB'`;

/** Whoever asks whether the database answers wants to know now, and again in a moment. */
const LOOK_DEADLINE_MS = 1_500;

/** A connection that is lent: whoever goes on after it was given back must not reach its next borrower. */
interface Loan {
  readonly client: pg.PoolClient;
  isOver: boolean;
  /** True once it was cut because it took too long. */
  isLate: boolean;
  /** True once the server may have been told to commit. */
  isCommitting: boolean;
  /** The error of the first statement that failed. */
  failure?: unknown;
}

function statementsOn(loan: Loan): Statements {
  return {
    async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
      if (loan.isOver) throw new TransientFailure('database: the transaction has ended');
      try {
        return (await run<R>(loan.client, { text, values })).rows;
      } catch (error) {
        loan.failure ??= error;
        throw error;
      }
    },
  };
}

/** After a failure that was swallowed, what came later only says that something had failed. */
function causeOf({ failure }: Loan, error: unknown): unknown {
  return isAftermath(error) || failure instanceof TransientFailure ? (failure ?? error) : error;
}

/** A service's database: a bounded pool, one owned way to run a transaction, single reads. */
@Injectable()
export class Database implements Statements, OnApplicationShutdown {
  readonly #logger = new Logger('Database');
  readonly #pool: pg.Pool;
  readonly #place: DatabasePlace;
  readonly #transactionDeadlineMs: number;
  readonly #idle = new Set<pg.PoolClient>();
  #lent = 0;
  #isDurable = false;
  #looking: Promise<void> | undefined;

  /** @throws ConfigurationError where DATABASE_URL asks for TLS with files that do not fit */
  constructor(config: DatabaseConfig) {
    this.#place = placeOf(config.DATABASE_URL);
    this.#transactionDeadlineMs = config.DATABASE_TRANSACTION_DEADLINE_MS;
    this.#pool = new pg.Pool({
      ...this.#place.options,
      max: config.DATABASE_POOL_SIZE,
      connectionTimeoutMillis: config.DATABASE_CONNECT_DEADLINE_MS,
      // On the server, because a client-side timeout leaves the statement running in the transaction.
      statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      lock_timeout: config.DATABASE_LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: config.DATABASE_TRANSACTION_DEADLINE_MS,
      options: PLANNER,
      keepAlive: true,
    });
    this.#pool.on('error', (error) => this.#logger.warn(`an idle connection was lost: ${error.message}`));
    // The pool listens while a connection is idle, and we while it is lent. In between, an end that came with the
    // very bytes that let us in would be heard by nobody, and end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    this.#pool.on('release', (_error, client) => {
      this.#idle.add(client);
      this.#lent -= 1;
    });
    this.#pool.on('acquire', (client) => {
      this.#idle.delete(client);
      this.#lent += 1;
    });
    this.#pool.on('remove', (client) => this.#idle.delete(client));
    watchPool(this.#pool);
  }

  /**
   * Runs work in one READ COMMITTED transaction. Returns only when the server said COMMIT; after any
   * unclean end the connection is destroyed, so that nothing of it can be committed by the next caller.
   *
   * @throws TransientFailure when the database was away, BusyFailure when it was too slow, locked or in conflict;
   *         where it `mayBeDone`, nobody knows whether the transaction was committed. What `work` itself throws passes untouched.
   */
  async transaction<T>(work: (tx: Statements) => Promise<T>): Promise<T> {
    return await this.#timed(async (loan) => {
      await begin(loan.client);
      const result = await work(statementsOn(loan));
      loan.isCommitting = true;
      await commit(loan.client);
      return result;
    });
  }

  /**
   * As {@link transaction}, for what a batch does: read, decide, write, in two round trips.
   *
   * @returns the decision, once it is committed
   * @throws as {@link transaction}; what the server said of the first statement that failed
   */
  async decided<S, D>({ read, decide, write }: Phases<S, D>): Promise<D> {
    return await this.#timed(async (loan) => {
      const { client } = loan;
      const tx = statementsOn(loan);
      // Async, so that what `read` throws at once leaves nobody's answer unheard.
      const [, state] = await Promise.all([begin(client), (async () => await read(tx))()]);
      const decision = decide(state);
      const statements = write(decision);
      loan.isCommitting = true;
      const written = statements.map((statement) => run(client, statement));
      await Promise.all([...written, commit(client)]);
      return decision;
    });
  }

  /**
   * Reads whole tables, all as of one moment: a REPEATABLE READ transaction that writes nothing. Its statements
   * are not prepared, and may be put together from parts.
   *
   * @param deadlineMs how long it may take in all; at most the transaction deadline
   * @throws as {@link transaction}; TransientFailure when it is not done by then
   */
  async snapshot<T>(deadlineMs: number, work: (tx: Statements) => Promise<T>): Promise<T> {
    const untilMs = performance.now() + Math.min(deadlineMs, this.#transactionDeadlineMs);
    return await this.#onConnection(async (loan) => {
      const { client } = loan;
      await ask(client, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${WHOLE_TABLES}`);
      const result = await work({
        async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
          const leftMs = Math.floor(untilMs - performance.now());
          if (loan.isOver || leftMs <= 0) throw new BusyFailure('database: no time is left to read on');
          // On the server, which would work on for nobody where only the connection was cut.
          await ask(client, `SET LOCAL statement_timeout = ${leftMs}`);
          return await ask<R>(client, { text, values: values as unknown[], types: valueTypes });
        },
      });
      await commit(client);
      return result;
    });
  }

  async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return await this.#onConnection(async (loan) => {
      // A statement by itself commits by itself: only one that reads is certainly not done where its answer is lost.
      loan.isCommitting = !/^\s*SELECT\b/i.test(text);
      return await statementsOn(loan).rows<R>(text, values);
    });
  }

  /**
   * Looks whether the server keeps what it acknowledges; done before anything else is ever asked of it.
   * @throws UnsafeServer naming the settings, when it may lose that; TransientFailure when it was away
   */
  async assertDurable(): Promise<void> {
    await this.#onConnection(() => Promise.resolve());
  }

  /**
   * Asks for a sign of life; one question is out at a time, however many want to know.
   * @throws TransientFailure when there was none in time
   */
  async look(): Promise<void> {
    this.#looking ??= this.#onConnection(
      async (loan) => void (await statementsOn(loan).rows('SELECT 1 AS one')),
      LOOK_DEADLINE_MS,
      true,
    ).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #timed<T>(work: (loan: Loan) => Promise<T>): Promise<T> {
    return await inSpan(
      () => TRANSACTION,
      () =>
        this.#onConnection(async (loan) => {
          const stop = transactionSeconds.startTimer();
          try {
            return await work(loan);
          } finally {
            stop();
          }
        }),
    );
  }

  /** Lends a connection for at most the deadline; only a clean one goes back to the pool. */
  async #onConnection<T>(
    work: (loan: Loan) => Promise<T>,
    deadlineMs = this.#transactionDeadlineMs,
    isLook = false,
  ): Promise<T> {
    const client = await this.#borrow();
    // Without a listener a connection that dies between two statements would end the process.
    const onError = (error: Error): void => this.#logger.warn(`a connection was lost: ${error.message}`);
    client.on('error', onError);
    const loan: Loan = { client, isOver: false, isLate: false, isCommitting: false };
    const watchdog = setTimeout(() => {
      loan.isLate = true;
      this.#onSilence(client);
    }, deadlineMs);
    let clean = false;
    try {
      if (!this.#isDurable) await assertDurable(client);
      this.#isDurable = true;
      const result = await work(loan);
      clean = true;
      return result;
    } catch (error) {
      loan.isOver = true;
      clean = await rolledBack(client);
      const failure =
        loan.isLate && error instanceof TransientFailure
          ? new BusyFailure(`database: not done within ${deadlineMs} ms`, { cause: error })
          : causeOf(loan, error);
      if (failure instanceof TransientFailure) failure.mayBeDone = loan.isCommitting && !clean;
      throw failure;
    } finally {
      loan.isOver = true;
      clearTimeout(watchdog);
      client.off('error', onError);
      client.release(!clean);
      // What takes long says nothing of the server, but for the question that it answers at once.
      if (clean) databaseReady.set(1);
      else if (!loan.isLate || isLook) databaseReady.set(0);
    }
  }

  async #borrow(): Promise<pg.PoolClient> {
    const stop = poolWaitSeconds.startTimer();
    try {
      return await this.#pool.connect();
    } catch (error) {
      // Where all are lent, the server was not asked.
      if (this.#lent < this.#pool.options.max) databaseReady.set(0);
      // Whatever keeps us out (a restart, a rotated password) is no message's fault: none may be given up.
      throw new TransientFailure(`database: ${this.#place.explain(error)}`, { cause: error });
    } finally {
      stop();
    }
  }

  /** Whoever comes next must not wait as long for each of the connections that went silent with this one. */
  #onSilence(client: pg.PoolClient): void {
    destroy(client);
    for (const other of this.#idle) destroy(other);
  }
}
