import { seal, type BookSource, type Database } from '@jangteo/database';
import { eventually } from '@jangteo/infra';

/** Transactions of other tests on the same server delay it: their ids are of one row. */
const DEADLINE_MS = 120_000;

async function sealAtOnce(database: Database, source: BookSource, afterSeconds: number): Promise<boolean> {
  for (;;) {
    const left = await seal(database, source, afterSeconds);
    if (left !== 'more') return left === 'done';
  }
}

/** Adds all rows to the kept sums whose ids are older than so many seconds. */
export async function sealBooks(
  database: Database,
  sources: readonly BookSource[],
  afterSeconds: number,
): Promise<void> {
  for (const source of sources) {
    await eventually(() => sealAtOnce(database, source, afterSeconds), { deadlineMs: DEADLINE_MS });
  }
}
