import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queuesOf } from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import { Logger } from '@nestjs/common';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { z } from 'zod';
import { messagingEnv } from './config.js';
import { DeadLetterConsumer, type DeadLetterStore } from './dead-letter-consumer.js';
import type { ReconnectingConnection } from './reconnecting-connection.js';
import type { PipelineContext } from './route.js';
import { sendersOf } from './senders.js';

const config = z.object(messagingEnv).parse({ AMQP_URL: 'amqp://shop_wallet:secret@broker' });
const queue = queuesOf('jangteo', 'wallet').find(({ role }) => role === 'commands')!;

/** A consumer of dead letters, one of which is there, and what happens: checks and keeps that fail are told. */
async function opened(store: { readonly checkFails?: number; readonly keepFails?: number }) {
  const happened: string[] = [];
  const failing = (what: string, times = 0) => {
    let left = times;
    return async (): Promise<void> => {
      happened.push(left > 0 ? `${what} fails` : what);
      if ((left -= 1) >= 0) throw new Error('the database is away');
    };
  };
  const message = { content: Buffer.from('{}'), properties: {}, fields: { deliveryTag: 1 } };
  const channel = Object.assign(new EventEmitter(), {
    prefetch: async () => undefined,
    consume: async (_queue: string, onMessage: (message: ConsumeMessage) => void) => {
      happened.push('consume');
      onMessage(message as unknown as ConsumeMessage);
      return { consumerTag: 'tag' };
    },
    cancel: async () => undefined,
    ack: () => void happened.push('ack'),
    nack: () => void happened.push('give back'),
  });
  const stopping = new AbortController();
  const senders = sendersOf({ service: 'wallet', config });
  const context = { config, senders, stopping: stopping.signal } as unknown as PipelineContext;
  const keeping: DeadLetterStore = {
    check: failing('check', store.checkFails),
    keep: failing('keep', store.keepFails),
  };
  const consumer = new DeadLetterConsumer(queue, keeping, context);
  const connection = { openChannel: async () => channel } as unknown as ReconnectingConnection;
  await consumer.open(connection, {} as ChannelModel);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await consumer.drain();
  };
  return { happened, stop };
}

describe('a dead letter', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error']));

  it('is taken out of the broker once something can be kept, and acknowledged once it is', async () => {
    const { happened, stop } = await opened({ checkFails: 1, keepFails: 2 });
    await eventually(() => happened.includes('ack'));
    await stop();
    expect(happened).toEqual(['check fails', 'check', 'consume', 'keep fails', 'keep fails', 'keep', 'ack']);
  });

  it('stays in the broker when the process ends before it is kept', async () => {
    const { happened, stop } = await opened({ keepFails: Infinity });
    await eventually(() => happened.includes('keep fails'));
    await stop();
    expect(new Set(happened)).toEqual(new Set(['check', 'consume', 'keep fails']));
  });

  it('is not touched by a process that ends before anything can be kept', async () => {
    const { happened, stop } = await opened({ checkFails: Infinity });
    await eventually(() => happened.length > 0);
    await stop();
    expect(new Set(happened)).toEqual(new Set(['check fails']));
  });
});
