import { describe, expect, it, jest } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { arrivalsOf, bundled, unbundled } from './bundles.js';
import { ackAll, type Arrival } from './consumer-session.js';
import type { OutboundMessage } from './outbound-messages.js';

function frame(index: number, more: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    exchange: '',
    routingKey: 'jangteo.catalog.commands',
    body: Buffer.from(JSON.stringify({ index, name: '찻잔' })),
    options: {
      messageId: `m${index}`,
      type: 'catalog.reserve-stock',
      correlationId: `o${index}`,
      replyTo: 'jangteo.order.replies',
      headers: { 'schema-version': 1 },
      timestamp: 1,
      appId: 'order',
      contentType: 'application/json',
      persistent: true,
      mandatory: true,
    },
    confirmed: true,
    ...more,
  };
}

/** As the broker hands it out. */
function delivered(
  { body, options }: OutboundMessage,
  headers: Record<string, unknown> = {},
): ConsumeMessage {
  const properties = { ...options, headers: { ...options.headers, ...headers } };
  return { content: body, properties, fields: { deliveryTag: 7 } } as unknown as ConsumeMessage;
}

const frames = (count: number): OutboundMessage[] =>
  Array.from({ length: count }, (_, index) => frame(index));

describe('a bundle', () => {
  it('brings every message as it was sent, in order', () => {
    const [bundle, ...others] = bundled(frames(3));
    expect(others).toEqual([]);
    const parts = unbundled(delivered(bundle as OutboundMessage));
    expect(parts.map(({ content }) => content)).toEqual(frames(3).map(({ body }) => body));
    parts.forEach(({ properties }, index) => {
      const { persistent, mandatory, ...sent } = frame(index).options;
      expect([persistent, mandatory]).toEqual([true, true]);
      expect(properties).toMatchObject(sent);
    });
  });

  it('is made for one place, of nothing large, and is of bounded size', () => {
    const other = frame(1, { routingKey: 'jangteo.wallet.commands' });
    const event = frame(2, { exchange: 'jangteo.events', routingKey: 'order.completed' });
    const large = frame(3, { body: Buffer.alloc(20_000, ' ') });
    expect(bundled([frame(0), other, event, large])).toEqual([frame(0), other, event, large]);
    expect(bundled(frames(120)).map((one) => unbundled(delivered(one)).length)).toEqual([50, 50, 20]);
    const sizeable = Array.from({ length: 20 }, (_, index) =>
      frame(index, { body: Buffer.alloc(15_000, ' ') }),
    );
    for (const { body } of bundled(sizeable)) expect(body.length).toBeLessThan(140_000);
  });

  it('says of each part how often the bundle was delivered before', () => {
    const [bundle] = bundled(frames(2));
    const parts = unbundled(delivered(bundle as OutboundMessage, { 'x-delivery-count': 3 }));
    expect(parts.map(({ properties }) => properties.headers?.['x-delivery-count'])).toEqual([3, 3]);
  });

  it('is of one sender, whom the broker vouches for, whatever its index says of a part', () => {
    const [bundle] = bundled(
      frames(2).map((one) => ({ ...one, options: { ...one.options, userId: 'order' } })),
    );
    expect(bundle?.options.userId).toBe('order');
    const text = bundle?.body.toString('latin1').replaceAll('"appId":"order"', '"userId":"forge"') ?? '';
    const forged = { ...(bundle as OutboundMessage), body: Buffer.from(text, 'latin1') };
    forged.body.writeUInt32BE(
      forged.body.readUInt32BE(0) + 2 * ('"userId":"forge"'.length - '"appId":"order"'.length),
    );
    const parts = unbundled(delivered(forged));
    expect(parts.map(({ properties }) => properties.userId)).toEqual(['order', 'order']);
  });

  it('that cannot be read stays one message, to be parked', () => {
    const [bundle] = bundled(frames(2));
    const cut = delivered(bundle as OutboundMessage);
    cut.content = cut.content.subarray(0, cut.content.length - 1);
    expect(unbundled(cut)).toEqual([cut]);
  });

  describe('that has arrived', () => {
    function arrived() {
      const [bundle] = bundled(frames(3));
      const session = { isAlive: true, ack: jest.fn(), giveBack: jest.fn() };
      const whole: Arrival = { message: delivered(bundle as OutboundMessage), session, arrivedAtMs: 5 };
      return { session, whole, parts: arrivalsOf(whole) };
    }
    const acknowledge = (arrivals: readonly Arrival[]) => ackAll(arrivals.map((arrival) => ({ arrival })));

    it('is acknowledged once, when its last part is', () => {
      const { session, whole, parts } = arrived();
      acknowledge(parts.slice(0, 2));
      acknowledge(parts.slice(0, 2));
      expect(session.ack).not.toHaveBeenCalled();
      acknowledge(parts);
      acknowledge(parts);
      expect(session.ack.mock.calls).toEqual([[[whole.message]]]);
      expect(session.giveBack).not.toHaveBeenCalled();
    });

    it('goes back whole when a part goes back, and only once all the others are done', () => {
      const { session, whole, parts } = arrived();
      parts[1]?.session.giveBack(parts[1]);
      acknowledge(parts.slice(0, 1));
      expect(session.giveBack).not.toHaveBeenCalled();
      acknowledge(parts.slice(2));
      expect(session.giveBack.mock.calls).toEqual([[whole]]);
      expect(session.ack).not.toHaveBeenCalled();
    });

    it('lives as long as the session that brought it', () => {
      const { session, parts } = arrived();
      session.isAlive = false;
      expect(parts.map((part) => part.session.isAlive)).toEqual([false, false, false]);
    });
  });
});
