import { readFile } from 'node:fs/promises';
import { eventually, type Accounts } from '@jangteo/testkit';

/** A dead leader's lease has to pass first, and a machine may have much else to do. */
const PATIENCE = { deadlineMs: 180_000, everyMs: 200 };

interface PlatformRecord {
  readonly sequence: number;
  readonly type: string;
  readonly orderId: string;
}

/** The result of a look at what the data platform has. */
interface Found {
  readonly problems: readonly string[];
  readonly records: number;
}

async function look(shop: Pick<Accounts, 'sql'>, file: string): Promise<Found> {
  // Made with the first record.
  const text = await readFile(file, 'utf8').catch(() => '');
  const records = text
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as PlatformRecord]));
  const problems: string[] = [];
  const bySequence: string[] = [];
  const delivered = new Set<string>();
  for (const { sequence, type, orderId } of records) {
    const key = `${orderId} ${type}`;
    const last = bySequence.length;
    if (sequence <= last) {
      // What comes again was not confirmed the first time.
      const before = bySequence[sequence - 1];
      if (before !== key) problems.push(`record ${sequence} is ${before}, and then ${key}`);
      continue;
    }
    if (sequence > last + 1) problems.push(`record ${last + 1} is missing before ${sequence}`);
    bySequence[sequence - 1] = key;
    if (delivered.has(key)) problems.push(`${key} has two numbers`);
    delivered.add(key);
  }
  const owed = await shop.sql<{ key: string }>(
    'order',
    `SELECT order_id || ' order.completed' AS key FROM orders WHERE status IN ('SUCCESS', 'CANCELLED')
     UNION ALL SELECT order_id || ' order.cancelled' FROM orders WHERE status = 'CANCELLED'`,
  );
  const missing = owed.filter(({ key }) => !delivered.delete(key));
  problems.push(...missing.map(({ key }) => `${key} was never sent`));
  problems.push(...[...delivered].map((key) => `${key} was sent, but is not so`));
  return { problems, records: records.length };
}

/**
 * Waits until every success and every cancellation has reached the data platform, in order, under numbers without a gap.
 *
 * @param file of the platform's records
 */
export async function platformProblems(shop: Pick<Accounts, 'sql'>, file: string): Promise<Found> {
  const isExact = async (): Promise<boolean> => (await look(shop, file)).problems.length === 0;
  await eventually(isExact, PATIENCE).catch(() => undefined);
  return await look(shop, file);
}
