import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { done, reserveStock } from '@jangteo/contracts';
import { eventually, pace } from '@jangteo/testkit';
import { register } from 'prom-client';
import { readBacklog } from '../src/data-platform/relay.queries.js';
import { debitedFor, delivery, Desk, orderFor, PRICE, reply, reservedFor, times } from './desk.js';
import {
  ageFailure,
  cancelAll,
  emptyPlatform,
  forgetLeader,
  MemorySink,
  oneTo,
  relayOf,
  relayRow,
  sell,
  untilAborted,
} from './platform-desk.js';

const here = await pace();
let desk: Desk;
const lines: string[] = [];
beforeAll(async () => {
  desk = await Desk.open();
  Logger.overrideLogger({
    log: () => {},
    warn: () => {},
    error: (line: unknown) => lines.push(String(line)),
  });
});
afterAll(() => desk.close());

let userId: string;
let sink: MemorySink;
beforeEach(async () => {
  userId = randomUUIDv7();
  sink = new MemorySink();
  lines.length = 0;
  await emptyPlatform(desk);
});

const counted = async (name: string): Promise<number> => {
  const metric = await register.getSingleMetric(name)?.get();
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN;
};

/** Reads the records as they come, from page to page. */
function readingAlong() {
  const seen: number[] = [];
  let after = 0;
  const goOn = async (): Promise<void> => {
    const outcome = await desk.orders.readRecords({ after, limit: 7 });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    seen.push(...outcome.value.records.map(({ sequence }) => sequence));
    after = outcome.value.next;
  };
  let isStopped = false;
  const running = (async () => {
    while (!isStopped) await goOn();
  })();
  return {
    /** Goes on until this number was read. @returns all numbers that were */
    async until(last: number): Promise<number[]> {
      isStopped = true;
      await running;
      while (after < last) await goOn();
      return seen;
    },
  };
}

describe('the data platform', () => {
  it('gets every success and every cancellation, numbered from 1', async () => {
    const [orderId, kept] = await sell(desk, userId, 2);
    const relay = relayOf(desk, sink);
    await relay.relay();
    await cancelAll(desk, [orderId!]);
    await relay.relay();
    expect(sink.received.map(({ sequence, type, orderId: id }) => [sequence, type, id])).toEqual([
      [1, 'order.completed', orderId],
      [2, 'order.completed', kept],
      [3, 'order.cancelled', orderId],
    ]);
    const [success, , cancellation] = sink.received;
    expect(success).toMatchObject({ userId, subtotal: PRICE, discount: 0, totalPrice: PRICE });
    expect(success?.items).toMatchObject([{ name: 'Tea cup', price: PRICE, quantity: 1 }]);
    expect(cancellation).toMatchObject({ items: success!.items, totalPrice: PRICE });
    expect(await relayRow(desk)).toMatchObject({ numbered: 3, sent: 3 });
  });

  it('is told under what a product was listed when it was ordered, and nothing where the catalog told nothing', async () => {
    const [listed, unlisted] = [orderFor(userId), orderFor(userId)];
    await desk.orders.place([listed, unlisted].map((placing) => delivery(placing)));
    const item = { ...unlisted.items[0]!, optionId: randomUUIDv7(), name: 'Tea cup', price: PRICE };
    // As a catalog of the release before answers.
    const before = reply(reserveStock, unlisted.orderId, done({ items: [item], subtotal: PRICE }));
    await desk.hear(reservedFor(listed), before);
    await desk.hear(debitedFor(listed), debitedFor(unlisted));
    await relayOf(desk, sink).relay();
    expect(sink.received.map(({ items }) => items[0]!.category)).toEqual(['Kitchen', undefined]);
    expect(sink.received[1]!.items).toEqual([item]);
    const outcome = await desk.orders.readRecords({ after: 0, limit: 10 });
    expect(outcome).toMatchObject({ value: { records: sink.received } });
  });

  it('gets nothing of an order that failed or goes on', async () => {
    const [failed, going] = [orderFor(userId), orderFor(userId)];
    await desk.place(failed);
    await desk.place(going);
    await desk.age(30_000, [failed.orderId]);
    await desk.sweeper().sweep();
    await desk.hear(reservedFor(going));
    await relayOf(desk, sink).relay();
    expect(sink.received).toEqual([]);
  });

  it('is owed a record exactly when the order has succeeded: one transaction does both', async () => {
    const placing = orderFor(userId);
    await desk.place(placing);
    await desk.hear(reservedFor(placing));
    await desk.database.rows('ALTER TABLE platform_entries ADD CONSTRAINT nothing CHECK (false)');
    await expect(desk.hear(debitedFor(placing))).rejects.toThrow('nothing');
    expect((await desk.read(placing.orderId)).orderStatus).toBe('PENDING');
    await desk.database.rows('ALTER TABLE platform_entries DROP CONSTRAINT nothing');
    await desk.hear(debitedFor(placing));
    // The reply came twice: nothing is owed twice.
    await desk.hear(debitedFor(placing));
    await relayOf(desk, sink).relay();
    expect(sink.received.map(({ orderId }) => orderId)).toEqual([placing.orderId]);
  });

  it('gets numbers without a gap, in order, from replicas that race while orders end in parallel', async () => {
    const relays = times(3, () => relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '7' }));
    for (const relay of relays) relay.onApplicationBootstrap();
    const reader = readingAlong();
    const sold = await Promise.all(
      times(24, async (index) => {
        const orderIds = await sell(desk, userId, 1 + (index % 6));
        if (index % 2 === 0) await cancelAll(desk, orderIds.slice(1));
        // Another one leads in the middle of it.
        if (index % 5 === 0) await forgetLeader(desk);
        return orderIds.length + (index % 2 === 0 ? orderIds.length - 1 : 0);
      }),
    );
    const last = sold.reduce((sum, count) => sum + count, 0);
    await eventually(async () => (await relayRow(desk)).sent === last, { deadlineMs: 30_000 });
    for (const relay of relays) await relay.beforeApplicationShutdown();
    const numbers = await desk.database.rows<{ seq: number }>(
      'SELECT seq FROM platform_records ORDER BY seq',
    );
    expect(numbers.map(({ seq }) => seq)).toEqual(oneTo(last));
    expect(await reader.until(last)).toEqual(oneTo(last));
    expect([...new Set(sink.sequences)].toSorted((a, b) => a - b)).toEqual(oneTo(last));
    // A repeat gives the receiver what it has; it never sees a number before the one that precedes it.
    let highest = 0;
    for (const sequence of sink.sequences) {
      expect(sequence).toBeLessThanOrEqual(highest + 1);
      highest = Math.max(highest, sequence);
    }
    const types = Map.groupBy(sink.received, ({ orderId }) => orderId);
    for (const records of types.values()) expect(records[0]?.type).toBe('order.completed');
    expect(types.size).toBe(await desk.count('orders', `user_id = '${userId}'`));
  });

  it('gets the same records under the same numbers when a leader dies before it has marked them', async () => {
    await sell(desk, userId, 5);
    sink.afterReceipt = async () => {
      sink.afterReceipt = async () => {};
      await desk.database.rows(
        `UPDATE platform_relay SET leader = gen_random_uuid(), leads_until = '-infinity'`,
      );
    };
    await relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '3' }).relay();
    await forgetLeader(desk);
    await relayOf(desk, sink).relay();
    expect(sink.sequences.slice(0, 3)).toEqual([1, 2, 3]);
    expect(sink.received.slice(0, 3)).toEqual(sink.received.slice(3, 6));
    expect(sink.sequences.slice(3)).toEqual(oneTo(5));
  });

  it('is left to one replica, and to another one at once when that one is stopped', async () => {
    const [first, second] = [relayOf(desk, sink), relayOf(desk, sink)];
    await first.relay();
    await sell(desk, userId, 1);
    await second.relay();
    expect(sink.received).toEqual([]);
    await first.beforeApplicationShutdown();
    await second.relay();
    expect(sink.sequences).toEqual([1]);
  });

  it('gets nothing from a leader that took longer to read than it may lead', async () => {
    await sell(desk, userId, 1);
    const rows = desk.database.rows.bind(desk.database);
    let isHeld = true;
    // Longer than the receiver's time and the margin beside it.
    const held = (async () => {
      await sleep(5_200);
      isHeld = false;
    })();
    const slow = new Proxy(desk.database, {
      get(database, name) {
        if (name === 'rows') return (...given: Parameters<typeof rows>) => held.then(() => rows(...given));
        const its: unknown = Reflect.get(database, name);
        return typeof its === 'function' ? its.bind(database) : its;
      },
    });
    const late = relayOf({ database: slow }, sink, { DATA_PLATFORM_TIMEOUT_MS: '100' });
    const relaying = late.relay();
    const leader = 'SELECT FROM platform_relay WHERE leader IS NOT NULL';
    await eventually(async () => (await desk.database.rows(leader)).length === 1);
    const other = new MemorySink();
    const successor = relayOf(desk, other);
    await eventually(async () => {
      await successor.relay();
      return other.received.length > 0;
    });
    await relaying;
    expect(isHeld).toBe(false);
    expect(sink.batches).toEqual([]);
    expect(other.sequences).toEqual([1]);
  });

  it('that never answers holds up no shutdown, and counts no failure for it', async () => {
    await sell(desk, userId, 1);
    const failures = await counted('order_platform_failures_total');
    sink.afterReceipt = untilAborted;
    const relay = relayOf(desk, sink);
    relay.onApplicationBootstrap();
    await eventually(() => sink.received.length === 1);
    const began = performance.now();
    await relay.beforeApplicationShutdown();
    expect(performance.now() - began).toBeLessThan(here(2_000));
    expect(await relayRow(desk)).toMatchObject({ sent: 0, failures: 0 });
    expect(await counted('order_platform_failures_total')).toBe(failures);
  });

  it('that is slower than the shop is seen to be', async () => {
    await sell(desk, userId, 1);
    sink.afterReceipt = async () => void (await sell(desk, userId, 2));
    const relay = relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '1' });
    register.resetMetrics();
    relay.onApplicationBootstrap();
    // It never comes to an end of what there is to send.
    await eventually(async () => (await counted('order_platform_backlog_records')) > 2);
    expect(await counted('order_platform_oldest_age_seconds')).toBeGreaterThan(0);
    await relay.beforeApplicationShutdown();
  });

  it('where there is none, costs no record: they are kept and numbered for one that comes later', async () => {
    await sell(desk, userId, 3);
    await relayOf(desk).relay();
    expect(await relayRow(desk)).toMatchObject({ numbered: 3, sent: 0 });
    await forgetLeader(desk);
    await relayOf(desk, sink).relay();
    expect(sink.sequences).toEqual([1, 2, 3]);
  });
});

describe('large records', () => {
  const LINE_BYTES = 120_000;
  const enlarge = (): Promise<unknown[]> =>
    desk.database.rows('UPDATE order_items SET name = repeat($1, $2)', ['x', LINE_BYTES]);

  it('are sent as far as half a MiB goes, and one that is larger by itself', async () => {
    await sell(desk, userId, 9);
    await enlarge();
    await desk.database.rows(
      `UPDATE order_items SET name = repeat('x', 600000)
       WHERE order_id = (SELECT order_id FROM orders ORDER BY order_id DESC LIMIT 1)`,
    );
    const relay = relayOf(desk, sink);
    await relay.relay();
    expect(sink.batches).toEqual([4, 4, 1]);
    expect(sink.sequences).toEqual(oneTo(9));
  });

  it('go on in batches of the size that went through, for a receiver that takes less', async () => {
    await sell(desk, userId, 40);
    await enlarge();
    sink.bytesMax = 3 * LINE_BYTES;
    const relay = relayOf(desk, sink);
    let failures = 0;
    for (; (await relayRow(desk)).sent < 40; failures += 1) {
      await relay.relay();
      await ageFailure(desk, 60_000);
    }
    expect(sink.sequences).toEqual(oneTo(40));
    // After 1, 2, 4, 8 batches that went through a larger one is tried.
    expect(failures).toBeLessThan(8);
  });
});

describe('while the data platform is away', () => {
  beforeEach(() => {
    sink.failure = new Error('HTTP 503');
  });

  it('orders go on, and what it is owed is counted', async () => {
    const relay = relayOf(desk, sink);
    for (let round = 0; round < 5; round += 1) {
      const orderIds = await sell(desk, userId, 4);
      await cancelAll(desk, orderIds.slice(0, 1));
      await relay.relay();
      await ageFailure(desk, 60_000);
    }
    expect(sink.received).toEqual([]);
    expect(await desk.count('orders', `user_id = '${userId}' AND status = 'SUCCESS'`)).toBe(15);
    await desk.database.rows(`UPDATE orders SET completed_at = completed_at - interval '90 s'`);
    const { records, oldestAgeSeconds } = await readBacklog(desk.database);
    expect(records).toBe(25);
    expect(oldestAgeSeconds).toBeGreaterThan(89);
    expect(oldestAgeSeconds).toBeLessThan(120);
  });

  it('counts what has no number yet as owed too, and nothing as 0', async () => {
    expect(await readBacklog(desk.database)).toEqual({ records: 0, oldestAgeSeconds: 0 });
    await sell(desk, userId, 2);
    expect(await readBacklog(desk.database)).toMatchObject({ records: 2 });
  });

  it('each failure has a log line and is counted', async () => {
    await sell(desk, userId, 2);
    const before = await counted('order_platform_failures_total');
    const relay = relayOf(desk, sink);
    await relay.relay();
    await ageFailure(desk, 60_000);
    await relay.relay();
    expect(await counted('order_platform_failures_total')).toBe(before + 2);
    expect(lines).toEqual([
      'the data platform did not take records 1 to 2 (memory): HTTP 503; failure 1, next try in 1000 ms',
      'the data platform did not take records 1 to 2 (memory): HTTP 503; failure 2, next try in 2000 ms',
    ]);
    expect(await relayRow(desk)).toMatchObject({ failures: 2, lastFailure: 'HTTP 503' });
  });

  it('pauses grow, and a restart does not shorten them', async () => {
    await sell(desk, userId, 1);
    const slow = { DATA_PLATFORM_RETRY_MS: '60000', DATA_PLATFORM_RETRY_MS_MAX: '3600000' };
    const pauses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      // Each time another process.
      await forgetLeader(desk);
      await relayOf(desk, sink, slow).relay();
      await relayOf(desk, sink, slow).relay();
      pauses.push(Math.round((await relayRow(desk)).pauseMs! / 60_000));
      const tries = sink.batches.length;
      // Time enough for the next try to be too early on any machine.
      await ageFailure(desk, 2 ** round * 60_000 - 50_000);
      await forgetLeader(desk);
      await relayOf(desk, sink, slow).relay();
      expect(sink.batches).toHaveLength(tries);
      await ageFailure(desk, 50_000);
    }
    expect(pauses).toEqual([1, 2, 4, 8]);
  });

  it('smaller batches are tried, and everything arrives once it is back', async () => {
    await sell(desk, userId, 16);
    const relay = relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '8' });
    for (let round = 0; round < 4; round += 1) {
      await relay.relay();
      await ageFailure(desk, 60_000);
    }
    expect(sink.batches).toEqual([8, 4, 2, 1]);
    sink.failure = undefined;
    await relay.relay();
    expect(sink.batches.slice(4)).toEqual([1, 2, 4, 8, 1]);
    expect(sink.sequences).toEqual(oneTo(16));
    expect(await relayRow(desk)).toMatchObject({ sent: 16, failures: 0, pauseMs: null, lastFailure: null });
    expect(await readBacklog(desk.database)).toMatchObject({ records: 0 });
  });

  it('the size that goes through is not forgotten for batches that were all there was', async () => {
    await sell(desk, userId, 4);
    const relay = relayOf(desk, sink, { DATA_PLATFORM_BATCH_MAX: '8' });
    for (let round = 0; round < 2; round += 1) {
      await relay.relay();
      await ageFailure(desk, 60_000);
    }
    sink.failure = undefined;
    await relay.relay();
    for (let alone = 0; alone < 5; alone += 1) {
      await sell(desk, userId, 1);
      await relay.relay();
    }
    const before = sink.batches.length;
    await sell(desk, userId, 8);
    await relay.relay();
    expect(sink.batches[before]).toBeLessThan(8);
    expect(sink.sequences).toEqual(oneTo(17));
  });
});
