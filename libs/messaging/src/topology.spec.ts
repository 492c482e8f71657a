import { describe, expect, it } from '@jest/globals';
import { DELIVERY_LIMIT, queuesOf } from '@jangteo/contracts';
import type { Channel, Options } from 'amqplib';
import type { MessagingOptions } from './config.js';
import { declareTopology } from './topology.js';

/** What the wallet declares, by name. */
async function declared(REQUEST_QUEUES: 'classic' | 'quorum'): Promise<Record<string, Options.AssertQueue>> {
  const queues: Record<string, Options.AssertQueue> = {};
  const channel = {
    assertExchange: async () => undefined,
    assertQueue: async (name: string, options: Options.AssertQueue) => void (queues[name] = options),
    bindQueue: async () => undefined,
  } as unknown as Channel;
  const config = { MESSAGING_NAMESPACE: 'shop', REQUEST_QUEUES };
  await declareTopology(channel, { service: 'wallet', config } as unknown as MessagingOptions);
  return queues;
}

const quorum = { 'x-queue-type': 'quorum' };
const limited = { ...quorum, 'x-delivery-limit': DELIVERY_LIMIT };
const [requests, commands] = ['requests', 'commands'].map((role) =>
  queuesOf('shop', 'wallet').find((queue) => queue.role === role),
);

// A queue that exists with other arguments is refused: what changes here can be upgraded to by nobody.
describe('the queues of a service', () => {
  it.each([
    ['classic', { 'x-queue-type': 'classic' }],
    ['quorum', limited],
  ] as const)(
    'outlive the broker, and keep what came back too often, but for requests: %s',
    async (type, args) => {
      expect(await declared(type)).toMatchObject({
        [requests!.name]: { durable: true, arguments: args },
        [requests!.deadLetterQueue]: { durable: true, arguments: quorum },
        [commands!.name]: {
          durable: true,
          arguments: {
            ...limited,
            'x-dead-letter-exchange': '',
            'x-dead-letter-routing-key': commands!.deadLetterQueue,
            'x-dead-letter-strategy': 'at-least-once',
            'x-overflow': 'reject-publish',
          },
        },
        [commands!.deadLetterQueue]: { durable: true, arguments: quorum },
      });
    },
  );
});
