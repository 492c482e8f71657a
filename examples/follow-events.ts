// Reads the numbered records of completed and cancelled orders, one after the other, and remembers how far it has come.
//
//   JANGTEO_URL=http://localhost:3000 JANGTEO_API_KEY=jk_… npx node examples/follow-events.ts
//
// The cursor is written after a record was dealt with: whoever is killed in between deals with that one once more. Where
// that would do harm, keep the cursor where your own data are, and commit both at once, as webhook-receiver.ts does.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Jangteo, type OrderRecord } from '@jangteo/client';

const {
  JANGTEO_URL: url = '',
  JANGTEO_API_KEY: apiKey = '',
  CURSOR_FILE: file = 'events.cursor',
} = process.env;
if (url === '' || apiKey === '')
  throw new Error('JANGTEO_URL and JANGTEO_API_KEY are needed, a key of a viewer');

/** Milliseconds between looks where there is nothing new. */
const EVERY_MS = 1_000;

async function readCursor(): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '0';
    throw error;
  });
  const cursor = Number(text);
  if (!Number.isSafeInteger(cursor) || cursor < 0) throw new Error(`${file} has no number in it`);
  return cursor;
}

/** Whoever reads the file finds the old number or the new one, and never half of it. */
async function writeCursor(cursor: number): Promise<void> {
  await writeFile(`${file}.new`, String(cursor));
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
const { oldest } = await shop.events.read({ after: cursor, limit: 1 });
if (oldest > cursor + 1) console.error(`what is before ${oldest} is not kept any more`);
try {
  for await (const record of shop.events.follow({
    after: cursor,
    everyMs: EVERY_MS,
    signal: ending.signal,
  })) {
    if (record.sequence !== cursor + 1 && record.sequence !== oldest)
      throw new Error(`${cursor + 1} is missing`);
    deal(record);
    cursor = record.sequence;
    await writeCursor(cursor);
  }
} catch (error) {
  if (!ending.signal.aborted) throw error;
}
