import { describe, expect, it } from '@jest/globals';
import type { Message, MessagePropertyHeaders } from 'amqplib';
import { z } from 'zod';
import { BROKER_USERS, debitWallet, done, readBalance } from '@jangteo/contracts';
import { messagingEnv } from './config.js';
import { deadlineOf, decode, deliveryCountOf, readingsOf, SUSPECT_DELIVERIES } from './decode.js';
import { sendersOf } from './senders.js';

const debits = readingsOf({ role: 'commands', contracts: [debitWallet] });
const balances = readingsOf({ role: 'requests', contracts: [readBalance] });
const replies = readingsOf({ role: 'replies', contracts: [debitWallet] });

const senders = sendersOf({
  service: 'wallet',
  config: z.object(messagingEnv).parse({ AMQP_URL: 'amqp://shop_wallet:secret@broker' }),
});

function message(
  properties: { type?: string; headers?: MessagePropertyHeaders; [key: string]: unknown },
  body: unknown = debitWallet.example.payload,
): Message {
  return {
    content: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    fields: { deliveryTag: 1, redelivered: false, exchange: '', routingKey: '' },
    properties: {
      type: 'wallet.debit',
      userId: 'shop_order',
      messageId: 'm-1',
      correlationId: 'order-1',
      headers: { 'schema-version': 1 },
      ...properties,
    } as Message['properties'],
  };
}

describe('decode', () => {
  it('reads a command with its order id and trace', () => {
    const headers = { 'schema-version': 1, 'request-id': 'r-1', traceparent: 't-1' };
    expect(decode(message({ headers }), 0, debits, senders)).toEqual({
      ok: true,
      contract: debitWallet,
      delivery: {
        type: 'wallet.debit',
        payload: debitWallet.example.payload,
        messageId: 'm-1',
        correlationId: 'order-1',
        replyAddress: undefined,
        deadlineMs: undefined,
        trace: { requestId: 'r-1', traceparent: 't-1' },
      },
    });
  });

  it('reads a reply under the type of its command', () => {
    const reply = decode(
      message({ type: 'wallet.debit.reply', userId: 'shop_wallet' }, done({ balanceAfter: 1 })),
      0,
      replies,
      senders,
    );
    expect(reply).toMatchObject({
      ok: true,
      delivery: { type: 'wallet.debit', payload: done({ balanceAfter: 1 }) },
    });
  });

  it('reads the reply address of a request only', () => {
    const address = { replyTo: 'somewhere', correlationId: 'c-1' };
    const { userId } = readBalance.example.payload;
    const request = decode(
      message({ type: 'wallet.read-balance', userId: 'shop_gateway', ...address }, { userId }),
      0,
      balances,
      senders,
    );
    expect(request).toMatchObject({ ok: true, delivery: { replyAddress: address } });
    expect(decode(message(address), 0, debits, senders)).toMatchObject({
      delivery: { replyAddress: undefined },
    });
  });

  it('leaves out what the schema does not know', () => {
    const decoded = decode(message({}, { ...debitWallet.example.payload, admin: true }), 0, debits, senders);
    expect(decoded).toMatchObject({ ok: true, delivery: { payload: debitWallet.example.payload } });
    expect(decoded.ok && decoded.delivery.payload).not.toHaveProperty('admin');
  });

  it.each([
    ['unknown-type', message({ type: 'wallet.plunder' })],
    ['unknown-type', message({ type: undefined })],
    ['malformed', message({ type: 'bundle' })],
    ['unknown-version', message({ headers: { 'schema-version': 2 } })],
    ['unknown-version', message({ headers: {} })],
    ['malformed', message({ messageId: undefined })],
    ['malformed', message({ correlationId: undefined })],
    ['malformed', message({}, '{"amount":')],
    ['malformed', message({}, '')],
    ['invalid-payload', message({}, { ...debitWallet.example.payload, amount: -1 })],
    ['invalid-payload', message({}, 'null')],
  ])('calls %s what no handler can be given', (fault, bad) => {
    expect(decode(bad, 0, debits, senders)).toMatchObject({ ok: false, fault });
  });
});

describe('who sent a message', () => {
  const reply = (userId: string | undefined) =>
    decode(message({ type: 'wallet.debit.reply', userId }, done({ balanceAfter: 1 })), 0, replies, senders);
  const request = (userId: string | undefined) => {
    const { payload } = readBalance.example;
    return decode(message({ type: 'wallet.read-balance', userId }, payload), 0, balances, senders);
  };
  const command = (userId: string | undefined) => decode(message({ userId }), 0, debits, senders);

  it.each([
    ['a request', request, 'shop_gateway'],
    ['a command', command, 'shop_order'],
    ['a reply', reply, 'shop_wallet'],
  ])('is the one who may send %s', (_what, read, allowed) => {
    for (const user of BROKER_USERS.map((name) => `shop_${name}`)) {
      expect(read(user)).toMatchObject(
        user === allowed ? { ok: true } : { ok: false, fault: 'wrong-sender' },
      );
    }
    for (const user of ['guest', 'other_gateway', 'shop_gateway2']) {
      expect(read(user)).toMatchObject({ ok: false, fault: 'wrong-sender' });
    }
    for (const user of [undefined, '']) expect(read(user)).toMatchObject({ ok: false, fault: 'no-sender' });
  });

  it('may be unsaid only while that is set', () => {
    const during = { ...senders, takesUnsigned: true };
    expect(decode(message({ userId: undefined }), 0, debits, during)).toMatchObject({ ok: true });
    expect(decode(message({ userId: 'shop_wallet' }), 0, debits, during)).toMatchObject({
      fault: 'wrong-sender',
    });
  });
});

describe('deadlineOf', () => {
  const now = 1_800_000_000_000;
  const at = (deadline: number | undefined, expiration?: string) =>
    deadlineOf(message({ headers: deadline === undefined ? {} : { deadline }, expiration }), now);

  it('is as long after the arrival as the broker would have kept it, whatever the clock of its sender says', () => {
    for (const stated of [undefined, now - 3_600_000, now - 1, now + 1, now + 4_999, now + 3_600_000]) {
      expect(at(stated, '5000')).toBe(now + 5_000);
    }
  });

  it('is none for what never expires', () => {
    expect(at(now - 1_000)).toBeUndefined();
    expect(at(undefined)).toBeUndefined();
  });
});

describe('deliveryCountOf', () => {
  it('is 0 until the broker counts', () => {
    expect(deliveryCountOf(message({}))).toBe(0);
    expect(deliveryCountOf(message({ headers: { 'x-delivery-count': 3 } }))).toBe(3);
  });

  it('suspects what a queue without a count hands out again', () => {
    const again = message({});
    again.fields.redelivered = true;
    expect(deliveryCountOf(again)).toBe(SUSPECT_DELIVERIES);
  });
});
