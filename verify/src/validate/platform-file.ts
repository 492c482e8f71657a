import { readFile } from 'node:fs/promises';
import { eventually } from '@jangteo/testkit';
import type { MatrixShop } from '../places/matrix-shop.js';

/** A dead leader's lease has to pass first. */
const DEADLINE_MS = 20_000;
const LOOK_EVERY_MS = 100;

interface Line {
  readonly sequence: number;
  readonly type: string;
  readonly orderId: string;
}

async function linesOf(path: string): Promise<Line[]> {
  // Made with the first record.
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Records that the file should hold and does not, or the other way round; empty where it is exact. */
async function faultsIn({ shop, platformFile }: MatrixShop): Promise<string[]> {
  const bySequence = new Map<number, string>();
  const faults: string[] = [];
  for (const { sequence, type, orderId } of await linesOf(platformFile)) {
    const said = `${type} ${orderId}`;
    const before = bySequence.get(sequence);
    if (before !== undefined && before !== said) faults.push(`${sequence} is ${before}, and then ${said}`);
    bySequence.set(sequence, said);
  }
  const sequences = [...bySequence.keys()].toSorted((a, b) => a - b);
  if (sequences.some((sequence, index) => sequence !== index + 1)) faults.push('the numbers have a gap');
  const ended = await shop.sql<{ said: string }>(
    'order',
    `SELECT 'order.completed ' || order_id AS said FROM orders WHERE completed_at IS NOT NULL
     UNION ALL SELECT 'order.cancelled ' || order_id FROM orders WHERE cancelled_at IS NOT NULL`,
  );
  const found = [...bySequence.values()].toSorted();
  const wanted = ended.map(({ said }) => said).toSorted();
  if (found.length !== wanted.length || found.some((said, index) => said !== wanted[index])) {
    faults.push(`${found.length} records of ${wanted.length} successes and cancellations`);
  }
  return faults;
}

/**
 * Waits until the data platform has each success and each cancellation under one number, without a gap.
 * @throws Error saying what it has
 */
export async function checkPlatform(matrix: MatrixShop): Promise<void> {
  let faults: string[] = [];
  const isExact = async (): Promise<boolean> => {
    faults = await faultsIn(matrix);
    return faults.length === 0;
  };
  await eventually(isExact, { deadlineMs: DEADLINE_MS, everyMs: LOOK_EVERY_MS }).catch((cause: unknown) => {
    throw new Error(`the data platform has something else: ${faults.join('; ')}`, { cause });
  });
}
