import pg from 'pg';
import { destroy } from './connection.js';
import { valueTypes } from './values.js';

/** Within this time there is an answer, or there is none. */
export const OUTSIDE_DEADLINE_MS = 1_000;
/** Of which so much at the most for a connection, a free or a new one. */
const CONNECT_DEADLINE_MS = 500;
/** The server gives up before we do: what it worked on for nobody would hold up the next reader. */
const STATEMENT_TIMEOUT_MS = 800;
const CONNECTIONS = 2;

/** Reads a database that others write and look after, and on which nothing of ours depends. */
export class OutsideDatabase {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      options: '-c default_transaction_read_only=on -c jit=off',
      keepAlive: true,
    });
    // Whoever reads next learns of it.
    this.#pool.on('error', () => undefined);
    // What ends a connection while it is lent would otherwise end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Runs one statement that reads, as of one moment.
   * @throws Error within {@link OUTSIDE_DEADLINE_MS} where there is no answer, whatever the reason
   */
  async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const untilMs = performance.now() + OUTSIDE_DEADLINE_MS;
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

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
