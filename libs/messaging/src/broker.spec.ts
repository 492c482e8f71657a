import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Channel } from 'amqplib';
import { z } from 'zod';
import { Broker } from './broker.js';
import { messagingEnv } from './config.js';

const config = z.object(messagingEnv).parse({ AMQP_URL: 'amqp://broker', MESSAGING_NAMESPACE: 'test' });

type Work = (channel: Channel) => Promise<void>;

/** One whose publishing connection opens channels like this. */
function brokerWith(onTemporaryChannel: (work: Work) => Promise<void>): Broker {
  const broker = new Broker({ service: 'wallet', config });
  Object.defineProperty(broker, 'publishing', { value: { isOpen: true, onTemporaryChannel } });
  return broker;
}

const channelThat = (checkQueue: (name: string) => Promise<unknown>) => (work: Work) =>
  work({ checkQueue } as unknown as Channel);

describe('the queues of a service', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error']));

  it('are told with what waits and who reads', async () => {
    const broker = brokerWith(channelThat(async () => ({ messageCount: 3, consumerCount: 2 })));
    expect(await broker.readQueues()).toContainEqual({
      queue: 'test.wallet.commands',
      messages: 3,
      consumers: 2,
    });
  });

  it('are told of others each for itself: one that is missing hides no other', async () => {
    const broker = brokerWith(
      channelThat(async (name) => {
        if (name === 'lost') throw new Error('NOT_FOUND');
        return { messageCount: 7, consumerCount: 0 };
      }),
    );
    expect(await broker.readQueuesNamed(['lost', 'left'])).toEqual([
      { queue: 'left', messages: 7, consumers: 0 },
    ]);
    const silent = brokerWith(() => new Promise(() => undefined));
    expect(await silent.readQueuesNamed(['left'])).toEqual([]);
  });

  it.each([
    ['without a connection', new Broker({ service: 'wallet', config })],
    ['while no channel is opened', brokerWith(() => new Promise(() => undefined))],
    ['when the connection goes', brokerWith(() => Promise.reject(new Error('Connection closed')))],
    [
      'when one of them is missing',
      brokerWith(
        channelThat(async (name) => {
          if (name.endsWith('.requests')) throw new Error('NOT_FOUND');
          return { messageCount: 0, consumerCount: 0 };
        }),
      ),
    ],
  ])('are not told %s, and nobody fails for it', async (_when, broker) => {
    expect(await broker.readQueues()).toEqual([]);
  });
});
