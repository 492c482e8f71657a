import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chargeWallet,
  deadLetterRequests,
  debitWallet,
  queueName,
  readBalance,
  type DeadLetterFilter,
  type DeadLetterWithBody,
  type Outcome,
} from '@jangteo/contracts';
import { MessageWriter } from '@jangteo/messaging/testing';
import pg from 'pg';
import {
  brokerUserOf,
  connectToBroker,
  contractClient,
  eventually,
  startService,
  type ContractClient,
  type RunningService,
} from '../src/index.js';

const { list, read, sendAgain, sendAllAgain, drop } = deadLetterRequests.wallet;
const adminId = randomUUIDv7();

let wallet: RunningService;
let client: ContractClient;
let commands: string;
let requests: string;
/** Of the wallet, to make its handlers fail and to look behind the scenes. */
let database: pg.Pool;

beforeAll(async () => {
  wallet = await startService('wallet', { env: { ATTEMPTS_MAX: '1', DEAD_LETTERS_INTERVAL_MS: '100' } });
  client = await contractClient(wallet.namespace);
  commands = queueName(wallet.namespace, 'wallet', 'commands');
  requests = queueName(wallet.namespace, 'wallet', 'requests');
  database = new pg.Pool({ connectionString: wallet.databaseUrl, max: 4 });
  // From the first command on, somebody hears the replies.
  const [orderId, userId] = [randomUUIDv7(), randomUUIDv7()];
  await client.send(debitWallet, { orderId, userId, amount: 1 }, orderId);
});
afterAll(async () => {
  await database?.end();
  await wallet?.stop();
  await client?.close();
});

function valueOf<V>(outcome: Outcome<V>): V {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.refusal.code);
}

const codeOf = (outcome: Outcome): string => (outcome.ok ? 'ok' : outcome.refusal.code);
const readLetter = (deadLetterId: string) => client.ask(read, { deadLetterId });
const send = (deadLetterId: string) => client.ask(sendAgain, { deadLetterId, by: adminId });
const dropLetter = (deadLetterId: string, reason = 'a test sent it') =>
  client.ask(drop, { deadLetterId, reason, by: adminId });

async function waiting(filter: DeadLetterFilter = {}) {
  return valueOf(await client.ask(list, { filter, state: 'WAITING', limit: 100 })).deadLetters;
}

/** The one dead letter that came of what is sent with this message id. */
async function letterOf(messageId: string): Promise<DeadLetterWithBody> {
  const letter = await eventually(
    async () => (await waiting()).find((one) => one.messageId === messageId) ?? false,
  );
  return valueOf(await readLetter(letter.deadLetterId));
}

const properties = (messageId: string, more: object = {}) => ({
  type: debitWallet.type,
  messageId,
  correlationId: randomUUIDv7(),
  headers: { 'schema-version': debitWallet.version },
  ...more,
});

/** Something that no handler gets. */
async function poison(body: string | Buffer = 'not json', more: object = {}): Promise<DeadLetterWithBody> {
  const messageId = randomUUIDv7();
  await client.sendRaw(commands, body, properties(messageId, more));
  return await letterOf(messageId);
}

async function chargedUser(amount: number): Promise<string> {
  const [userId, chargeId] = [randomUUIDv7(), randomUUIDv7()];
  const operation = { key: chargeId, fingerprint: '' };
  valueOf(await client.ask(chargeWallet, { operation, chargeId, userId, amount }));
  return userId;
}

const balanceOf = async (userId: string) => valueOf(await client.ask(readBalance, { userId })).currentBalance;

/** Lets every debit of this amount fail as a bug would, until it is mended. */
async function breakDebitsOf(amount: number): Promise<() => Promise<void>> {
  await database.query(
    `ALTER TABLE ledger ADD CONSTRAINT broken_${amount} CHECK (amount <> ${-amount}) NOT VALID`,
  );
  return async () => {
    await database.query(`ALTER TABLE ledger DROP CONSTRAINT broken_${amount}`);
  };
}

/** A debit, not sent yet. */
function debitOf(userId: string, amount: number, orderId = randomUUIDv7()) {
  const messageId = randomUUIDv7();
  const body = JSON.stringify({ orderId, userId, amount });
  return { messageId, body, options: properties(messageId, { correlationId: orderId }) };
}

function chargeOf(userId: string, fingerprint: string, amount = 55): string {
  const operation = { key: randomUUIDv7(), fingerprint };
  return JSON.stringify({ operation, chargeId: randomUUIDv7(), userId, amount });
}

const chargeProperties = (messageId: string) => ({
  type: chargeWallet.type,
  messageId,
  headers: { 'schema-version': chargeWallet.version, deadline: Date.now() + 5_000 },
});

/** A debit that failed. */
async function failedDebit(userId: string, amount: number): Promise<DeadLetterWithBody> {
  const { messageId, body, options } = debitOf(userId, amount);
  await client.sendRaw(commands, body, options);
  return await letterOf(messageId);
}

/** Waits until every queue is empty. */
async function settled(): Promise<void> {
  await eventually(async () => Object.values(await client.queueCounts()).every((count) => count === 0));
}

describe('a message that cannot be handled', () => {
  it.each([
    ['malformed', 'not json', {}],
    ['malformed', Buffer.from([0, 255, 254, 0]), {}],
    ['unknown-type', '{}', { type: 'wallet.dance' }],
    ['unknown-type', '{}', { type: 'nul \0 in its type' }],
    ['unknown-version', '{}', { headers: { 'schema-version': 99 } }],
    ['invalid-payload', '{"amount":-1}', {}],
    [
      'invalid-payload',
      '{}',
      {
        headers: {
          'schema-version': 1,
          odd: { deep: [1, null, Buffer.from('x')] },
          nul: '\0',
          CC: ['elsewhere'],
          'parked-queue': 'forged',
          'x-death': 'forged',
        },
      },
    ],
    ['malformed', 'not json', { headers: { 'schema-version': 1, long: 'x'.repeat(65_300) } }],
  ])('is kept with all that is known of it: %s, %p', async (reason, body, more) => {
    const letter = await poison(body, more);
    expect(letter).toMatchObject({ service: 'wallet', queue: commands, reason, state: 'WAITING' });
    expect(Buffer.from(letter.body, letter.bodyEncoding)).toEqual(Buffer.from(body));
    expect(letter.bodyBytes).toBe(Buffer.from(body).length);
    expect(letter.detail).not.toBe('');
    valueOf(await dropLetter(letter.deadLetterId));
    await settled();
  });

  it('is shown without what who only looks could make use of, and kept as it is', async () => {
    const body = JSON.stringify({ operation: { key: 'k-1' }, amount: -1, paymentMethod: 'pm_unspent' });
    const { deadLetterId, body: shown } = await poison(body);
    expect(JSON.parse(shown)).toEqual({ operation: { key: '***' }, amount: -1, paymentMethod: '***' });
    const kept = await database.query('SELECT body FROM dead_letters WHERE dead_letter_id = $1', [
      deadLetterId,
    ]);
    expect(String(kept.rows[0]?.body)).toBe(body);
    valueOf(await dropLetter(deadLetterId));
  });

  it('is shown by its beginning where it is large', async () => {
    const letter = await poison('€'.repeat(200_000));
    expect(letter.bodyBytes).toBe(600_000);
    expect(letter.body).toMatch(/^€{80000,90000}$/);
    valueOf(await dropLetter(letter.deadLetterId));
  });

  it('is one dead letter, however often it was parked', async () => {
    const messageId = randomUUIDv7();
    for (let time = 0; time < 3; time += 1) {
      await client.sendRaw(commands, 'not json', properties(messageId, { correlationId: 'the same' }));
    }
    const { deadLetterId } = await letterOf(messageId);
    await settled();
    const found = (await waiting()).filter((one) => one.messageId === messageId);
    expect(found.map((one) => one.deadLetterId)).toEqual([deadLetterId]);
    valueOf(await dropLetter(deadLetterId));
  });

  it('waits in the broker as long as there is no table to keep it in', async () => {
    await database.query('ALTER TABLE dead_letters RENAME TO gone');
    const messageId = randomUUIDv7();
    await client.sendRaw(commands, 'not json', properties(messageId));
    await eventually(async () => (await wallet.logs()).includes('cannot be kept yet'));
    await wallet.kill();
    await wallet.restart();
    await eventually(async () => (await client.queueCounts())[`${commands}.dead`] === 1);
    await database.query('ALTER TABLE gone RENAME TO dead_letters');
    const { deadLetterId, body } = await letterOf(messageId);
    expect(body).toBe('not json');
    await settled();
    valueOf(await dropLetter(deadLetterId));
  });
});

describe('a list of dead letters', () => {
  it('is newest first, page by page, of those that are meant', async () => {
    const letters = [await poison('1'), await poison('2', { type: 'wallet.dance' }), await poison('3')];
    const ids = letters.map(({ deadLetterId }) => deadLetterId);
    const found: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = valueOf(await client.ask(list, { filter: {}, state: 'WAITING', limit: 1, cursor }));
      found.push(...page.deadLetters.map(({ deadLetterId }) => deadLetterId));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(found).toEqual(ids.toReversed());
    expect((await waiting({ type: 'wallet.dance' })).map(({ deadLetterId }) => deadLetterId)).toEqual([
      ids[1],
    ]);
    expect(await waiting({ queue: requests })).toEqual([]);
    expect((await waiting({ reason: 'unknown-type' })).map((one) => one.deadLetterId)).toEqual([ids[1]]);
    await Promise.all(ids.map((deadLetterId) => dropLetter(deadLetterId)));
    expect(await waiting()).toEqual([]);
  });

  it('refuses a cursor that is none of its own, and knows no letter that there is not', async () => {
    const nonsense = { filter: {}, limit: 1, cursor: 'nonsense' };
    expect(codeOf(await client.ask(list, nonsense))).toBe('VALIDATION_FAILED');
    const nobodys = randomUUIDv7();
    for (const outcome of [await readLetter(nobodys), await send(nobodys), await dropLetter(nobodys)]) {
      expect(codeOf(outcome)).toBe('DEAD_LETTER_NOT_FOUND');
    }
  });

  it('is counted in a metric, by queue', async () => {
    const count = async (): Promise<string | undefined> => {
      const metrics = await (await fetch(`${wallet.url}/metrics`)).text();
      return /messaging_dead_letters_waiting\{queue="[^"]*commands"\} (\d+)/.exec(metrics)?.[1];
    };
    await eventually(async () => (await count()) === undefined);
    const { deadLetterId } = await poison();
    expect(await eventually(async () => (await count()) ?? false)).toBe('1');
    valueOf(await dropLetter(deadLetterId));
    await eventually(async () => (await count()) === undefined);
  });
});

describe('a dead letter that is sent again', () => {
  it('takes effect once when what failed it is mended, however often and wherever it is sent', async () => {
    const userId = await chargedUser(1_000);
    const mend = await breakDebitsOf(101);
    const { deadLetterId, reason } = await failedDebit(userId, 101);
    expect(reason).toBe('handler-failed');
    expect(await balanceOf(userId)).toBe(1_000);
    await mend();
    const sent = await Promise.all(Array.from({ length: 10 }, () => send(deadLetterId)));
    for (const outcome of sent) {
      expect(valueOf(outcome)).toMatchObject({ state: 'SENT_AGAIN', settledBy: adminId });
    }
    await eventually(async () => (await balanceOf(userId)) === 899);
    // As if whoever sent it had died before that was noted.
    await database.query(
      `UPDATE dead_letters SET state = 'WAITING', settled_at = NULL, settled_by = NULL WHERE dead_letter_id = $1`,
      [deadLetterId],
    );
    valueOf(await send(deadLetterId));
    await settled();
    expect(await balanceOf(userId)).toBe(899);
    expect(await waiting()).toEqual([]);
    expect(await wallet.logs()).toMatch(new RegExp(`"deadLetterId":"${deadLetterId}","by":"${adminId}"`));
  });

  it('comes back as another one that names it when it fails once more, and then again', async () => {
    const userId = await chargedUser(1_000);
    const mend = await breakDebitsOf(102);
    const first = await failedDebit(userId, 102);
    valueOf(await send(first.deadLetterId));
    const second = await letterOf(first.messageId!);
    expect(second).toMatchObject({ earlierId: first.deadLetterId, body: first.body, type: first.type });
    valueOf(await send(second.deadLetterId));
    const third = await letterOf(first.messageId!);
    expect(third.earlierId).toBe(second.deadLetterId);
    await mend();
    valueOf(await send(third.deadLetterId));
    await eventually(async () => (await balanceOf(userId)) === 898);
  });

  it('is sent with all others that are meant, by several at once, and each takes effect once', async () => {
    const userId = await chargedUser(100_000);
    const mend = await breakDebitsOf(103);
    const debits = Array.from({ length: 150 }, () => debitOf(userId, 103));
    await Promise.all(debits.map(({ body, options }) => client.sendRaw(commands, body, options)));
    const other = await poison();
    await eventually(async () => {
      const { left } = valueOf(await client.ask(sendAllAgain, { filter: { queue: 'none' }, by: adminId }));
      const { rows } = await database.query<{ count: string }>(
        `SELECT count(*) FROM dead_letters WHERE state = 'WAITING' AND reason = 'handler-failed'`,
      );
      return left === 0 && rows[0]?.count === '150';
    });
    await mend();
    const filter = { reason: 'handler-failed' };
    const sendAll = async (): Promise<number> => {
      let sent = 0;
      for (let parkedUntil: string | undefined; ;) {
        const answer = valueOf(await client.ask(sendAllAgain, { filter, parkedUntil, by: adminId }));
        sent += answer.sent;
        if (answer.left === 0) return sent;
        ({ parkedUntil } = answer);
      }
    };
    const sent = await Promise.all([sendAll(), sendAll()]);
    expect(sent[0] + sent[1]).toBe(150);
    await eventually(async () => (await balanceOf(userId)) === 100_000 - 150 * 103);
    await settled();
    expect((await waiting()).map(({ deadLetterId }) => deadLetterId)).toEqual([other.deadLetterId]);
    valueOf(await dropLetter(other.deadLetterId));
  });

  it('does not go round for ever when all fail again', async () => {
    const userId = await chargedUser(1_000);
    const mend = await breakDebitsOf(104);
    await failedDebit(userId, 104);
    const { sent, left, parkedUntil } = valueOf(await client.ask(sendAllAgain, { filter: {}, by: adminId }));
    expect([sent, left]).toEqual([1, 0]);
    await eventually(async () => (await waiting()).length === 1);
    const again = valueOf(await client.ask(sendAllAgain, { filter: {}, parkedUntil, by: adminId }));
    expect([again.sent, again.left]).toEqual([0, 0]);
    await mend();
    valueOf(await client.ask(sendAllAgain, { filter: {}, by: adminId }));
    await eventually(async () => (await balanceOf(userId)) === 896);
  });

  it('is never the request of a client, under a key or not: its client sends that again, or nobody', async () => {
    const userId = await chargedUser(1);
    const ask = async (fingerprint: string): Promise<DeadLetterWithBody> => {
      const messageId = randomUUIDv7();
      await client.sendRaw(requests, chargeOf(userId, fingerprint), chargeProperties(messageId));
      return await letterOf(messageId);
    };
    await database.query('ALTER TABLE charges ADD CONSTRAINT broken CHECK (amount <> 55) NOT VALID');
    const letters = [await ask(''), await ask('print')];
    await database.query('ALTER TABLE charges DROP CONSTRAINT broken');
    // As the release before kept those under a key.
    await database.query(`UPDATE dead_letters SET is_sendable = true WHERE state = 'WAITING'`);
    expect((await waiting()).map(({ sendable }) => sendable)).toEqual([false, false]);
    for (const { deadLetterId } of letters) {
      expect(codeOf(await send(deadLetterId))).toBe('DEAD_LETTER_EXPIRED');
    }
    const all = valueOf(await client.ask(sendAllAgain, { filter: {}, by: adminId }));
    expect(all).toMatchObject({ sent: 0, left: 0, unsendable: 2 });
    await settled();
    expect(await balanceOf(userId)).toBe(1);
    await Promise.all(letters.map(({ deadLetterId }) => dropLetter(deadLetterId)));
  });
});

describe('a dead letter that is dropped', () => {
  it('is kept with who dropped it and why, and is not sent any more', async () => {
    const { deadLetterId } = await poison();
    expect(valueOf(await dropLetter(deadLetterId, 'from a test'))).toMatchObject({
      state: 'DROPPED',
      settledBy: adminId,
      settledReason: 'from a test',
    });
    expect(valueOf(await dropLetter(deadLetterId, 'another'))).toMatchObject({
      settledReason: 'from a test',
    });
    expect(codeOf(await send(deadLetterId))).toBe('DEAD_LETTER_SETTLED');
    expect(valueOf(await readLetter(deadLetterId))).toMatchObject({ state: 'DROPPED', body: 'not json' });
    expect(await waiting()).toEqual([]);
  });

  it('is none that was sent again before', async () => {
    const userId = await chargedUser(1_000);
    const mend = await breakDebitsOf(105);
    const { deadLetterId } = await failedDebit(userId, 105);
    await mend();
    valueOf(await send(deadLetterId));
    expect(codeOf(await dropLetter(deadLetterId))).toBe('DEAD_LETTER_SETTLED');
    await eventually(async () => (await balanceOf(userId)) === 895);
  });

  it('is either dropped or sent again when both are tried at once', async () => {
    const userId = await chargedUser(100_000);
    const mend = await breakDebitsOf(106);
    const letters = [];
    for (let count = 0; count < 5; count += 1) letters.push(await failedDebit(userId, 106));
    await mend();
    const outcomes = await Promise.all(
      letters.map(({ deadLetterId }) => Promise.all([send(deadLetterId), dropLetter(deadLetterId)])),
    );
    const sent = outcomes.filter(([one]) => one.ok).length;
    for (const both of outcomes) {
      expect(both.map(codeOf).toSorted()).toEqual(['DEAD_LETTER_SETTLED', 'ok']);
    }
    await settled();
    await eventually(async () => (await balanceOf(userId)) === 100_000 - sent * 106);
  });
});

describe('a dead letter that is sent again by its service', () => {
  /** A debit that is right but for who sent it. */
  async function strangers(userId: string, sender: Parameters<typeof brokerUserOf>[0] | undefined) {
    const { body, messageId, options } = debitOf(userId, 10);
    await client.sendRaw(commands, body, { ...options, userId: sender && brokerUserOf(sender) });
    return await letterOf(messageId);
  }

  const took = async (userId: string, balance: number): Promise<void> => {
    await settled();
    expect(await balanceOf(userId)).toBe(balance);
  };

  it('is held to who had sent it at first, whatever an operator says', async () => {
    const userId = await chargedUser(1_000);
    const letter = await strangers(userId, 'coupon');
    expect(letter).toMatchObject({ reason: 'wrong-sender', sendable: true });
    expect(letter.properties).toMatchObject({ sender: brokerUserOf('coupon') });
    valueOf(await send(letter.deadLetterId));
    const again = await eventually(
      async () => (await waiting()).find(({ earlierId }) => earlierId === letter.deadLetterId) ?? false,
    );
    expect(again.reason).toBe('wrong-sender');
    await took(userId, 1_000);
    valueOf(await dropLetter(again.deadLetterId));
  });

  it('is good where an operator answers for it, since nobody has signed it', async () => {
    const userId = await chargedUser(1_000);
    const letters = [await strangers(userId, undefined), await strangers(userId, undefined)];
    expect(letters.map(({ reason }) => reason)).toEqual(['no-sender', 'no-sender']);
    const all = await client.ask(sendAllAgain, { filter: { queue: commands }, by: adminId });
    expect(valueOf(all)).toMatchObject({ sent: 0, left: 0, unsendable: 2 });
    await took(userId, 1_000);
    valueOf(await send(letters[0]!.deadLetterId));
    await eventually(async () => (await balanceOf(userId)) === 990);
    const meant = await client.ask(sendAllAgain, { filter: { reason: 'no-sender' }, by: adminId });
    expect(valueOf(meant)).toMatchObject({ sent: 1, left: 0, unsendable: 0 });
    await eventually(async () => (await balanceOf(userId)) === 980);
    await settled();
    expect(await waiting()).toEqual([]);
  });

  it('is not good where another service has laid it among the dead letters', async () => {
    const userId = await chargedUser(1_000);
    const { body, messageId, options } = debitOf(userId, 10);
    const headers = {
      ...options.headers,
      'parked-message-id': messageId,
      'parked-reason': 'handler-failed',
      'parked-sender': brokerUserOf('order'),
      'original-sender': brokerUserOf('order'),
    };
    await client.sendRaw(`${commands}.dead`, body, { ...options, headers, userId: brokerUserOf('coupon') });
    const letter = await letterOf(messageId);
    expect(letter.reason).toBe('wrong-sender');
    valueOf(await send(letter.deadLetterId));
    const again = await eventually(
      async () => (await waiting()).find(({ earlierId }) => earlierId === letter.deadLetterId) ?? false,
    );
    expect(again.reason).toBe('wrong-sender');
    await took(userId, 1_000);
    valueOf(await dropLetter(again.deadLetterId));
  });
});

/** Leaves a bundle in the dead letters of a queue as the broker does: whole, without a word of ours. */
async function giveUpOn(queue: string, parts: readonly { body: Buffer; options: object }[]): Promise<void> {
  const index = Buffer.from(
    JSON.stringify(parts.map(({ body, options }) => ({ bytes: body.length, ...options }))),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(index.length);
  const connection = await connectToBroker();
  const channel = await connection.createConfirmChannel();
  channel.sendToQueue(`${queue}.dead`, Buffer.concat([length, index, ...parts.map(({ body }) => body)]), {
    type: 'bundle',
    messageId: randomUUIDv7(),
    userId: brokerUserOf('order'),
    persistent: true,
    headers: {
      'x-delivery-count': 51,
      'x-death': [{ count: 1, reason: 'delivery_limit', queue, exchange: '' }],
    },
  });
  await channel.waitForConfirms();
  await connection.close();
}

describe('a bundle that the broker gave up on', () => {
  it('is taken apart, and each part is tried once more alone', async () => {
    const userId = await chargedUser(1_000);
    const mend = await breakDebitsOf(107);
    const config = {
      MESSAGING_NAMESPACE: wallet.namespace,
      AMQP_URL: `amqp://${brokerUserOf('order')}@broker`,
      AMQP_USERS: '',
    } as never;
    const writer = new MessageWriter({ service: 'order', config });
    const frames = [10, 107, 20].map((amount) => {
      const orderId = randomUUIDv7();
      const payload = { orderId, userId, amount };
      return writer.outgoing({ kind: 'command', contract: debitWallet, payload, correlationId: orderId });
    });
    await giveUpOn(commands, frames);
    const culprit = await eventually(
      async () => (await waiting()).find(({ earlierId }) => earlierId !== undefined) ?? false,
    );
    expect(culprit).toMatchObject({ reason: 'handler-failed', messageId: frames[1]!.options.messageId });
    await eventually(async () => (await balanceOf(userId)) === 970);
    await settled();
    expect(await waiting()).toHaveLength(1);
    expect(valueOf(await readLetter(culprit.earlierId!))).toMatchObject({
      reason: 'given-up-together',
      state: 'SENT_AGAIN',
      settledBy: 'system',
    });
    await mend();
    valueOf(await send(culprit.deadLetterId));
    await eventually(async () => (await balanceOf(userId)) === 863);
  });

  it('is kept and not tried again where it is of requests: their clients have stopped waiting', async () => {
    const userId = await chargedUser(1);
    const ids = [randomUUIDv7(), randomUUIDv7()];
    const parts = ids.map((messageId) => ({
      body: Buffer.from(chargeOf(userId, 'print')),
      options: chargeProperties(messageId),
    }));
    await giveUpOn(requests, parts);
    const letters = [await letterOf(ids[0]!), await letterOf(ids[1]!)];
    // A bundle of commands comes later, and is tried again: so the requests were looked at by then.
    const later = debitOf(userId, 1);
    const command = { body: Buffer.from(later.body), options: later.options };
    const other = debitOf(randomUUIDv7(), 1);
    await giveUpOn(commands, [command, { body: Buffer.from(other.body), options: other.options }]);
    await eventually(async () => (await balanceOf(userId)) === 0);
    for (const { deadLetterId, reason } of letters) {
      expect(reason).toBe('given-up-together');
      expect(valueOf(await readLetter(deadLetterId))).toMatchObject({ state: 'WAITING', sendable: false });
      valueOf(await dropLetter(deadLetterId));
    }
  });
});
