// Hears of completed and cancelled orders by webhook, and keeps each one once, in a file of SQLite.
//
//   WEBHOOK_SECRET=whsec_… npx node examples/webhook-receiver.ts
//
// The shop numbers its records without a gap and sends the next one when the one before was confirmed. So the number
// of the last one that is kept, the cursor, is all that has to be remembered: what is not above it has come before.
import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { WebhookError, webhooks, type OrderRecord } from '@jangteo/client';

const { WEBHOOK_SECRET = '', PORT = '8401', DATABASE = 'webhooks-ts.sqlite' } = process.env;
/** Two, separated by a comma, while the secret is rotated. */
const secrets = WEBHOOK_SECRET.split(',').filter((secret) => secret !== '');
if (secrets.length === 0)
  throw new Error('WEBHOOK_SECRET is not set: POST /admin/webhooks answers with it, once');

const BODY_BYTES_MAX = 1_048_576;

const database = new DatabaseSync(DATABASE);
database.exec(`
  CREATE TABLE IF NOT EXISTS sales (sequence INTEGER PRIMARY KEY, type TEXT, order_id TEXT, total INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER) STRICT;
  INSERT OR IGNORE INTO cursor VALUES (1, 0)`);
const readCursor = database.prepare('SELECT sequence FROM cursor');
const moveCursor = database.prepare('UPDATE cursor SET sequence = ?');
const keep = database.prepare('INSERT INTO sales VALUES (?, ?, ?, ?)');

/** What is answered, and what is said of it. */
type Answer = readonly [status: number, line: string];

/** Keeps a record together with the cursor: both are on the disk when this returns, or neither. */
function take({ sequence, type, orderId, totalPrice }: OrderRecord): Answer {
  database.exec('BEGIN IMMEDIATE');
  try {
    const cursor = Number(readCursor.get()?.sequence);
    if (sequence <= cursor) {
      database.exec('ROLLBACK');
      return [204, `repeated ${sequence}`];
    }
    if (cursor > 0 && sequence > cursor + 1) {
      database.exec('ROLLBACK');
      // It is sent again, until the shop was told to resend from the first that is missing.
      return [409, `missing ${cursor + 1}: resend from there`];
    }
    keep.run(sequence, type, orderId, totalPrice);
    moveCursor.run(sequence);
    database.exec('COMMIT');
    return [204, `kept ${sequence} ${type} ${orderId} ${totalPrice}`];
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
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
  const { type, data } = await webhooks.verify(body, request.headers, secrets);
  return type === 'webhook.test' ? [204, 'test'] : take(data);
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
