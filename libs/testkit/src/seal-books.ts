import {
  prove,
  seal,
  type BookSource,
  type Database,
  type Difference,
  type ProofPlace,
} from '@jangteo/database';
import { eventually } from '@jangteo/infra';

/** Transactions of other tests on the same server delay it: their ids are of one row. */
const DEADLINE_MS = 120_000;

async function sealAtOnce(...what: Parameters<typeof seal>): Promise<boolean> {
  for (;;) {
    const left = await seal(...what);
    if (left !== 'more') return left === 'done';
  }
}

/** Adds all rows to the kept sums whose ids are older than so many seconds. @param stepRows rows of one transaction */
export async function sealBooks(
  database: Database,
  sources: readonly BookSource[],
  afterSeconds: number,
  { deadlineMs = DEADLINE_MS, stepRows }: { readonly deadlineMs?: number; readonly stepRows?: number } = {},
): Promise<void> {
  for (const source of sources) {
    await eventually(() => sealAtOnce(database, source, afterSeconds, stepRows), { deadlineMs });
  }
}

/** Counts everything again of which sums are kept, and lists where they differ. */
export async function proveBooks(database: Database, sources: readonly BookSource[]): Promise<Difference[]> {
  const found: Difference[] = [];
  let place: ProofPlace | undefined;
  do {
    const from = place;
    const step = await database.snapshot(DEADLINE_MS, (tx) => prove(tx, sources, from));
    found.push(...step.differences);
    place = step.next;
  } while (place !== undefined);
  return found;
}
