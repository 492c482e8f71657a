import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readBalance } from '@jangteo/contracts';
import type { Message } from 'amqplib';
import { z } from 'zod';
import type { Broker } from './broker.js';
import { messagingEnv, type MessagingOptions } from './config.js';
import { UpstreamFailure, UpstreamUnavailable } from './message.types.js';
import { RequestClient } from './request-client.js';
import { sendersOf } from './senders.js';

const PAYLOAD = readBalance.example.payload;

describe('a request client', () => {
  let client: RequestClient;
  /** Does with each request what a broker or a service does. */
  let onRequest: (correlationId: string) => void;
  let hear: (message: Message) => void;
  let handBack: (message: Message) => void;
  const lines = jest.fn();

  beforeEach(async () => {
    lines.mockClear();
    Logger.overrideLogger({ log: lines, warn: lines, error: lines });
    const setups: ((connection: unknown) => Promise<void>)[] = [];
    const channel = {
      on: (event: string, listener: typeof handBack) => event === 'return' && (handBack = listener),
      consume: async (_queue: string, listener: typeof hear) => void (hear = listener),
      publish: (...[, , , { correlationId }]: [string, string, Buffer, { correlationId: string }]) =>
        setImmediate(onRequest, correlationId),
    };
    const publishing = {
      isOpen: true,
      addSetup: (setup: (connection: unknown) => Promise<void>) => setups.push(setup),
      openChannel: async () => channel,
    };
    const config = z
      .object(messagingEnv)
      .parse({ AMQP_URL: 'amqp://broker', MESSAGING_NAMESPACE: 'test', UNSIGNED_MESSAGES: 'take' });
    const options: MessagingOptions = { service: 'gateway', config };
    client = new RequestClient({ publishing, options, senders: sendersOf(options) } as unknown as Broker);
    for (const setup of setups) await setup({});
  });
  afterEach(() => Logger.overrideLogger(['error']));

  const failuresOf = async (count: number): Promise<unknown[]> =>
    await Promise.all(
      Array.from({ length: count }, () => client.ask(readBalance, PAYLOAD).catch((error: unknown) => error)),
    );

  it('says nothing itself of a service without a queue: who asked is told', async () => {
    onRequest = (correlationId) => handBack({ properties: { correlationId } } as Message);
    const [failure] = await failuresOf(1);
    expect(failure).toBeInstanceOf(UpstreamUnavailable);
    expect(String(failure)).toContain('wallet.read-balance: its service has no queue');
    expect(lines).not.toHaveBeenCalled();
  });

  it('says that a service fails, bounded however many ask', async () => {
    const content = Buffer.from(JSON.stringify({ ok: false, refusal: { code: 'INTERNAL' } }));
    onRequest = (correlationId) =>
      hear({ content, properties: { correlationId, headers: {} } } as unknown as Message);
    for (const failure of await failuresOf(50)) expect(failure).toBeInstanceOf(UpstreamFailure);
    expect(lines).toHaveBeenCalledTimes(10);
    expect(lines.mock.calls[0]?.[0]).toBe('wallet.read-balance: its service answered INTERNAL');
  });
});
