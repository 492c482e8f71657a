import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { debitWallet, firstIdAt, refundWallet, refuse, releaseStock } from '@jangteo/contracts';
import { forget, readColumn, type Database, type Statements } from '@jangteo/database';
import { proveBooks, sealBooks } from '@jangteo/testkit';
import { orderBooks } from '../src/operations/books.queries.js';
import { sendAgainFrom } from '../src/data-platform/relay.queries.js';
import { OLD_RECORDS, OLD_REDRIVES, OLD_SAGAS } from '../src/operations/kept.queries.js';
import { readFigures } from '../src/saga/order.queries.js';
import { answersIn, debitedFor, Desk, inWords, orderFor, reply, reservedFor } from './desk.js';
import { cancelAll, emptyPlatform, MemorySink, oneTo, relayOf, relayRow, sell } from './platform-desk.js';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const MONTH = { keptSeconds: 30 * DAY_SECONDS, limit: 100 };
const YEAR_MS = 365 * DAY_SECONDS * 1_000;
const LONG_AGO = '2000-01-01T00:00:00.000Z';
const userId = randomUUIDv7();

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await emptyPlatform(desk);
  await desk.database.rows(
    'TRUNCATE orders, order_items, order_history, sagas, saga_nudges, redrives CASCADE',
  );
  await desk.database.rows('SELECT begin_books_anew()');
  desk.published = [];
});

/** An order whose id says that it was placed a year ago. */
const oldOrder = () =>
  orderFor(userId, { orderId: firstIdAt(Date.now() - YEAR_MS).slice(0, 19) + randomUUIDv7().slice(19) });

type Placing = ReturnType<typeof oldOrder>;

async function succeeded(placing = oldOrder()): Promise<string> {
  await desk.place(placing, 'a waiter', { requestId: 'a request' });
  await desk.hear(reservedFor(placing));
  await desk.hear(debitedFor(placing));
  await desk.sagas.writeConfirmed();
  return placing.orderId;
}

async function failed(placing = oldOrder()): Promise<string> {
  await desk.place(placing);
  await desk.hear(reservedFor(placing));
  await desk.hear(reply(debitWallet, placing.orderId, refuse('INSUFFICIENT_BALANCE')));
  await desk.hear(reply(releaseStock, placing.orderId));
  return placing.orderId;
}

async function moving(placing: Placing = oldOrder()): Promise<string> {
  await desk.place(placing);
  return placing.orderId;
}

/** Adds all that is there to the kept sums, without which nothing of it is deleted. */
const sealAll = (): Promise<void> => sealBooks(desk.database, orderBooks.sources, -HOUR_SECONDS);

const forgetSealed = async (text: string, how = MONTH): Promise<number> => {
  await sealAll();
  return await forget(desk.database, text, how);
};

/** The database where others delete sagas as soon as they were made anew. */
function deletingBeside(): Database {
  const among = (statements: Statements): Statements => ({
    async rows<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]> {
      const rows = await statements.rows<R>(text, values);
      if (text.includes('INSERT INTO sagas')) await forget(desk.database, OLD_SAGAS, MONTH);
      return rows;
    },
  });
  const transaction = <T>(work: (tx: Statements) => Promise<T>) =>
    desk.database.transaction((tx) => work(among(tx)));
  return { ...among(desk.database), transaction } as Database;
}

const sagaIds = async (): Promise<string[]> =>
  (await desk.database.rows<{ id: string }>('SELECT order_id AS id FROM sagas')).map(({ id }) => id);

describe('what sagas leave behind', () => {
  it('stays until audits have summed it', async () => {
    const orderId = await succeeded();
    await desk.age(YEAR_MS, [orderId]);
    expect(await forget(desk.database, OLD_SAGAS, MONTH)).toBe(0);
    expect(await forgetSealed(OLD_SAGAS)).toBe(1);
  });

  it('goes once they have ended long ago, and not before', async () => {
    const [success, failure, onItsWay] = [await succeeded(), await failed(), await moving()];
    const young = await succeeded(orderFor(userId));
    const cancelledOfLate = await succeeded();
    await desk.age(YEAR_MS, [success, failure, onItsWay, cancelledOfLate]);
    await cancelAll(desk, [cancelledOfLate]);
    await desk.sagas.writeConfirmed();
    await desk.database.rows(`INSERT INTO saga_nudges (order_id, nudged_by) SELECT unnest($1::uuid[]), $2`, [
      [success, onItsWay],
      userId,
    ]);
    expect(await forgetSealed(OLD_SAGAS)).toBe(2);
    expect(await desk.database.rows('SELECT order_id AS id FROM saga_nudges')).toEqual([{ id: onItsWay }]);
    expect(new Set(await sagaIds())).toEqual(new Set([onItsWay, young, cancelledOfLate]));
    expect(await desk.count('orders')).toBe(5);
  });

  it('stays while another transaction holds it, and while an event is owed', async () => {
    const held = await succeeded();
    const owing = await succeeded();
    await desk.age(YEAR_MS, [held, owing]);
    await desk.database.rows(
      `UPDATE sagas SET owed_events = '{order.completed}', look_again_at = now() WHERE order_id = $1`,
      [owing],
    );
    await sealAll();
    await desk.database.transaction(async (tx) => {
      await tx.rows('SELECT FROM sagas WHERE order_id = $1 FOR NO KEY UPDATE', [held]);
      expect(await forget(desk.database, OLD_SAGAS, MONTH)).toBe(0);
    });
    expect(await forget(desk.database, OLD_SAGAS, MONTH)).toBe(1);
    expect(await sagaIds()).toEqual([owing]);
  });

  it('is not missed when the order is cancelled after all', async () => {
    const orderId = await succeeded();
    await desk.age(YEAR_MS, [orderId]);
    await forgetSealed(OLD_SAGAS);
    const { publish } = await desk.cancel(orderId, 'a canceller');
    expect(inWords(publish)).toEqual([`wallet.refund ${orderId}`, `catalog.release-stock ${orderId}`]);
    const undone = [reply(refundWallet, orderId), reply(releaseStock, orderId)];
    expect(await desk.hear(...undone)).toContain('a canceller CANCELLED');
    const { orderStatus, history } = await desk.read(orderId);
    expect(orderStatus).toBe('CANCELLED');
    expect(history.filter(({ step }) => step === 'RefundWallet')).toHaveLength(1);
  });

  it('is not missed when a cancellation, or a placing, comes once more under its key', async () => {
    const placing = oldOrder();
    const orderId = await succeeded(placing);
    const operation = { key: randomUUIDv7(), fingerprint: orderId };
    const undone = [reply(refundWallet, orderId), reply(releaseStock, orderId)];
    await desk.age(YEAR_MS, [orderId]);
    await forgetSealed(OLD_SAGAS);
    expect(answersIn(await desk.place(placing))).toMatchObject([{ ok: true }]);
    await desk.cancel(orderId, 'a canceller', operation);
    expect(await desk.hear(...undone)).toContain('a canceller CANCELLED');
    await desk.sagas.writeConfirmed();
    const before = answersIn(await desk.cancel(orderId, 'again', operation));
    await desk.age(YEAR_MS, [orderId]);
    expect(await forgetSealed(OLD_SAGAS)).toBe(1);
    const again = answersIn(await desk.cancel(orderId, 'once more', operation));
    expect(again).toMatchObject([{ ok: true, value: { orderStatus: 'CANCELLED' } }]);
    expect(again).toEqual(before);
    await sealAll();
    expect(await proveBooks(desk.database, orderBooks.sources)).toEqual([]);
  });

  it('is on its way for its user while what was deleted is undone', async () => {
    const orderId = await succeeded();
    await desk.age(YEAR_MS, [orderId]);
    await forgetSealed(OLD_SAGAS);
    await desk.cancel(orderId);
    const figures = await readFigures(desk.database, [userId], 10);
    expect(figures).toMatchObject([{ userId, onTheWay: 1, placed: 1 }]);
  });

  it('changes nothing about what failed', async () => {
    const orderId = await failed();
    await desk.age(YEAR_MS, [orderId]);
    await forgetSealed(OLD_SAGAS);
    const { outcomes } = await desk.cancel(orderId);
    expect(outcomes).toMatchObject([{ ok: false, refusal: { code: 'ORDER_NOT_CANCELLABLE' } }]);
    expect(await desk.hear(reply(releaseStock, orderId))).toEqual([]);
  });

  it('is not missed when participants are made to agree after a restore', async () => {
    const ids = [await succeeded(), await failed()];
    await desk.age(YEAR_MS, ids);
    await forgetSealed(OLD_SAGAS);
    const redrives = desk.redrives();
    desk.published = [];
    const first = await redrives.redrive({ since: LONG_AGO, limit: 100, by: userId });
    expect(first).toMatchObject({ ok: true, value: { redriven: 1 } });
    expect(inWords(desk.published)).toContain(`catalog.release-stock ${ids[1]}`);
    await desk.database.rows(`UPDATE redrives SET redriven_at = now() - interval '1 year'`);
    expect(await forget(desk.database, OLD_REDRIVES, MONTH)).toBeGreaterThan(0);
  });

  it('is not missed when it is deleted beside that', async () => {
    const orderId = await failed();
    await desk.age(YEAR_MS, [orderId]);
    await desk.database.rows(`UPDATE orders SET created_at = $1`, [LONG_AGO]);
    await forgetSealed(OLD_SAGAS);
    const redrives = desk.redrives(deletingBeside());
    desk.published = [];
    await redrives.redrive({ since: LONG_AGO, limit: 100, by: userId });
    expect(inWords(desk.published)).toContain(`catalog.release-stock ${orderId}`);
  });

  it('is not missed by an audit', async () => {
    const ids = [await succeeded(), await failed(), await succeeded()];
    await desk.age(YEAR_MS, ids);
    await cancelAll(desk, ids.slice(2));
    await desk.sagas.writeConfirmed();
    await desk.age(YEAR_MS, ids);
    const before = new Date();
    const seen = await readColumn(desk.database, orderBooks.columns.sagas, before);
    expect(await forgetSealed(OLD_SAGAS)).toBe(3);
    for (const name of ['sagas', 'orders'] as const) {
      expect(await readColumn(desk.database, orderBooks.columns[name], before)).toMatchObject(seen);
    }
  });

  it('is counted once by an audit when its order is cancelled after all, and then as cancelled', async () => {
    const orderId = await succeeded();
    await desk.age(YEAR_MS, [orderId]);
    await forgetSealed(OLD_SAGAS);
    await cancelAll(desk, [orderId]);
    const before = new Date();
    const { sagas, orders } = orderBooks.columns;
    const expectEqual = async (): Promise<void> => {
      const { sealedTo: _, ...ofOrders } = await readColumn(desk.database, orders, before);
      expect(ofOrders.rows).toBe(1);
      expect(await readColumn(desk.database, sagas, before)).toMatchObject(ofOrders);
    };
    await expectEqual();
    await sealAll();
    await expectEqual();
    const proof = await proveBooks(desk.database, orderBooks.sources);
    expect(proof).toEqual([]);
  });
});

describe('the records of the data platform', () => {
  let sink: MemorySink;
  let relay: ReturnType<typeof relayOf>;
  let ids: string[];
  const numbers = async (): Promise<number[]> =>
    (await desk.database.rows<{ seq: number }>('SELECT seq FROM platform_records ORDER BY seq')).map(
      ({ seq }) => seq,
    );
  const age = async (orderIds: readonly string[]): Promise<void> => {
    await desk.database.rows(
      `UPDATE orders SET completed_at = completed_at - interval '1 year',
         cancelled_at = cancelled_at - interval '1 year' WHERE order_id = ANY($1::uuid[])`,
      [orderIds],
    );
  };
  const idsOfRecords = async (last: number): Promise<string[]> =>
    (
      await desk.database.rows<{ id: string }>(
        'SELECT order_id AS id FROM platform_records WHERE seq <= $1 ORDER BY seq',
        [last],
      )
    ).map(({ id }) => id);

  beforeEach(async () => {
    sink = new MemorySink();
    ids = await sell(desk, userId, 10);
    relay = relayOf(desk, sink);
    await relay.relay();
  });

  it('go from the first on once they are old, and what is left can be sent again', async () => {
    await age(await idsOfRecords(4));
    expect(await forgetSealed(OLD_RECORDS)).toBe(4);
    expect(await numbers()).toEqual(oneTo(10).slice(4));
    expect(await sendAgainFrom(desk.database, 4)).toBeUndefined();
    expect(await sendAgainFrom(desk.database, 5)).toEqual({ lastSeq: 10 });
    await relay.relay();
    expect(sink.sequences).toEqual([...oneTo(10), ...oneTo(10).slice(4)]);
    await expect(desk.database.rows('UPDATE platform_relay SET sent_seq = 3')).rejects.toThrow('violates');
  });

  it('are read by whoever asks, as many as an answer bears, from the first that is kept', async () => {
    const read = async (after: number, limit = 100) => {
      const outcome = await desk.orders.readRecords({ after, limit });
      if (!outcome.ok) throw new Error(JSON.stringify(outcome));
      const { records, next, oldest } = outcome.value;
      return { sequences: records.map(({ sequence }) => sequence), next, oldest };
    };
    expect(await read(0, 3)).toEqual({ sequences: [1, 2, 3], next: 3, oldest: 1 });
    expect(await read(9)).toEqual({ sequences: [10], next: 10, oldest: 1 });
    expect(await read(10)).toEqual({ sequences: [], next: 10, oldest: 1 });
    await age(await idsOfRecords(4));
    await forgetSealed(OLD_RECORDS);
    expect(await read(2, 3)).toEqual({ sequences: [5, 6, 7], next: 7, oldest: 5 });
    await sell(desk, userId, 30);
    await relay.relay();
    const first = await read(0);
    expect(first.next).toBeLessThan(40);
    expect([...first.sequences, ...(await read(first.next)).sequences]).toEqual(oneTo(40).slice(4));
  });

  it('stay as long as they were not sent, however old they are', async () => {
    await desk.database.rows('UPDATE platform_relay SET sent_seq = 2');
    await age(ids);
    expect(await forgetSealed(OLD_RECORDS)).toBe(2);
    expect(await forgetSealed(OLD_RECORDS)).toBe(0);
    await relay.relay();
    expect(sink.sequences.slice(10)).toEqual(oneTo(10).slice(2));
    expect(await relayRow(desk)).toMatchObject({ sent: 10 });
  });

  it('go in steps of no more than they are told', async () => {
    await age(ids);
    for (const left of [7, 4, 1, 0]) {
      await forgetSealed(OLD_RECORDS, { ...MONTH, limit: 3 });
      expect(await numbers()).toHaveLength(left);
    }
  });

  it('are not missed by an audit', async () => {
    await cancelAll(desk, ids.slice(0, 3));
    await relay.relay();
    const before = new Date(Date.now() + 2 * YEAR_MS);
    const steps = await readColumn(desk.database, orderBooks.columns.steps, before);
    await age(ids);
    expect(await forgetSealed(OLD_RECORDS, { ...MONTH, limit: 5 })).toBe(5);
    expect(await readColumn(desk.database, orderBooks.columns.records, before)).toMatchObject(steps);
    expect(await forgetSealed(OLD_RECORDS)).toBe(8);
    expect(await readColumn(desk.database, orderBooks.columns.records, before)).toMatchObject(steps);
  });
});
