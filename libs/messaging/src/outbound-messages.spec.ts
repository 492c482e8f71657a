import { describe, expect, it } from '@jest/globals';
import type { Message } from 'amqplib';
import {
  debitWallet,
  done,
  ENVELOPES,
  MONEY_MAX,
  orderCompleted,
  readBalance,
  readProducts,
  reserveStock,
  STOCK_MAX,
} from '@jangteo/contracts';
import { deadLetterFrame } from './dead-letters.js';
import { ANSWER_BYTES_MAX, BODY_BYTES_MAX, BodyTooLarge, MessageWriter } from './outbound-messages.js';
import { answerTo, commandTo, eventOf, type Delivery } from './message.types.js';
import type { MessagingConfig } from './config.js';
import { sendersOf } from './senders.js';

const config = {
  MESSAGING_NAMESPACE: 'shop',
  AMQP_URL: 'amqp://shop_order@broker',
  AMQP_USERS: '',
} as MessagingConfig;
const now = { nowMs: 0, senders: sendersOf({ service: 'order', config }) };
const writer = new MessageWriter({ service: 'order', config });
const cause: Delivery = {
  type: 'order.place',
  payload: {},
  messageId: 'cause-1',
  correlationId: undefined,
  replyAddress: undefined,
  deadlineMs: undefined,
  trace: { requestId: 'r-1', traceparent: 't-1' },
};

describe('MessageWriter', () => {
  it('sends a command to its service, lasting, with order id, cause and trace', () => {
    const { payload } = debitWallet.example;
    const frame = writer.outgoing(commandTo(debitWallet, payload, 'order-1', cause));
    expect(frame).toMatchObject({ exchange: '', routingKey: 'shop.wallet.commands', confirmed: true });
    expect(JSON.parse(frame.body.toString())).toEqual(payload);
    expect(frame.options).toMatchObject({
      type: 'wallet.debit',
      correlationId: 'order-1',
      replyTo: 'shop.order.replies',
      persistent: true,
      mandatory: true,
      appId: 'order',
      headers: { 'schema-version': 1, 'causation-id': 'cause-1', 'request-id': 'r-1', traceparent: 't-1' },
    });
    expect(frame.options.messageId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('names no cause where there was none, and the trace all the same', () => {
    const { payload } = debitWallet.example;
    const { options } = writer.outgoing(commandTo(debitWallet, payload, 'order-1', { trace: cause.trace }));
    expect(options.headers).toEqual({ 'schema-version': 1, 'request-id': 'r-1', traceparent: 't-1' });
  });

  it('sends an event to the exchange under its type', () => {
    const frame = writer.outgoing(eventOf(orderCompleted, orderCompleted.example.payload));
    expect(frame).toMatchObject({ exchange: 'shop.events', routingKey: 'order.completed', confirmed: true });
    expect(frame.options).toMatchObject({ persistent: true, mandatory: true });
  });

  it('sends a reply to the saga under the type of its command', () => {
    const frame = writer.reply(debitWallet, done({ balanceAfter: 1 }), {
      ...cause,
      correlationId: 'order-1',
    });
    expect(frame).toMatchObject({ routingKey: 'shop.order.replies', confirmed: true });
    expect(frame.options).toMatchObject({ type: 'wallet.debit.reply', correlationId: 'order-1' });
  });

  it('sends an answer once, to whoever still waits', () => {
    const frame = writer.outgoing(answerTo({ replyTo: 'there', correlationId: 'c-1' }, done(1)));
    expect(frame).toMatchObject({ exchange: '', routingKey: 'there', confirmed: false });
    expect(frame.options).toMatchObject({ correlationId: 'c-1', persistent: false });
    expect(frame.options.mandatory).toBeUndefined();
  });

  it('writes the headers that the document of messages shows, and no others', () => {
    const ask = { correlationId: 'c-1', deadlineMs: 500, nowMs: 1_000, trace: cause.trace };
    const { payload } = debitWallet.example;
    const written = {
      request: writer.request(readBalance, readBalance.example.payload, ask),
      answer: writer.outgoing(answerTo({ replyTo: 'there', correlationId: 'c-1' }, done(1), cause)),
      lasting: writer.outgoing(commandTo(debitWallet, payload, 'order-1', cause)),
    };
    for (const [kind, { options }] of Object.entries(written)) {
      expect(Object.keys(options.headers).length).toBeGreaterThan(1);
      expect(ENVELOPES[kind as keyof typeof written].strict().parse(options.headers)).toEqual(
        options.headers,
      );
    }
  });

  it('lets a request expire with the patience of its asker', () => {
    const ask = { correlationId: 'c-1', deadlineMs: 500, nowMs: 1_000, trace: {} };
    const { options, routingKey } = writer.request(readBalance, readBalance.example.payload, ask);
    expect(routingKey).toBe('shop.wallet.requests');
    expect(options).toMatchObject({
      expiration: '500',
      replyTo: 'amq.rabbitmq.reply-to',
      mandatory: true,
      persistent: false,
      headers: { deadline: 1_500 },
    });
  });

  it('carries the largest order: 100 lines with the longest names', () => {
    const [item] = reserveStock.example.value.items;
    const name = `${'가'.repeat(200)} (${'나'.repeat(200)})`;
    const items = Array.from({ length: 100 }, () => ({ ...item, name, price: MONEY_MAX }));
    const { body } = writer.reply(reserveStock, done({ items, subtotal: MONEY_MAX }), cause);
    expect(body.length).toBeGreaterThan(64 * 1024);
  });

  it('refuses a body that is too large; an answer may be larger', () => {
    const big = 'x'.repeat(BODY_BYTES_MAX);
    const to = { replyTo: 'there', correlationId: 'c-1' };
    const { payload } = debitWallet.example;
    expect(() => writer.outgoing(commandTo(debitWallet, { ...payload, userId: big }, 'o'))).toThrow(
      BodyTooLarge,
    );
    expect(writer.answer(to, done(big)).body.length).toBeGreaterThan(BODY_BYTES_MAX);
    expect(() => writer.answer(to, done('x'.repeat(ANSWER_BYTES_MAX)))).toThrow(BodyTooLarge);
  });
});

describe('deadLetterFrame', () => {
  it('keeps the message as it was and says why it is parked', () => {
    const message = {
      content: Buffer.from('{'),
      properties: {
        type: 'wallet.debit',
        messageId: 'm-1',
        correlationId: 'order-1',
        expiration: '5',
        headers: { 'schema-version': 1 },
      },
    } as unknown as Message;
    const queue = { name: 'q', deadLetterQueue: 'q.dead', role: 'commands', bindings: [] } as const;
    const frame = deadLetterFrame(message, queue, { reason: 'malformed', detail: 'not JSON' }, now);
    expect(frame).toMatchObject({
      exchange: '',
      routingKey: 'q.dead',
      body: message.content,
      confirmed: true,
    });
    expect(ENVELOPES.parked.parse(frame.options.headers)).toEqual(frame.options.headers);
    expect(frame.options).toMatchObject({
      type: 'wallet.debit',
      correlationId: 'order-1',
      persistent: true,
      mandatory: true,
      headers: {
        'schema-version': 1,
        'parked-message-id': 'm-1',
        'parked-reason': 'malformed',
        'parked-error': 'not JSON',
        'parked-queue': 'q',
        'parked-at': '1970-01-01T00:00:00.000Z',
      },
    });
    expect(frame.options.expiration).toBeUndefined();
  });

  it('bears the most that can be asked for: 100 products with 100 options, named in characters of four bytes', () => {
    const name = '🍵'.repeat(200);
    const { productId } = readProducts.example.value.products[0]!;
    const option = { optionId: productId, name, price: MONEY_MAX, stock: STOCK_MAX };
    const options = Array.from({ length: 100 }, () => option);
    const product = { productId, name, price: MONEY_MAX, stock: MONEY_MAX, status: 'SUSPENDED', options };
    const outcome = done({ products: Array.from({ length: 100 }, () => product) });
    expect(() => writer.answer({ replyTo: 'gateway', correlationId: '1' }, outcome)).not.toThrow();
  });

  it('writes an answer that many get once', () => {
    const outcome = done({ balance: 1 });
    const [first, second] = ['1', '2'].map((correlationId) =>
      writer.answer({ replyTo: 'gateway', correlationId }, outcome),
    );
    expect(second?.body).toBe(first?.body);
    expect(second?.options.correlationId).toBe('2');
  });
});
