import pg from 'pg';
import { destroy } from './connection.js';
import { placeOf, type DatabasePlace } from './encryption.js';
import { valueTypes } from './values.js';

export interface OutsideDeadlines {
  /** For a connection, a free or a new one. */
  readonly connectMs: number;
  /** The server's: what it worked on for nobody would hold up the next reader. */
  readonly statementMs: number;
  /** For both: longer than each. */
  readonly totalMs: number;
}

const DEADLINES: OutsideDeadlines = { connectMs: 500, statementMs: 800, totalMs: 1_000 };
/** One for each kind of question: those that take long keep none of the others waiting. */
const CONNECTIONS = 4;

const SESSION = '-c default_transaction_read_only=on -c jit=off';

/** Parameters of the URL would count instead of ours: those of the session go before them, so that ours count. */
function ruled(databaseUrl: string): { connectionString: string; options: string } {
  const url = new URL(databaseUrl);
  const options = [url.searchParams.get('options') ?? '', SESSION].join(' ').trim();
  for (const name of ['options', 'statement_timeout']) url.searchParams.delete(name);
  return { connectionString: url.href, options };
}

/** Reads a database that others write and look after, and on which nothing of ours depends. */
export class OutsideDatabase {
  readonly #place: DatabasePlace;
  readonly #pool: pg.Pool;
  readonly #deadlineMs: number;

  /**
   * @param variable the name of the one that holds the URL, for messages
   * @throws ConfigurationError where the URL asks for TLS in a way, or with files, that do not fit
   */
  constructor(
    url: string,
    {
      variable = 'STATISTICS_DATABASE_URL',
      deadlines = DEADLINES,
    }: { readonly variable?: string; readonly deadlines?: OutsideDeadlines } = {},
  ) {
    this.#place = placeOf(url, variable);
    this.#deadlineMs = deadlines.totalMs;
    this.#pool = new pg.Pool({
      ...this.#place.options,
      ...ruled(this.#place.options.connectionString),
      max: CONNECTIONS,
      connectionTimeoutMillis: deadlines.connectMs,
      statement_timeout: deadlines.statementMs,
      keepAlive: true,
    });
    // Whoever reads next learns of it.
    this.#pool.on('error', () => undefined);
    // What ends a connection while it is lent would otherwise end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Runs one statement that reads, as of one moment.
   * @throws Error within the deadlines where there is no answer, which says why
   */
  async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    try {
      return await this.#read<R>(text, values);
    } catch (cause) {
      throw new Error(this.#place.explain(cause), { cause });
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #read<R extends object>(text: string, values: readonly unknown[]): Promise<R[]> {
    const untilMs = performance.now() + this.#deadlineMs;
    const client = await this.#pool.connect();
    const watchdog = setTimeout(() => destroy(client), untilMs - performance.now());
    let isClean = false;
    try {
      const { rows } = await client.query<R>({ text, values: [...values], types: valueTypes });
      isClean = true;
      return rows;
    } finally {
      clearTimeout(watchdog);
      client.release(!isClean);
    }
  }
}
