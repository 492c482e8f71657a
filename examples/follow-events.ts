// Reads the numbered records of completed and cancelled orders, one after the other, and remembers how far it has come.
//
//   JANGTEO_URL=http://localhost:3000 JANGTEO_API_KEY=jk_… npx node examples/follow-events.ts
//
// The cursor is written after a record was dealt with: whoever is killed in between deals with that one once more. Where
// that would do harm, keep the cursor where your own data are, and commit both at once, as webhook-receiver.ts does.
//
// Beside the number stands whose it was: a shop that was restored from a backup may give it to another record.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Jangteo, JangteoError, type OrderRecord } from '@jangteo/client';

const {
  JANGTEO_URL: url = '',
  JANGTEO_API_KEY: apiKey = '',
  CURSOR_FILE: file = 'events.cursor',
} = process.env;
if (url === '' || apiKey === '')
  throw new Error('JANGTEO_URL and JANGTEO_API_KEY are needed, a key of a viewer');

/** Milliseconds between looks where there is nothing new. */
const EVERY_MS = 1_000;
const RESTORING = 'docs/operations.md#when-a-database-is-restored-to-an-older-moment';

/** The record that was dealt with last. */
interface Cursor {
  readonly sequence: number;
  /** Empty where somebody has written the number by hand. */
  readonly name: string;
}

/** An order succeeds once and is cancelled once. */
const cursorOf = ({ sequence, type, orderId }: OrderRecord): Cursor => ({
  sequence,
  name: `${type} ${orderId}`,
});

async function readCursor(): Promise<Cursor> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '0';
    throw error;
  });
  const [number, ...name] = text.trim().split(' ');
  const sequence = Number(number);
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw new Error(`${file} has no number in it`);
  return { sequence, name: name.join(' ') };
}

/** Whoever reads the file finds the old cursor or the new one, and never half of it. */
async function writeCursor({ sequence, name }: Cursor): Promise<void> {
  await writeFile(`${file}.new`, `${sequence} ${name}`);
  await rename(`${file}.new`, file);
}

/** What you do with it. */
function deal({ sequence, type, orderId, totalPrice }: OrderRecord): void {
  console.log(`${sequence} ${type} ${orderId} ${totalPrice}`);
}

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

const shop = new Jangteo({ url, apiKey });
let cursor = await readCursor();

/** @returns the first number whose record the shop keeps still */
async function checkCursor({ sequence, name }: Cursor): Promise<number> {
  const after = Math.max(0, sequence - 1);
  const page = shop.events.read({ after, limit: 1 }).catch((error: unknown) => {
    // It has not given that number yet.
    if (error instanceof JangteoError && error.code === 'VALIDATION_FAILED')
      return { events: [], oldest: 1, newest: 0 };
    throw error;
  });
  const { events, oldest, newest } = await page;
  if (oldest > sequence + 1) console.error(`what is before ${oldest} is not kept any more`);
  const [last] = events;
  const isSame = last !== undefined && cursorOf(last).name === name;
  // Numbers of a time that was lost, which the shop leaves out.
  const isSkipped = sequence <= (newest ?? 0) && last?.sequence !== sequence;
  if (name === '' || oldest > sequence || isSame || isSkipped) return oldest;
  const restored = `the shop was restored, have its numbers go on after ${sequence} (${RESTORING})`;
  throw new Error(`${sequence} is not ${name} any more: ${restored}`);
}

const oldest = await checkCursor(cursor);
try {
  for await (const record of shop.events.follow({
    after: cursor.sequence,
    everyMs: EVERY_MS,
    signal: ending.signal,
  })) {
    if (record.sequence !== cursor.sequence + 1 && record.sequence !== oldest) {
      const goOn = `echo ${record.sequence - 1} > ${file}`;
      throw new Error(`${cursor.sequence + 1} is missing: where the shop was restored and has none, ${goOn}`);
    }
    deal(record);
    cursor = cursorOf(record);
    await writeCursor(cursor);
  }
} catch (error) {
  if (!ending.signal.aborted) throw error;
}
