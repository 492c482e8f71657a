import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { refundWallet, releaseStock } from '@jangteo/contracts';
import { Logger } from '@nestjs/common';
import { Database, databaseEnv } from '@jangteo/database';
import type { MessagingConfig } from '@jangteo/messaging';
import { MessageWriter } from '@jangteo/messaging/testing';
import { readConfig } from '@jangteo/service';
import { pace } from '@jangteo/testkit';
import pg from 'pg';
import { register } from 'prom-client';
import { OrderHandler } from '../src/saga/order.handler.js';
import { OrderSweeper } from '../src/saga/order.sweeper.js';
import { SagaHandler } from '../src/saga/saga.handler.js';
import { debitedFor, delivery, Desk, inWords, orderFor, reply, reservedFor, times } from './desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

let userId: string;
beforeEach(async () => {
  userId = randomUUIDv7();
  desk.outage = undefined;
  await desk.sagas.writeConfirmed();
  await desk.database.rows('TRUNCATE orders, order_items, order_history, sagas CASCADE');
  desk.published = [];
  desk.queues = [];
});

async function placed(count: number) {
  const placings = times(count, () => orderFor(userId, { wait: true }));
  await desk.orders.place(placings.map((placing) => delivery(placing, placing.orderId)));
  const orderIds = placings.map(({ orderId }) => orderId);
  return { placings, orderIds };
}

const writer = new MessageWriter({
  service: 'order',
  config: {
    MESSAGING_NAMESPACE: 'shop',
    AMQP_URL: 'amqp://shop_order@broker',
    AMQP_USERS: '',
  } as MessagingConfig,
});

/** The type and the headers of what was published since it was last looked at. */
function sentAgain(): unknown[] {
  const frames = desk.published.map((message) => writer.outgoing(message));
  desk.published = [];
  return frames.map(({ options }) => [options.type, options.headers]);
}

describe('the sweeper', () => {
  describe('of a shop with long pauses, since the test takes time too,', () => {
    const MINUTE_MS = 60_000;
    const pauses = { SAGA_RETRY_MS: 10 * MINUTE_MS, SAGA_RETRY_MS_MAX: 60 * MINUTE_MS };

    /** An order of that shop, and its sweeper. */
    const begun = async () => {
      const config = { ...desk.config, ...pauses, ORDER_DEADLINE_MS: 24 * 60 * MINUTE_MS };
      const sagas = new SagaHandler(desk.database, config);
      const placing = orderFor(userId);
      await new OrderHandler(desk.database, sagas, config).place([delivery(placing)]);
      const sweeper = new OrderSweeper(desk.database, desk.publisher, sagas, desk.broker, config);
      return { orderId: placing.orderId, sweeper };
    };

    it('sends nothing again before its time', async () => {
      const { orderId, sweeper } = await begun();
      await desk.age(6 * MINUTE_MS, [orderId]);
      await sweeper.sweep();
      expect(desk.published).toEqual([]);
    });

    it('sends an unanswered command again, after pauses that grow', async () => {
      const { orderId, sweeper } = await begun();
      const counts: number[] = [];
      for (let round = 0; round < 10; round += 1) {
        await desk.age(4 * MINUTE_MS, [orderId]);
        await sweeper.sweep();
        counts.push(desk.published.length);
      }
      expect(inWords(desk.published)).toEqual(times(2, () => `catalog.reserve-stock ${orderId}`));
      expect(counts.indexOf(1)).toBe(2);
    });
  });

  it('sends in the name of the request that placed the order, and then of the one that cancelled it', async () => {
    const [buying, cancelling] = [
      { requestId: 'buying', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
      { requestId: 'can "cell\\ing', traceparent: `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01` },
    ];
    const headersOf = ({ requestId, traceparent }: typeof buying) => ({
      'schema-version': 1,
      'request-id': requestId,
      traceparent,
    });
    const placing = orderFor(userId);
    const { orderId } = placing;
    const sweptLate = async (): Promise<unknown[]> => {
      await desk.age(5_000, [orderId]);
      await desk.sweeper().sweep();
      return sentAgain();
    };
    await desk.place(placing, undefined, buying);
    expect(await sweptLate()).toEqual([['catalog.reserve-stock', headersOf(buying)]]);
    await desk.hear(reservedFor(placing));
    expect(await sweptLate()).toEqual([['wallet.debit', headersOf(buying)]]);
    // Committed, but the process died before it published.
    await desk.sagas.hearReplies([debitedFor(placing)]);
    expect(await sweptLate()).toEqual([['order.completed', headersOf(buying)]]);
    await desk.cancel(orderId, undefined, undefined, cancelling);
    await desk.hear(reply(refundWallet, orderId));
    expect(await sweptLate()).toEqual([['catalog.release-stock', headersOf(cancelling)]]);
  });

  it('sends without a trace what code without traces began', async () => {
    const { orderIds } = await placed(1);
    await desk.database.rows('UPDATE sagas SET trace = NULL');
    await desk.age(5_000, orderIds);
    await desk.sweeper().sweep();
    expect(sentAgain()).toEqual([['catalog.reserve-stock', { 'schema-version': 1 }]]);
  });

  it('gives up at the deadline, undoes the step that never answered, and tells who waits', async () => {
    const { orderIds } = await placed(1);
    const orderId = orderIds[0]!;
    await desk.age(30_000, orderIds);
    await desk.sweeper().sweep();
    expect(inWords(desk.published)).toEqual([`catalog.release-stock ${orderId}`]);
    expect(await desk.hear(reply(releaseStock, orderId))).toEqual([`${orderId} FAILED`]);
    const order = await desk.read(orderId);
    expect(order.failureCode).toBe('ORDER_TIMED_OUT');
    expect(order.history.map(({ changedBy, step }) => [changedBy, step])).toEqual([
      ['customer', undefined],
      ['sweeper', 'ReserveStock'],
      ['saga', 'ReleaseStock'],
    ]);
  });

  it('sends undos again for ever', async () => {
    const { orderIds } = await placed(1);
    await desk.age(30_000, orderIds);
    for (let round = 0; round < 12; round += 1) {
      await desk.sweeper().sweep();
      await desk.age(60_000, orderIds);
    }
    expect(inWords(desk.published)).toEqual(times(12, () => `catalog.release-stock ${orderIds[0]}`));
  });

  it('sends no more to a participant that is away while messages lie in its queue, and calls people all the same', async () => {
    const { orderIds } = await placed(1);
    await desk.age(30_000, orderIds);
    await desk.sweeper().sweep();
    const queue = 'shop.catalog.commands';
    desk.queues = [{ queue, messages: 2, consumers: 0 }];
    for (let round = 0; round < 12; round += 1) {
      await desk.age(60_000, orderIds);
      await desk.sweeper().sweep();
    }
    expect(desk.published).toHaveLength(1);
    expect(await desk.count('sagas', `attempts = 12 AND look_again_at > now()`)).toBe(1);
    desk.queues = [{ queue, messages: 2, consumers: 1 }];
    await desk.age(60_000, orderIds);
    await desk.sweeper().sweep();
    expect(desk.published).toHaveLength(2);
  });

  it('has each saga to itself when several replicas sweep at once', async () => {
    const { orderIds } = await placed(200);
    await desk.age(5_000, orderIds);
    await Promise.all(times(5, () => desk.sweeper().sweep()));
    const expected = orderIds.map((orderId) => `catalog.reserve-stock ${orderId}`);
    expect(inWords(desk.published).toSorted()).toEqual(expected.toSorted());
  });

  it('and a reply that comes at the deadline agree on which of them was first', async () => {
    const { placings, orderIds } = await placed(100);
    await desk.age(30_000, orderIds);
    const heard = placings.map((placing) => desk.hear(reservedFor(placing)));
    await Promise.all([desk.sweeper().sweep(), ...heard, desk.sweeper().sweep()]);
    const undoing = await desk.count('sagas', `state = 'UNDOING'`);
    const goingOn = await desk.count('sagas', `state = 'DEBITING_WALLET'`);
    expect(undoing + goingOn).toBe(100);
    expect(
      await desk.count(
        'sagas',
        `state = 'UNDOING' AND awaits <> '{ReleaseStock}'
      AND awaits <> '{RefundWallet,ReleaseStock}'`,
      ),
    ).toBe(0);
    const steps = await desk.database.rows<{ steps: number }>(
      `SELECT max(n)::int AS steps FROM (SELECT count(*) AS n FROM order_history
         WHERE step = 'ReserveStock' AND reason IS NULL GROUP BY order_id) AS counted`,
    );
    expect(steps[0]?.steps ?? 0).toBeLessThanOrEqual(1);
  });

  it('sends an event again until the broker has it, and then no more', async () => {
    const { placings, orderIds } = await placed(2);
    const [kept, lost] = placings;
    await desk.hear(reservedFor(kept!), debitedFor(kept!));
    // Committed, but the process died before it published.
    await desk.sagas.hearReplies([reservedFor(lost!), debitedFor(lost!)]);
    await desk.sweeper().sweep();
    expect(await desk.count('sagas', 'look_again_at IS NOT NULL')).toBe(1);
    await desk.age(5_000, orderIds);
    await desk.sweeper().sweep();
    expect(inWords(desk.published)).toEqual([`order.completed ${lost!.orderId}`, `${lost!.orderId} SUCCESS`]);
    await desk.sweeper().sweep();
    await desk.age(60_000, orderIds);
    await desk.sweeper().sweep();
    expect(desk.published).toHaveLength(2);
    expect(await desk.count('sagas', `owed_events <> '{}' OR look_again_at IS NOT NULL`)).toBe(0);
  });

  it('does not forget an event because the order was cancelled before it was confirmed', async () => {
    const { placings, orderIds } = await placed(1);
    const orderId = orderIds[0]!;
    await desk.sagas.hearReplies([reservedFor(placings[0]!), debitedFor(placings[0]!)]);
    await desk.cancel(orderId);
    await desk.age(5_000, orderIds);
    await desk.sweeper().sweep();
    expect(inWords(desk.published)).toEqual([
      `order.completed ${orderId}`,
      `wallet.refund ${orderId}`,
      `catalog.release-stock ${orderId}`,
    ]);
    await desk.sweeper().sweep();
    const end = await desk.hear(reply(refundWallet, orderId), reply(releaseStock, orderId));
    expect(end).toEqual([`order.cancelled ${orderId}`]);
  });

  it('tries again later what it could not publish', async () => {
    const { orderIds } = await placed(3);
    await desk.age(5_000, orderIds);
    desk.outage = new Error('no broker');
    await expect(desk.sweeper().sweep()).rejects.toThrow('no broker');
    desk.outage = undefined;
    await desk.age(10_000, orderIds);
    await desk.sweeper().sweep();
    expect(desk.published).toHaveLength(3);
  });

  it('goes on by itself from outage to outage, and ends when it is told to', async () => {
    const { orderIds } = await placed(1);
    await desk.age(5_000, orderIds);
    desk.outage = new Error('no broker');
    desk.config = { ...desk.config, SWEEP_INTERVAL_MS: 10 };
    const sweeper = desk.sweeper();
    sweeper.onApplicationBootstrap();
    const until = async (condition: () => Promise<boolean>): Promise<void> => {
      while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await until(async () => (await desk.count('sagas', 'attempts = 1')) === 1);
    desk.outage = undefined;
    await desk.age(10_000, orderIds);
    await until(async () => desk.published.length === 1);
    await sweeper.beforeApplicationShutdown();
    await desk.age(20_000, orderIds);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(desk.published).toHaveLength(1);
  });
});

/** The number of times a saga was skipped so far. */
async function skips(): Promise<number> {
  const metric = await register.getSingleMetric('order_saga_skips_total')?.get();
  return metric?.values[0]?.value ?? 0;
}

/** A transaction of somebody else's, which holds a row for as long as the work lasts. */
const LOCK_TIMEOUT_MS = 3_000;

async function whileHeld(table: 'orders' | 'sagas', orderId: string, work: () => Promise<void>) {
  const client = new pg.Client({ connectionString: desk.databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT FROM ${table} WHERE order_id = $1 FOR UPDATE`, [orderId]);
    await work();
  } finally {
    await client.end();
  }
}

describe('sagas that the sweeper can do nothing about', () => {
  beforeAll(() => desk.database.rows('ALTER TABLE sagas DROP CONSTRAINT sagas_state_check'));

  it.each([
    [
      'are in a state of a later release',
      6_000,
      `UPDATE sagas SET state = 'CALLING_COURIER' WHERE order_id = ANY($1::uuid[])`,
    ],
    [
      'wait for a command of a later release',
      6_000,
      `UPDATE sagas SET awaits = '{CallCourier}' WHERE order_id = ANY($1::uuid[])`,
    ],
    [
      'cannot be written',
      30_000,
      `INSERT INTO order_history (order_id, seq, status, changed_by, changed_at)
       SELECT unnest($1::uuid[]), 2, 'PENDING', 'nobody', now()`,
    ],
  ])(
    'are skipped and counted where they %s, and keep nobody else from going on',
    async (_case, age, broken) => {
      // Enough to take all places of several looks.
      const culprits = await placed(2 * desk.config.SWEEP_BATCH_MAX + 1);
      const { orderIds } = await placed(30);
      await desk.database.rows(broken, [culprits.orderIds]);
      await desk.age(age, culprits.orderIds);
      await desk.age(5_000, orderIds);
      const before = await skips();
      // What is left as it is is looked at again after a pause, which does not end while the test looks.
      const sweeper = desk.sweeper({ SAGA_RETRY_MS: 3_600_000 });
      const logged: string[] = [];
      const errors = jest
        .spyOn(Logger.prototype, 'error')
        .mockImplementation((line: { msg: string }) => void logged.push(line.msg));
      await sweeper.sweep();
      errors.mockRestore();
      const expected = orderIds.map((orderId) => `catalog.reserve-stock ${orderId}`);
      expect(inWords(desk.published).toSorted()).toEqual(expected.toSorted());
      expect((await skips()) - before).toBe(culprits.orderIds.length);
      for (const orderId of culprits.orderIds) {
        expect(logged.filter((line) => line.includes(orderId))).toHaveLength(1);
      }
      // They are looked at again, after a pause, and told of no more.
      await sweeper.sweep();
      expect((await skips()) - before).toBe(culprits.orderIds.length);
      await desk.database.rows('UPDATE sagas SET look_again_at = now() WHERE order_id = ANY($1)', [
        culprits.orderIds,
      ]);
      await sweeper.sweep();
      expect((await skips()) - before).toBe(2 * culprits.orderIds.length);
      expect(logged).toHaveLength(culprits.orderIds.length);
    },
  );

  it('are those whose rows somebody holds, for as long as that lasts', async () => {
    const { orderIds } = await placed(5);
    await desk.age(30_000, orderIds);
    const env = { DATABASE_URL: desk.databaseUrl, DATABASE_LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS) };
    const database = new Database(readConfig(databaseEnv, env));
    const sagas = new SagaHandler(database, desk.config);
    const sweeper = new OrderSweeper(database, desk.publisher, sagas, desk.broker, desk.config);
    try {
      const startedMs = performance.now();
      await whileHeld('orders', orderIds[0]!, () => sweeper.sweep());
      // The batch waits so long for it, and it alone hardly at all.
      const tookMs = performance.now() - startedMs;
      expect(tookMs).toBeLessThan((await pace())(2 * LOCK_TIMEOUT_MS));
      expect(await desk.count('sagas', `state = 'UNDOING'`)).toBe(4);
      await desk.age(5_000, [orderIds[0]!]);
      await sweeper.sweep();
      expect(await desk.count('sagas', `state = 'UNDOING'`)).toBe(5);
    } finally {
      await database.onApplicationShutdown();
    }
  });

  it('are shown among those in flight, although the sweep fails', async () => {
    const { orderIds } = await placed(3);
    await desk.age(5_000, orderIds);
    desk.outage = new Error('no broker');
    await expect(desk.sweeper().sweep()).rejects.toThrow('no broker');
    const metric = await register.getSingleMetric('order_sagas_in_flight')?.get();
    expect(metric?.values).toEqual([{ labels: { state: 'RESERVING_STOCK' }, value: 3 }]);
  });

  it('do not keep the events of others from being noted as confirmed', async () => {
    const { placings, orderIds } = await placed(2);
    for (const placing of placings) await desk.hear(reservedFor(placing), debitedFor(placing));
    await whileHeld('sagas', orderIds[0]!, async () => {
      await desk.sweeper().sweep();
      expect(await desk.count('sagas', `owed_events = '{}'`)).toBe(1);
    });
    await desk.sweeper().sweep();
    expect(await desk.count('sagas', `owed_events = '{}'`)).toBe(2);
  });
});
