import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '@jangteo/testkit';
import { sinkOf } from '../src/data-platform/data-platform.module.js';
import type { DataPlatformRelay } from '../src/data-platform/relay.js';
import { readRecordPage } from '../src/data-platform/relay.queries.js';
import type { PlatformRecord } from '../src/domain/data-platform.js';
import { Desk } from './desk.js';
import { cancelAll, emptyPlatform, oneTo, platformConfig, relayOf, relayRow, sell } from './platform-desk.js';
import { ThreeBrokers } from './three-brokers.js';

/** A broker's end is known after seconds, and it starts again on a machine with much else to do. */
const PATIENCE = { deadlineMs: 240_000, everyMs: 20 };
const PAGE_BYTES = 1_000_000;

let desk: Desk;
let kafka: ThreeBrokers;
beforeAll(async () => {
  Logger.overrideLogger(false);
  [desk, kafka] = await Promise.all([Desk.open(), ThreeBrokers.start()]);
});
afterAll(async () => {
  await desk.close();
  await kafka.stop();
});

let topic: string;
let relay: DataPlatformRelay;
let userId: string;
beforeEach(async () => {
  await emptyPlatform(desk);
  topic = await eventually(() => kafka.topic(), PATIENCE);
  const settings = {
    DATA_PLATFORM_URL: `kafka://${kafka.addresses.join(',')}/${topic}`,
    // Many batches, so that one is on its way whenever a broker dies.
    DATA_PLATFORM_BATCH_MAX: '5',
    DATA_PLATFORM_TIMEOUT_MS: '5000',
    DATA_PLATFORM_RETRY_MS: '50',
    DATA_PLATFORM_RETRY_MS_MAX: '500',
  };
  relay = relayOf(desk, sinkOf(platformConfig(settings)), settings);
  userId = randomUUIDv7();
  relay.onApplicationBootstrap();
});
afterEach(async () => {
  await relay.beforeApplicationShutdown();
});

async function untilSent(count: number): Promise<void> {
  await eventually(
    async () => expect(await relayRow(desk)).toMatchObject({ sent: count, failures: 0 }),
    PATIENCE,
  );
}

/** The numbers that count for a receiver by the rule of docs/data-platform.md, in order. */
async function countedNumbers(): Promise<number[]> {
  const highest = new Map<number, number>();
  const partitionOf = new Map<string, number>();
  const counted: number[] = [];
  for (const { partition, key, value } of await kafka.records(topic)) {
    const { sequence, orderId } = JSON.parse(value) as PlatformRecord;
    expect(key).toBe(orderId);
    expect(partition).toBe(partitionOf.get(key) ?? partition);
    partitionOf.set(key, partition);
    if (sequence <= (highest.get(partition) ?? 0)) continue;
    highest.set(partition, sequence);
    counted.push(sequence);
  }
  return counted.toSorted((a, b) => a - b);
}

describe('R39: records go to three brokers', () => {
  it('while one of them is lost, each once and in the order of its key', async () => {
    const orderIds = await sell(desk, userId, 200);
    await eventually(async () => (await relayRow(desk)).sent > 20, PATIENCE);
    await kafka.lose(2);
    expect((await relayRow(desk)).sent).toBeLessThan(200);
    await cancelAll(desk, orderIds.slice(0, 50));
    await untilSent(250);
    // What it had confirmed, and nobody else had, would be missing.
    expect(await countedNumbers()).toEqual(oneTo(250));
    await kafka.bring(2);
  });

  it('once two that were lost are back, and none counts as sent before; orders go on', async () => {
    const orderIds = await sell(desk, userId, 20);
    await untilSent(20);
    await kafka.lose(2, 3);
    await sell(desk, userId, 30);
    await cancelAll(desk, orderIds.slice(0, 10));
    const refusal = new RegExp(
      `^fewer replicas of topic ${topic} are in sync than its min\\.insync\\.replicas asks for: `,
    );
    await eventually(
      async () =>
        expect(await relayRow(desk)).toMatchObject({
          numbered: 60,
          lastFailure: expect.stringMatching(refusal),
        }),
      PATIENCE,
    );
    const { failures } = await relayRow(desk);
    await sell(desk, userId, 5);
    await eventually(async () => (await relayRow(desk)).failures > failures + 1, PATIENCE);
    expect(await relayRow(desk)).toMatchObject({ sent: 20, numbered: 65 });
    const page = await readRecordPage(desk.database, 0, { limit: 100, bytesMax: PAGE_BYTES });
    expect(page.records.map(({ sequence }) => sequence)).toEqual(oneTo(65));
    await kafka.bring(2, 3);
    await untilSent(65);
    expect(await countedNumbers()).toEqual(oneTo(65));
  });
});
