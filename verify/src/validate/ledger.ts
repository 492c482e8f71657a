import { withClient } from '@jangteo/testkit';
import type { OpenShop } from '@jangteo/tools';

/** The ledger at some time: the position of each wallet's last row, and a hash over all rows. */
interface Prefix {
  readonly at: string;
  readonly rows: number;
  readonly ends: readonly { readonly user_id: string; readonly position: number }[];
  readonly hash: string;
}

const HASH = `
  SELECT count(*) AS rows, coalesce(sum(hashtextextended(ledger::text, 0)), 0)::text AS hash FROM ledger
  JOIN json_to_recordset('ENDS') AS ends (user_id uuid, position bigint)
    ON ledger.user_id = ends.user_id AND ledger.position <= ends.position`;

async function hashOf(stack: OpenShop, ends: Prefix['ends']): Promise<Pick<Prefix, 'rows' | 'hash'>> {
  const [found] = await stack.sql<{ rows: number; hash: string }>(
    'wallet',
    HASH.replace('ENDS', JSON.stringify(ends)),
  );
  return found ?? { rows: 0, hash: '0' };
}

/** Remembers the ledger as it was, to compare it with what became of it. */
export class LedgerWatch {
  readonly #prefixes: Prefix[] = [];

  constructor(private readonly stack: OpenShop) {}

  get prefixes(): number {
    return this.#prefixes.length;
  }

  /** Does nothing while the database is away. */
  async look(): Promise<void> {
    try {
      const ends = await this.stack.sql<Prefix['ends'][number]>(
        'wallet',
        'SELECT user_id, max(position) AS position FROM ledger GROUP BY user_id',
      );
      this.#prefixes.push({ at: new Date().toISOString(), ends, ...(await hashOf(this.stack, ends)) });
    } catch {
      // It is looked at again and again; a fault may be at work on it now.
    }
  }

  /** Prefixes in which a row was changed or taken away since. */
  async problems(): Promise<string[]> {
    const found = await Promise.all(
      this.#prefixes.map(async ({ at, ends, rows, hash }) => {
        const now = await hashOf(this.stack, ends);
        return now.hash === hash && now.rows === rows ? [] : [`the ledger of ${at} is not the same any more`];
      }),
    );
    return [...found.flat(), ...(await this.#changesThatPass())];
  }

  async #changesThatPass(): Promise<string[]> {
    const statements = ['UPDATE ledger SET amount = amount + 1', 'DELETE FROM ledger', 'TRUNCATE ledger'];
    return await withClient(this.stack.databaseUrlOf('wallet'), async (client) => {
      const passed: string[] = [];
      for (const statement of statements) {
        await client.query('BEGIN');
        const isRefused = await client.query(statement).then(
          () => false,
          () => true,
        );
        await client.query('ROLLBACK');
        if (!isRefused) passed.push(`the wallet service may ${statement}`);
      }
      return passed;
    });
  }
}
