import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queuesOf } from '@jangteo/contracts';
import { Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import { z } from 'zod';
import { messagingEnv } from './config.js';
import { MessageWriter, type OutboundMessage } from './outbound-messages.js';
import { Parking } from './parking.js';
import { PublishFailed } from './publisher.js';
import type { PipelineContext } from './route.js';
import { sendersOf } from './senders.js';

const config = z.object(messagingEnv).parse({ AMQP_URL: 'amqp://shop_wallet:secret@broker' });
const options = { service: 'wallet', config } as const;

/** A place to park what came to a queue of the wallet, all that happens there, and how often nothing is confirmed. */
function placeFor(role: 'commands' | 'requests', failures = 0) {
  const queue = queuesOf('jangteo', 'wallet').find((one) => one.role === role)!;
  const stopping = new AbortController();
  const happened: string[] = [];
  let left = failures;
  const send = async (frames: readonly OutboundMessage[]): Promise<void> => {
    for (const { routingKey, body } of frames) {
      const { refusal } = JSON.parse(body.toString()) as { refusal?: { code: string } };
      happened.push(refusal === undefined ? `to ${routingKey}` : `answer ${refusal.code}`);
    }
    if (left > 0) {
      left -= 1;
      throw new PublishFailed('not confirmed', frames);
    }
  };
  const context = {
    config,
    senders: sendersOf(options),
    writer: new MessageWriter(options),
    publisher: { send },
    stopping: stopping.signal,
    declareAgain: async () => void happened.push('declare'),
  } as unknown as PipelineContext;
  const properties = { type: 'wallet.debit', userId: 'shop_order', replyTo: 'who-asks', correlationId: 'c1' };
  const message = { content: Buffer.from('{}'), properties, fields: {} } as unknown as ConsumeMessage;
  const session = { isAlive: true, ack: () => void happened.push('ack'), giveBack: () => undefined };
  const park = (reason: string, sessions = [session]): Promise<void> =>
    new Parking({ queue, label: 'a test' }, context).park(
      sessions.map((its) => ({
        arrival: { message, session: its, arrivedAtMs: 0 },
        verdict: { reason, detail: 'why' },
      })),
    );
  return { park, happened, stopping, session, dead: `to ${queue.deadLetterQueue}` };
}

describe('a message that is parked', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error']));

  it('is acknowledged once it is among the dead letters, whose queue may have to be made anew', async () => {
    const { park, happened, dead } = placeFor('commands', 1);
    await park('malformed');
    expect(happened).toEqual([dead, 'declare', dead, 'ack']);
  });

  it('stays where it is when the process ends before', async () => {
    const { park, happened, stopping, dead } = placeFor('commands', 1);
    stopping.abort();
    await park('malformed');
    expect(happened).toEqual([dead]);
  });

  it('is left to the redelivery where its connection has ended', async () => {
    const { park, happened, session, dead } = placeFor('commands');
    await park('malformed', [session, { ...session, isAlive: false }]);
    expect(happened).toEqual([dead, 'ack']);
  });

  it.each([
    ['handler-failed', ['answer INTERNAL']],
    ['invalid-payload', ['answer VALIDATION_FAILED']],
    ['wrong-sender', []],
    ['no-sender', []],
  ])('as a request is told to whoever asks, but to no stranger: %s', async (reason, answers) => {
    const { park, happened, dead } = placeFor('requests');
    await park(reason);
    expect(happened).toEqual([dead, ...answers, 'ack']);
  });
});
