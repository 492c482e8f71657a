import { readFile } from 'node:fs/promises';
import { eventually } from '@jangteo/testkit';
import type { Stack } from '@jangteo/tools';

const SENT_DEADLINE_MS = 180_000;

interface PlatformRecord {
  readonly sequence: number;
  readonly type: string;
  readonly orderId: string;
}

/** Compares the file as it is now with the orders. */
async function look(stack: Stack): Promise<{ problems: string[]; records: number }> {
  const text = await readFile(stack.dataPlatformFile, 'utf8').catch(() => '');
  const records = text
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as PlatformRecord]));
  const problems: string[] = [];
  const delivered = new Set<string>();
  let last = 0;
  for (const { sequence, type, orderId } of records) {
    if (sequence > last + 1) problems.push(`record ${last + 1} is missing before ${sequence}`);
    // What comes again was not confirmed the first time.
    if (sequence <= last) continue;
    last = sequence;
    const key = `${orderId} ${type}`;
    if (delivered.has(key)) problems.push(`${key} has two numbers`);
    delivered.add(key);
  }
  const owed = await stack.sql<{ key: string }>(
    'order',
    `SELECT order_id || ' order.completed' AS key FROM orders WHERE status IN ('SUCCESS', 'CANCELLED')
     UNION ALL SELECT order_id || ' order.cancelled' FROM orders WHERE status = 'CANCELLED'`,
  );
  const missing = owed.filter(({ key }) => !delivered.delete(key));
  problems.push(...missing.map(({ key }) => `${key} was never sent`));
  problems.push(...[...delivered].map((key) => `${key} was sent, but is not so`));
  return { problems, records: records.length };
}

/** Every success and every cancellation reaches the data platform, in order, under numbers without a gap. */
export async function platformProblems(stack: Stack): Promise<{ problems: string[]; records: number }> {
  const isSent = async (): Promise<boolean> => (await look(stack)).problems.length === 0;
  await eventually(isSent, { deadlineMs: SENT_DEADLINE_MS, everyMs: 1_000 }).catch(() => undefined);
  return await look(stack);
}
