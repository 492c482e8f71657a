import { describe, expect, it } from '@jest/globals';
import type { Message, MessagePropertyHeaders } from 'amqplib';
import { debitWallet, done, readBalance } from '@jangteo/contracts';
import { deadlineOf, decode, deliveryCountOf, readingsOf, SUSPECT_DELIVERIES } from './decode.js';

const debits = readingsOf({ role: 'commands', contracts: [debitWallet] });
const balances = readingsOf({ role: 'requests', contracts: [readBalance] });
const replies = readingsOf({ role: 'replies', contracts: [debitWallet] });

function message(
  properties: { type?: string; headers?: MessagePropertyHeaders; [key: string]: unknown },
  body: unknown = debitWallet.example.payload,
): Message {
  return {
    content: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    fields: { deliveryTag: 1, redelivered: false, exchange: '', routingKey: '' },
    properties: {
      type: 'wallet.debit',
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
    expect(decode(message({ headers }), 0, debits)).toEqual({
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
    const reply = decode(message({ type: 'wallet.debit.reply' }, done({ balanceAfter: 1 })), 0, replies);
    expect(reply).toMatchObject({
      ok: true,
      delivery: { type: 'wallet.debit', payload: done({ balanceAfter: 1 }) },
    });
  });

  it('reads the reply address of a request only', () => {
    const address = { replyTo: 'somewhere', correlationId: 'c-1' };
    const { userId } = readBalance.example.payload;
    const request = decode(message({ type: 'wallet.read-balance', ...address }, { userId }), 0, balances);
    expect(request).toMatchObject({ ok: true, delivery: { replyAddress: address } });
    expect(decode(message(address), 0, debits)).toMatchObject({ delivery: { replyAddress: undefined } });
  });

  it('leaves out what the schema does not know', () => {
    const decoded = decode(message({}, { ...debitWallet.example.payload, admin: true }), 0, debits);
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
    expect(decode(bad, 0, debits)).toMatchObject({ ok: false, fault });
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
