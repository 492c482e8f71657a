import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Broker } from './broker.js';
import { Condition } from './condition.js';
import { messagingEnv } from './config.js';
import { metrics } from './metrics.js';
import type { OutboundMessage } from './outbound-messages.js';
import { Publisher } from './publisher.js';

const SILENT = 'silent';

function frameTo(routingKey: string, bytes = 1): OutboundMessage {
  const options = { messageId: `${routingKey}-${bytes}`, type: `type of ${routingKey}` };
  return { exchange: '', routingKey, body: Buffer.alloc(bytes), options, confirmed: true };
}

const framesTo = (routingKey: string, count: number, bytes?: number): OutboundMessage[] =>
  Array.from({ length: count }, () => frameTo(routingKey, bytes));

describe('a publisher', () => {
  let publisher: Publisher;
  let unconfirmed: (() => void)[];
  let publishing: { isOpen: boolean };

  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['error']));

  /** On a broker that confirms at once, but for one place. */
  beforeEach(async () => {
    unconfirmed = [];
    const setups: ((connection: unknown) => Promise<void>)[] = [];
    const channel = {
      on: () => undefined,
      publish(...[, key, , , confirm]: [string, string, Buffer, object, (error: null) => void]) {
        if (key === SILENT) unconfirmed.push(() => confirm(null));
        else setImmediate(confirm, null);
      },
    };
    const link = {
      changes: new Condition(),
      isOpen: true,
      addSetup: (setup: (connection: unknown) => Promise<void>) => setups.push(setup),
      openConfirmChannel: async () => channel,
      openChannel: async () => channel,
    };
    publishing = link;
    metrics.publishFailures.reset();
    const config = z
      .object(messagingEnv)
      .parse({ AMQP_URL: 'amqp://broker', PUBLISH_DEADLINE_MS: '60000', MESSAGING_NAMESPACE: 'test' });
    publisher = new Publisher({
      publishing: link,
      options: { service: 'order', config },
    } as unknown as Broker);
    for (const setup of setups) await setup({});
  });

  it.each([
    ['many', 1_000, 1],
    ['heavy', 2, 8 * 1024 * 1024],
  ])('keeps room for every other place while %s to one are not confirmed', async (_what, count, bytes) => {
    const stuck = publisher.send(framesTo(SILENT, count, bytes));
    await publisher.send(framesTo('alive', 200));
    // Nothing more to that one, until something of it is confirmed.
    const more = publisher.send(framesTo(SILENT, 1));
    await publisher.send(framesTo('alive', 1));
    expect(unconfirmed).toHaveLength(count);
    for (const confirm of unconfirmed.splice(0)) confirm();
    await stuck;
    for (const confirm of unconfirmed.splice(0)) confirm();
    await more;
  });

  it('does not wait for room for what is only offered', async () => {
    const stuck = publisher.send(framesTo(SILENT, 1_000));
    expect(await publisher.offerFrames(framesTo(SILENT, 1))).toBe(false);
    expect(await publisher.offerFrames(framesTo('alive', 1))).toBe(true);
    expect(unconfirmed).toHaveLength(1_000);
    for (const confirm of unconfirmed) confirm();
    await stuck;
  });

  it('says which place confirms nothing, and what was to go there', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const event = { ...frameTo('sold'), exchange: 'events' };
      const sending = publisher
        .send([frameTo('alive'), ...framesTo(SILENT, 2), event])
        .catch((error: unknown) => error);
      // Until all others are confirmed.
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      await jest.advanceTimersByTimeAsync(60_000);
      expect(await sending).toHaveProperty(
        'message',
        '2 message(s) not published: no confirm in time; to silent, the first a type of silent',
      );
    } finally {
      jest.useRealTimers();
    }
    const { values } = await metrics.publishFailures.get();
    expect(values).toContainEqual({ labels: { reason: 'no confirm in time', to: SILENT }, value: 2 });
    expect(values.map(({ labels }) => labels['to'])).not.toContain('alive');
  });

  const counted = async (): Promise<unknown> =>
    (await metrics.publishFailures.get()).values.map(({ labels, value }) => [labels['reason'], value]);

  it('counts no offer to a place that is full and goes on confirming, and one to a place that is stuck', async () => {
    const stuck = publisher.send(framesTo(SILENT, 1_000)).catch(() => undefined);
    expect(await publisher.offerFrames(framesTo(SILENT, 1))).toBe(false);
    expect(await counted()).toEqual([]);
    const startedMs = performance.now();
    const now = jest.spyOn(performance, 'now').mockReturnValue(startedMs + 120_000);
    expect(await publisher.offerFrames(framesTo(SILENT, 1))).toBe(false);
    now.mockRestore();
    expect(await counted()).toEqual([['no room', 1]]);
    for (const confirm of unconfirmed) confirm();
    await stuck;
  });

  it('tells a place without room from a broker that is away', async () => {
    publishing.isOpen = false;
    await expect(publisher.send(framesTo('alive', 1), 0)).rejects.toThrow('broker not available');
    publishing.isOpen = true;
    const stuck = publisher.send(framesTo(SILENT, 1_000));
    await expect(publisher.send(framesTo(SILENT, 1), 1)).rejects.toThrow('no room; to silent');
    expect(await counted()).toEqual([
      ['broker not available', 1],
      ['no room', 1],
    ]);
    for (const confirm of unconfirmed) confirm();
    await stuck;
  });
});
