import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually, pace, startKafka, uniqueName, type KafkaCluster } from '@jangteo/testkit';
import { KafkaSink } from '../src/data-platform/kafka-sink.js';
import type { PlatformRecord } from '../src/domain/data-platform.js';
import { Desk, times } from './desk.js';
import {
  ageFailure,
  cancelAll,
  emptyPlatform,
  forgetLeader,
  oneTo,
  relayOf,
  relayRow,
  sell,
} from './platform-desk.js';

const here = await pace();
let desk: Desk;
let kafka: KafkaCluster;
beforeAll(async () => {
  desk = await Desk.open();
  Logger.overrideLogger(false);
  kafka = await startKafka();
});
afterAll(async () => {
  await desk.close();
  await kafka.stop();
});

let topic: string;
let userId: string;
beforeEach(async () => {
  await emptyPlatform(desk);
  topic = uniqueName('orders');
  userId = randomUUIDv7();
});

async function arrived(count: number) {
  return await eventually(
    async () => {
      const records = await kafka.records(topic);
      expect(records.length).toBeGreaterThanOrEqual(count);
      return records.map(({ value, ...record }) => ({ ...record, its: JSON.parse(value) as PlatformRecord }));
    },
    { deadlineMs: 20_000, everyMs: 50 },
  );
}

describe('over Kafka', () => {
  it('records arrive once, keyed by their order, and each order’s in their order', async () => {
    const sink = new KafkaSink([kafka.brokers], topic);
    const relay = relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '16' });
    const orderIds = await sell(desk, userId, 40);
    await cancelAll(desk, orderIds.slice(0, 20));
    await relay.relay();
    expect(await relayRow(desk)).toMatchObject({ sent: 60, failures: 0, lastFailure: null });
    const records = await arrived(60);
    expect(records.map(({ its }) => its.sequence).toSorted((a, b) => a - b)).toEqual(oneTo(60));
    for (const { key, its } of records) expect(key).toBe(its.orderId);
    const partitions = Map.groupBy(records, ({ partition }) => partition);
    expect(partitions.size).toBeGreaterThan(1);
    for (const inPartition of partitions.values()) {
      const sequences = inPartition.map(({ its }) => its.sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    }
    for (const ofOrder of Map.groupBy(records, ({ key }) => key).values()) {
      expect(new Set(ofOrder.map(({ partition }) => partition)).size).toBe(1);
    }
    await relay.beforeApplicationShutdown();
  });

  it('one connection serves batch after batch', async () => {
    const sink = new KafkaSink([kafka.brokers], topic);
    for (const round of times(5, (index) => index + 1)) {
      await sell(desk, userId, 3);
      await forgetLeader(desk);
      await relayOf(desk, sink).relay();
      expect(await relayRow(desk)).toMatchObject({ sent: round * 3 });
    }
    const sequences = (await arrived(15)).map(({ its }) => its.sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(oneTo(15));
    await sink.close();
  });

  it('a batch that is sent again arrives again, whatever the broker remembers of the first time', async () => {
    const sink = new KafkaSink([kafka.brokers], topic);
    const relay = relayOf(desk, sink);
    await sell(desk, userId, 4);
    await relay.relay();
    await desk.database.rows('UPDATE platform_relay SET sent_seq = 2');
    await relay.relay();
    const sequences = (await arrived(6)).map(({ its }) => its.sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 3, 4, 4]);
    await relay.beforeApplicationShutdown();
  });

  it('a cluster that dies is a failure in time, and one that comes up in its place gets the rest', async () => {
    const first = await startKafka();
    const port = Number(first.brokers.split(':')[1]);
    const sink = new KafkaSink([first.brokers], topic);
    const relay = relayOf(desk, sink, { DATA_PLATFORM_TIMEOUT_MS: '3000' });
    await sell(desk, userId, 2);
    await relay.relay();
    expect(await relayRow(desk)).toMatchObject({ sent: 2 });
    await first.stop();
    await sell(desk, userId, 2);
    const began = performance.now();
    await relay.relay();
    expect(performance.now() - began).toBeLessThan(here(6_000));
    expect(await relayRow(desk)).toMatchObject({ sent: 2, failures: 1 });
    expect((await relayRow(desk)).lastFailure).toMatch(/./);
    const second = await startKafka({ port });
    await ageFailure(desk, 60_000);
    await relay.relay();
    expect(await relayRow(desk)).toMatchObject({ sent: 4, failures: 0 });
    await eventually(async () => {
      const records = await second.records(topic);
      const sequences = records.map(({ value }) => (JSON.parse(value) as PlatformRecord).sequence);
      expect(sequences.toSorted((a, b) => a - b)).toEqual([3, 4]);
    });
    await relay.beforeApplicationShutdown();
    await second.stop();
  });
});
