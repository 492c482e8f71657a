import { PLANNER, type Statements } from '@jangteo/database';
import pg from 'pg';

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Explained {
  readonly 'QUERY PLAN': readonly {
    readonly Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>;
  }[];
}

/** A function that asks the database. */
export type Asking = (database: Statements) => Promise<unknown>;

/** A statement with the plan that a connection of a service keeps for it. */
export interface Kept extends Asked {
  readonly name: string;
}

/** A value as PostgreSQL reads it. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(textOf(item))).join(',')}}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Calls a function that asks the database, and tells what it asks for; it gets no rows. */
async function askedBy(work: Asking): Promise<Asked[]> {
  const asked: Asked[] = [];
  const listening: Statements = {
    rows(text, values = []) {
      asked.push({ text, values });
      return Promise.resolve([]);
    },
  };
  // Some cannot do without an answer; what they had asked by then is known.
  await work(listening).catch(() => undefined);
  return asked;
}

/** A connection as services have theirs, on which it is seen what plans cost that were made at an earlier time. */
export class Plans {
  #count = 0;

  private constructor(readonly client: pg.Client) {}

  static async open(url: string): Promise<Plans> {
    const client = new pg.Client({ connectionString: url, options: PLANNER });
    await client.connect();
    return new Plans(client);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  /** Plans all that these functions ask for, as of now: in a database without rows, of which PostgreSQL knows that. */
  async keepAll(asked: Readonly<Record<string, Asking>>): Promise<Map<string, Kept[]>> {
    await this.client.query('ANALYZE');
    const kept = new Map<string, Kept[]>();
    for (const [name, work] of Object.entries(asked)) {
      const made: Kept[] = [];
      for (const one of await askedBy(work)) made.push(await this.keep(one));
      kept.set(name, made);
    }
    return kept;
  }

  /** Plans it as of now, for as long as this connection lives. */
  async keep({ text, values }: Asked): Promise<Kept> {
    this.#count += 1;
    const name = `plan_${this.#count}`;
    await this.client.query(`PREPARE ${name} AS ${text}`);
    const kept = { name, text, values };
    await this.#rolledBack(`EXECUTE ${this.#call(kept)}`);
    return kept;
  }

  /** The pages that it reads now, in memory or not, by the plan that was made then. */
  async pagesOf(kept: Kept): Promise<number> {
    const { rows } = await this.#rolledBack<Explained>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE ${this.#call(kept)}`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (plan === undefined) throw new Error(`no plan of ${kept.text}`);
    return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  }

  #call({ name, values }: Kept): string {
    if (values.length === 0) return name;
    const literals = values.map((value) => {
      const text = textOf(value);
      return text === null ? 'NULL' : this.client.escapeLiteral(text);
    });
    return `${name}(${literals.join(', ')})`;
  }

  async #rolledBack<R extends object>(statement: string): Promise<pg.QueryResult<R>> {
    await this.client.query('BEGIN');
    try {
      return await this.client.query<R>(statement);
    } finally {
      await this.client.query('ROLLBACK');
    }
  }
}
