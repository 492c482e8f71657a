import { describe, expect, it } from '@jest/globals';
import type { ConsumeMessage, MessageProperties } from 'amqplib';
import { z } from 'zod';
import { HEADERS, id, PARKED_HEADERS, type Queue } from '@jangteo/contracts';
import { bundled } from './bundles.js';
import type { Arrival } from './consumer-session.js';
import { frameAgain, GIVEN_UP_TOGETHER, recordsOf, type DeadLetterRecord } from './dead-letter-record.js';
import { deadLetterFrame } from './dead-letters.js';
import type { OutboundMessage } from './outbound-messages.js';
import { messagingEnv } from './config.js';
import { sendersOf } from './senders.js';

const queue: Queue = {
  name: 'shop.wallet.commands',
  role: 'commands',
  deadLetterQueue: 'shop.wallet.commands.dead',
  bindings: [],
};
const requests: Queue = { ...queue, name: 'shop.wallet.requests', role: 'requests' };

/** With headers of any kind: others may send them. */
type AnyProperties = Omit<Partial<MessageProperties>, 'headers'> & { headers?: Record<string, unknown> };

function message(content: string | Buffer, properties: AnyProperties): ConsumeMessage {
  return { content: Buffer.from(content), properties, fields: {} } as unknown as ConsumeMessage;
}

function arrivalOf(arrived: ConsumeMessage): Arrival {
  const session = { isAlive: true, ack: () => undefined, giveBack: () => undefined };
  return { message: arrived, session, arrivedAtMs: 0 };
}

const senders = sendersOf({
  service: 'wallet',
  config: z.object(messagingEnv).parse({ AMQP_URL: 'amqp://shop_wallet:secret@broker' }),
});
const now = { nowMs: 0, senders };
const ours = { userId: senders.own };

const bad = message('{"amount":-1}', {
  userId: 'shop_order',
  type: 'wallet.debit',
  messageId: 'm1',
  correlationId: 'o1',
  timestamp: 7,
  headers: { [HEADERS.schemaVersion]: 1, [HEADERS.requestId]: 'r1' },
});

/** As it comes out of the dead-letter queue into which we put it. */
function parked(original: ConsumeMessage, from = queue): ConsumeMessage {
  const { body, options } = deadLetterFrame(original, from, { reason: 'a reason', detail: 'a detail' }, now);
  return message(body, options);
}

function recordOf(dead: ConsumeMessage, from = queue): DeadLetterRecord {
  const [found] = recordsOf(arrivalOf(dead), { queue: from, senders });
  if (found === undefined) throw new Error('no record');
  return found.record;
}

const asMessage = ({ body, options }: OutboundMessage): ConsumeMessage => message(body, options);

describe('the record of a dead letter', () => {
  it('says what it was, where from, and why it was put aside', () => {
    const record = recordOf(parked(bad));
    expect(record).toMatchObject({
      queue: queue.name,
      type: 'wallet.debit',
      messageId: 'm1',
      correlationId: 'o1',
      reason: 'a reason',
      detail: 'a detail',
      earlierId: null,
      isSendable: true,
    });
    expect(id.safeParse(record.deadLetterId).success).toBe(true);
    expect(record.body.toString()).toBe('{"amount":-1}');
  });

  it('has one id however often the message is parked, and another for another message', () => {
    const { deadLetterId } = recordOf(parked(bad));
    expect(recordOf(parked(bad)).deadLetterId).toBe(deadLetterId);
    const others = [
      message('{"amount":-2}', bad.properties),
      message('{"amount":-1}', { ...bad.properties, messageId: 'm2' }),
      message('{"amount":-1}', { ...bad.properties, type: 'wallet.refund' }),
    ];
    for (const other of others) expect(recordOf(parked(other)).deadLetterId).not.toBe(deadLetterId);
    expect(recordOf(parked(bad), requests).deadLetterId).not.toBe(deadLetterId);
  });

  it('tells apart two that have no id of their own', () => {
    const nameless = message('x', { type: 'a' });
    const [one, other] = [recordOf(parked(nameless)), recordOf(parked(nameless))];
    expect([one.messageId, other.messageId]).toEqual([null, null]);
    expect(one.deadLetterId).not.toBe(other.deadLetterId);
  });

  it('takes whatever bytes and headers there are', () => {
    const odd = message(Buffer.from([0, 255]), {
      userId: 'shop_order',
      type: 'nul\0',
      messageId: 'nul\0',
      headers: { 'x-death': 'forged', [HEADERS.sentAgain]: 7, deep: { a: [Buffer.from('b'), null, 1.5] } },
    });
    for (const record of [recordOf(odd), recordOf(parked(odd))]) {
      expect(record).toMatchObject({ type: 'nul\uFFFD', messageId: 'nul\uFFFD', earlierId: null });
      expect(frameAgain(record, ours).body).toEqual(Buffer.from([0, 255]));
    }
  });

  it('keeps of type and reason no more than an index takes', () => {
    const long = message('{}', {
      type: 't'.repeat(300),
      headers: { [PARKED_HEADERS.reason]: 'r'.repeat(300) },
    });
    const { type, reason } = recordOf(
      Object.assign(long, { properties: { ...long.properties, userId: 'shop_wallet' } }),
    );
    expect([type.length, reason.length]).toEqual([255, 255]);
  });

  it('keeps who had sent it, and no word of theirs about that', () => {
    const claims = {
      [HEADERS.sender]: 'shop_wallet',
      [HEADERS.vouchedBy]: 'somebody',
      [HEADERS.sentAgain]: '0198c0de-0000-7000-8000-000000000001',
      [PARKED_HEADERS.sender]: 'shop_wallet',
    };
    for (const userId of ['shop_order', 'shop_coupon', undefined]) {
      const record = recordOf(parked(message('{}', { ...bad.properties, userId, headers: claims })));
      expect((JSON.parse(record.properties) as { sender?: string }).sender).toBe(userId);
      const { options } = frameAgain(record, { userId: 'shop_wallet', vouchedBy: 'admin' });
      expect(options.userId).toBe('shop_wallet');
      expect(options.headers).toEqual({
        [HEADERS.sentAgain]: record.deadLetterId,
        ...(userId === undefined ? { [HEADERS.vouchedBy]: 'admin' } : { [HEADERS.sender]: userId }),
      });
      expect(frameAgain(record, ours).options.headers).not.toHaveProperty(HEADERS.vouchedBy);
      const again = recordOf(parked(asMessage(frameAgain(record, ours))));
      expect((JSON.parse(again.properties) as { sender?: string }).sender).toBe(userId);
    }
  });

  it('says so where somebody else has put it among the dead letters', () => {
    const { options, body } = deadLetterFrame(bad, queue, { reason: 'a reason', detail: 'a detail' }, now);
    const put = (userId: string | undefined) => recordOf(message(body, { ...options, userId }));
    expect(put('shop_wallet').reason).toBe('a reason');
    expect(put('shop_coupon').reason).toBe('wrong-sender');
    expect(put(undefined).reason).toBe('no-sender');
    const during = { queue, senders: { ...senders, takesUnsigned: true } };
    const [older] = recordsOf(arrivalOf(message(body, { ...options, userId: undefined })), during);
    expect(older?.record.reason).toBe('a reason');
  });

  it('is not sent again where it is the request of a client, whatever it says', () => {
    for (const body of ['{"operation":{"key":"k","fingerprint":"f"}}', '{"userId":"u"}', 'no JSON']) {
      expect(recordOf(parked(message(body, { type: 'wallet.charge' }), requests), requests).isSendable).toBe(
        false,
      );
    }
  });
});

describe('a dead letter that is sent again', () => {
  it('is as it was, persistent, in its queue, and names what it was', () => {
    const record = recordOf(parked(bad));
    expect(frameAgain(record, ours)).toMatchObject({
      exchange: '',
      routingKey: queue.name,
      confirmed: true,
      options: {
        type: 'wallet.debit',
        messageId: 'm1',
        correlationId: 'o1',
        timestamp: 7,
        persistent: true,
        mandatory: true,
        headers: {
          [HEADERS.schemaVersion]: 1,
          [HEADERS.requestId]: 'r1',
          [HEADERS.sentAgain]: record.deadLetterId,
        },
      },
    });
  });

  it('is counted anew, does not expire, and goes nowhere else', () => {
    const headers = {
      CC: [queue.name],
      BCC: ['elsewhere'],
      'x-delivery-count': 51,
      'x-death': [],
      [PARKED_HEADERS.queue]: 'elsewhere',
    };
    const record = recordOf(parked(message('{}', { ...bad.properties, expiration: '1', headers })));
    const { options } = frameAgain(record, ours);
    expect(options.expiration).toBeUndefined();
    expect(options.headers).toEqual({
      [HEADERS.sentAgain]: record.deadLetterId,
      [HEADERS.sender]: 'shop_order',
    });
  });

  it('is another dead letter when it fails again, which names the first, and the same if it was sent twice', () => {
    const first = recordOf(parked(bad));
    const [once, twice] = [first, first].map((record) =>
      recordOf(parked(asMessage(frameAgain(record, ours)))),
    );
    expect(once?.earlierId).toBe(first.deadLetterId);
    expect(once?.deadLetterId).not.toBe(first.deadLetterId);
    expect(twice?.deadLetterId).toBe(once?.deadLetterId);
    const third = recordOf(parked(asMessage(frameAgain(once!, ours))));
    expect(third.earlierId).toBe(once?.deadLetterId);
  });

  it('does not route copies while it is put aside', () => {
    const copying = message('x', { ...bad.properties, headers: { CC: [queue.name], kept: 1 } });
    expect(parked(copying).properties.headers).not.toHaveProperty('CC');
    expect(parked(copying).properties.headers).toHaveProperty('kept');
  });
});

describe('what the broker itself put aside', () => {
  const death = { 'x-death': [{ reason: 'delivery_limit', count: 1, queue: queue.name }] };
  const frames = [1, 2, 3].map((amount): OutboundMessage => {
    const options = { ...bad.properties, messageId: `m${amount}` } as unknown as OutboundMessage['options'];
    return {
      exchange: '',
      routingKey: queue.name,
      body: Buffer.from(String(amount)),
      options,
      confirmed: true,
    };
  });

  it('says so', () => {
    const { reason, messageId } = recordOf(message('{}', { ...bad.properties, headers: death }));
    expect([reason, messageId]).toEqual(['delivery-limit', 'm1']);
    expect(recordOf(message('{}', { ...bad.properties, ...ours })).reason).toBe('unknown');
  });

  it('is taken apart when it is a bundle', () => {
    const [bundle] = bundled(frames);
    const dead = message(bundle!.body, { ...bundle!.options, headers: death });
    const records = recordsOf(arrivalOf(dead), { queue, senders }).map(({ record }) => record);
    expect(records.map(({ messageId, body, reason }) => [messageId, body.toString(), reason])).toEqual(
      ['1', '2', '3'].map((body) => [`m${body}`, body, GIVEN_UP_TOGETHER]),
    );
    expect(new Set(records.map(({ deadLetterId }) => deadLetterId)).size).toBe(3);
  });

  it('is one when it only says that it is a bundle', () => {
    const record = recordOf(message('x', { ...ours, type: 'bundle', messageId: 'b', headers: death }));
    expect(record).toMatchObject({ type: 'bundle', reason: 'delivery-limit' });
  });
});
