import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Channel, ConsumeMessage } from 'amqplib';
import { ackAll, ConsumerSession, type Arrival } from './consumer-session.js';

type Sent = readonly [what: 'ack' | 'ack all up to' | 'give back' | 'drop', deliveryTag: number];

/** A session that has been handed messages 1 to `count`, and what it sends. */
async function handed(count: number) {
  const sent: Sent[] = [];
  let deliver: (message: ConsumeMessage) => void = () => undefined;
  const channel = Object.assign(new EventEmitter(), {
    prefetch: async () => undefined,
    consume: async (_queue: string, onMessage: typeof deliver) => {
      deliver = onMessage;
      return { consumerTag: 'tag' };
    },
    ack: ({ fields }: ConsumeMessage, allUpTo = false) =>
      void sent.push([allUpTo ? 'ack all up to' : 'ack', fields.deliveryTag]),
    nack: ({ fields }: ConsumeMessage, _allUpTo: boolean, isToComeAgain: boolean) =>
      void sent.push([isToComeAgain ? 'give back' : 'drop', fields.deliveryTag]),
  });
  const session = new ConsumerSession({ name: 'queue' }, channel as unknown as Channel);
  const arrivals: Arrival[] = [];
  await session.consume(
    10,
    (arrival) => arrivals.push(arrival),
    () => undefined,
  );
  for (let deliveryTag = 1; deliveryTag <= count; deliveryTag += 1) {
    deliver({ fields: { deliveryTag } } as ConsumeMessage);
  }
  const ack = (...tags: number[]): void =>
    ackAll(tags.map((tag) => ({ arrival: arrivals[tag - 1] as Arrival })));
  const giveBack = (tag: number): void => session.giveBack(arrivals[tag - 1] as Arrival);
  return { sent, ack, giveBack, channel };
}

describe('a consumer session', () => {
  it('acknowledges all that is older than anything open in one frame', async () => {
    const { sent, ack } = await handed(5);
    ack(3, 1, 2);
    expect(sent).toEqual([['ack all up to', 3]]);
  });

  it('never acknowledges what is still in work along with what came after it', async () => {
    const { sent, ack } = await handed(5);
    ack(1, 3, 4);
    expect(sent).toEqual([
      ['ack all up to', 1],
      ['ack', 3],
      ['ack', 4],
    ]);
    ack(2);
    expect(sent.at(-1)).toEqual(['ack all up to', 2]);
    ack(5);
    expect(sent.at(-1)).toEqual(['ack all up to', 5]);
  });

  it('leaves alone what it has given back, and what it has acknowledged', async () => {
    const { sent, ack, giveBack } = await handed(3);
    giveBack(1);
    ack(1, 2);
    ack(2);
    expect(sent).toEqual([
      ['give back', 1],
      ['ack all up to', 2],
    ]);
  });

  it('sends nothing once its channel has closed', async () => {
    const { sent, ack, giveBack, channel } = await handed(2);
    channel.emit('close');
    ack(1);
    giveBack(2);
    expect(sent).toEqual([]);
  });
});
