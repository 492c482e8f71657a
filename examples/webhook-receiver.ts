// Hears of completed and cancelled orders by webhook, and keeps each one once, in a file of SQLite.
//
//   WEBHOOK_SECRET=whsec_… npx node examples/webhook-receiver.ts
//
// The shop numbers its records without a gap and sends the next one when the one before was confirmed. So nothing was
// missed where each number follows the one before it, the cursor. What has come before is known by its webhook-id, which
// no other record ever has; numbers are given anew once the shop was restored from a backup.
import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { WebhookError, webhooks, type OrderRecord } from '@jangteo/client';

const { WEBHOOK_SECRET = '', PORT = '8401', DATABASE = 'webhooks-ts.sqlite', AFTER = '0' } = process.env;
/** Two, separated by a comma, while the secret is rotated. */
const secrets = WEBHOOK_SECRET.split(',').filter((secret) => secret !== '');
if (secrets.length === 0)
  throw new Error('WEBHOOK_SECRET is not set: POST /admin/webhooks answers with it, once');

/** To go on after this number where the shop has no record between the cursor and it. */
const after = Number(AFTER);
if (!Number.isSafeInteger(after)) throw new Error('AFTER is no number');

const BODY_BYTES_MAX = 1_048_576;
const RESTORING = 'docs/operations.md#when-a-database-is-restored-to-an-older-moment';

const database = new DatabaseSync(DATABASE);
database.exec(`
  CREATE TABLE IF NOT EXISTS sales (message_id TEXT PRIMARY KEY, sequence INTEGER UNIQUE, type TEXT, order_id TEXT,
    total INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER) STRICT;
  INSERT OR IGNORE INTO cursor VALUES (1, 0)`);
const readCursor = database.prepare('SELECT sequence FROM cursor');
const moveCursor = database.prepare('UPDATE cursor SET sequence = max(sequence, ?)');
const findMessage = database.prepare('SELECT 1 FROM sales WHERE message_id = ?');
const findNumber = database.prepare('SELECT message_id FROM sales WHERE sequence = ?');
const keep = database.prepare('INSERT INTO sales VALUES (?, ?, ?, ?, ?)');
moveCursor.run(after);

/** What is answered, and what is said of it. */
type Answer = readonly [status: number, line: string];

/** What somebody has to do before a record can be taken, which is sent again until then. */
function hindranceOf(messageId: string, { sequence }: OrderRecord): string | undefined {
  const cursor = Number(readCursor.get()?.sequence);
  if (cursor > 0 && sequence > cursor + 1) {
    const resend = `npm run ops -- webhooks resend <webhook id> --from ${cursor + 1}`;
    const goOn = `where the shop was restored and has none start me with AFTER=${sequence - 1}`;
    return `missing ${cursor + 1}: ${resend}, or ${goOn}`;
  }
  const holder = findNumber.get(sequence)?.message_id;
  if (holder === undefined || holder === messageId) return undefined;
  const restored = `the shop was restored, have its numbers go on after ${cursor} (${RESTORING})`;
  return `taken ${sequence} by ${String(holder)}: ${restored}`;
}

/** Keeps a record together with the cursor: both are on the disk when this returns, or neither. */
function take(messageId: string, record: OrderRecord): Answer {
  const { sequence, type, orderId, totalPrice } = record;
  database.exec('BEGIN IMMEDIATE');
  try {
    const hindrance = hindranceOf(messageId, record);
    if (hindrance !== undefined) return [409, hindrance];
    const isRepeated = findMessage.get(messageId) !== undefined;
    if (!isRepeated) keep.run(messageId, sequence, type, orderId, totalPrice);
    moveCursor.run(sequence);
    database.exec('COMMIT');
    return [204, `${isRepeated ? 'repeated' : 'kept'} ${sequence} ${type} ${orderId} ${totalPrice}`];
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

/** The body as it came: parsed and printed again it would have another signature. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function answerTo(request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') return [405, `refused ${request.method}`];
  const body = await bodyOf(request);
  if (body === undefined) return [413, 'refused: too large'];
  const event = await webhooks.verify(body, request.headers, secrets);
  return event.type === 'webhook.test'
    ? [204, 'test']
    : take(String(request.headers['webhook-id']), event.data);
}

const server = createServer((request, response) => {
  answerTo(request)
    .catch((error: unknown): Answer => {
      if (error instanceof WebhookError) return [401, `refused: ${error.message}`];
      // Whatever else it is: not kept, so not confirmed, and it comes again.
      return [500, `failed: ${String(error)}`];
    })
    .then(([status, line]) => {
      console.log(line);
      response
        .writeHead(status, { connection: 'close', 'content-type': 'text/plain' })
        .end(status < 300 ? '' : line);
    })
    .catch((error: unknown) => console.error(error));
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
