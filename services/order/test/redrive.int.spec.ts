import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  debitWallet,
  done,
  refundWallet,
  refuse,
  releaseStock,
  reserveStock,
  type redriveOrders,
  type ValueOf,
} from '@jangteo/contracts';
import { encodeCursor } from '@jangteo/database';
import type { RedriveHandler } from '../src/operations/redrive.handler.js';
import { debitedFor, Desk, inWords, orderFor, reply, reservedFor, times } from './desk.js';

const by = randomUUIDv7();
const LONG_AGO = '2000-01-01T00:00:00.000Z';

let desk: Desk;
let redrives: RedriveHandler;
/** The number of published messages that have been answered. */
let answered = 0;
beforeAll(async () => {
  desk = await Desk.open();
  redrives = desk.redrives();
});
afterAll(() => desk.close());

beforeEach(async () => {
  await desk.sagas.writeConfirmed();
  await desk.database.rows('TRUNCATE orders, order_items, order_history, sagas, redrives CASCADE');
  desk.published = [];
  answered = 0;
  desk.outage = undefined;
});

async function page(cursor?: string, more: { since?: string; until?: string; limit?: number } = {}) {
  const outcome = await redrives.redrive({ since: LONG_AGO, limit: 100, by, cursor, ...more });
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.value;
}

/** All pages, with every command answered as soon as it was sent. */
async function redriveAll(more: Parameters<typeof page>[1] = {}): Promise<ValueOf<typeof redriveOrders>[]> {
  const pages = [await page(undefined, more)];
  for (let cursor = pages[0]!.next; cursor !== undefined; cursor = pages.at(-1)!.next) {
    await answerAll();
    pages.push(await page(cursor, more));
  }
  return pages;
}

async function answerAll(): Promise<void> {
  const commands = desk.published.slice(answered).filter((message) => message.kind === 'command');
  answered = desk.published.length;
  await desk.hear(...commands.map(({ contract, correlationId }) => reply(contract, correlationId)));
}

async function failed(): Promise<string> {
  const placing = orderFor(randomUUIDv7());
  await desk.place(placing);
  await desk.hear(reservedFor(placing));
  await desk.hear(reply(debitWallet, placing.orderId, refuse('INSUFFICIENT_BALANCE')));
  await desk.hear(reply(releaseStock, placing.orderId));
  return placing.orderId;
}

async function succeeded(): Promise<string> {
  const placing = orderFor(randomUUIDv7());
  await desk.place(placing);
  await desk.hear(reservedFor(placing));
  await desk.hear(debitedFor(placing));
  return placing.orderId;
}

async function cancelled(): Promise<string> {
  const orderId = await succeeded();
  await desk.cancel(orderId);
  await desk.hear(reply(refundWallet, orderId), reply(releaseStock, orderId));
  return orderId;
}

/** Lets the last change of an order have been so long ago. */
async function age(orderId: string, seconds: number): Promise<void> {
  await desk.database.rows(
    `UPDATE order_history SET changed_at = changed_at - make_interval(secs => $1) WHERE order_id = $2`,
    [seconds, orderId],
  );
}

const kept = () =>
  desk.database.rows<{ command: string; code: string | null }>(
    `SELECT command, refusal ->> 'code' AS code FROM redrives ORDER BY order_id, command`,
  );

describe('a redrive', () => {
  it('sends the undos of what failed or was cancelled, then the actions of what succeeded, and events', async () => {
    const [good, bad, gone] = [await succeeded(), await failed(), await cancelled()];
    const pages = await redriveAll();
    expect(pages.map(({ redriven }) => redriven)).toEqual([2, 1, 0]);
    expect(inWords(desk.published)).toEqual([
      `wallet.refund ${bad}`,
      `catalog.release-stock ${bad}`,
      `wallet.refund ${gone}`,
      `catalog.release-stock ${gone}`,
      `order.completed ${gone}`,
      `order.cancelled ${gone}`,
      `catalog.reserve-stock ${good}`,
      `wallet.debit ${good}`,
      `order.completed ${good}`,
    ]);
    expect(pages.at(-1)).toMatchObject({ refused: 0, refusals: [] });
    expect(await kept()).toEqual([]);
  });

  it('begins with the actions once every undo is answered', async () => {
    const [, gone] = [await succeeded(), await cancelled()];
    const first = await page();
    desk.published = [];
    const waits = await page(first.next);
    expect(waits).toMatchObject({ redriven: 0, unanswered: 2 });
    await desk.hear(reply(refundWallet, gone));
    expect(await page(waits.next)).toMatchObject({ redriven: 0, unanswered: 1 });
    expect(desk.published).toEqual([]);
    await desk.hear(reply(releaseStock, gone));
    expect(await page(waits.next)).toMatchObject({ redriven: 1, unanswered: 0 });
    expect(inWords(desk.published)).toHaveLength(3);
  });

  describe('with a command that nobody ever answers', () => {
    /** As if the page behind it had been asked for so much later. */
    const later = (cursor: string | undefined, seconds: number): string => {
      const parts = JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString()) as (string | number)[];
      const [since = 0] = parts.splice(-1);
      parts.push(new Date(new Date(since).getTime() - seconds * 1_000).toISOString());
      return encodeCursor(parts);
    };
    const queue = (messages: number, consumers: number) =>
      ['catalog', 'coupon', 'wallet'].map((service) => ({
        queue: `shop.${service}.commands`,
        messages,
        consumers,
      }));
    afterEach(() => {
      desk.queues = [];
    });

    it('goes on without it after a long silence, and names it at the end', async () => {
      const [good, gone] = [await succeeded(), await cancelled()];
      desk.queues = queue(0, 1);
      let place = await page((await page()).next);
      await desk.hear(reply(releaseStock, gone));
      // An answer came: it is waited for anew.
      place = await page(later(place.next, 150));
      expect(place).toMatchObject({ redriven: 0, unanswered: 1 });
      place = await page(later(place.next, 110));
      expect(place).toMatchObject({ redriven: 0, unanswered: 1 });
      place = await page(later(place.next, 15));
      expect(place).toMatchObject({ redriven: 1, unanswered: 0 });
      await desk.hear(reply(reserveStock, good, done({ items: [], subtotal: 0 })));
      // As many as of the phase before, and yet another silence.
      expect(await page(place.next)).toMatchObject({ unanswered: 1, next: expect.any(String) });
      await desk.hear(debitedFor({ orderId: good }));
      expect(await page(place.next)).toEqual({
        redriven: 0,
        moving: 0,
        unanswered: 1,
        unansweredCommands: [{ orderId: gone, command: 'RefundWallet' }],
        refused: 0,
        refusals: [],
      });
    });

    it.each([
      ['is away', queue(2, 0)],
      ['has nobody at its empty queue', queue(0, 0)],
      ['is behind', queue(1_000, 1)],
      ['is not told of', []],
    ])('waits as long as it takes while a participant %s', async (_how, queues) => {
      await cancelled();
      desk.queues = queues;
      let place = await page((await page()).next);
      place = await page(later(place.next, 150));
      expect(place).toMatchObject({ unanswered: 2 });
      desk.queues = queue(0, 1);
      // Once it is here it has its time.
      expect(await page(place.next)).toMatchObject({ unanswered: 2 });
      expect((await page(later(place.next, 150))).unanswered).toBe(0);
    });
  });

  it('tells what was refused, and keeps it until it is not any more', async () => {
    const good = await succeeded();
    let place = await page();
    place = await page(place.next);
    await desk.hear(reply(debitWallet, good, refuse('INSUFFICIENT_BALANCE', '2 is due, 1 is there')));
    expect(await page(place.next)).toMatchObject({ unanswered: 1, refused: 0 });
    await desk.hear(reply(reserveStock, good, done({ items: [], subtotal: 0 })));
    const refusal = { orderId: good, command: 'DebitWallet', failureCode: 'INSUFFICIENT_BALANCE' };
    const end = { refused: 1, refusals: [{ ...refusal, failureDetail: '2 is due, 1 is there' }] };
    expect(await page(place.next)).toEqual({ ...end, redriven: 0, moving: 0, unanswered: 0 });
    expect(await kept()).toEqual([{ command: 'DebitWallet', code: 'INSUFFICIENT_BALANCE' }]);
    expect((await desk.read(good)).orderStatus).toBe('SUCCESS');
    answered = desk.published.length;
    expect((await redriveAll()).at(-1)).toMatchObject({ refused: 0 });
    expect(await kept()).toEqual([]);
  });

  it('is of the orders that changed last within the window, page by page, each once', async () => {
    const orderIds: string[] = [];
    for (const make of [succeeded, cancelled, failed, succeeded, cancelled]) orderIds.push(await make());
    await age(orderIds[0]!, 7_200);
    await age(orderIds[2]!, 3_600);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const sentTo = () =>
      new Set(desk.published.map((one) => (one as { payload: { orderId: string } }).payload.orderId));
    const pages = await redriveAll({ since: hoursAgo(1.5), limit: 1 });
    expect(pages.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(4);
    expect(sentTo()).toEqual(new Set(orderIds.slice(1)));
    desk.published = [];
    answered = 0;
    await redriveAll({ since: hoursAgo(3), until: hoursAgo(0.5) });
    expect(sentTo()).toEqual(new Set([orderIds[0], orderIds[2]]));
  });

  it('leaves out what has not ended, and says so at its beginning', async () => {
    const placing = orderFor(randomUUIDv7());
    await desk.place(placing);
    const [first, ...others] = await redriveAll();
    expect(first).toMatchObject({ redriven: 0, moving: 1 });
    expect(others.every(({ moving }) => moving === 0)).toBe(true);
    expect(desk.published).toEqual([]);
  });

  it('can be asked for again where it could not be sent', async () => {
    await cancelled();
    desk.outage = new Error('no broker');
    await expect(page()).rejects.toThrow('no broker');
    desk.outage = undefined;
    expect((await redriveAll())[0]).toMatchObject({ redriven: 1 });
    expect(await kept()).toEqual([]);
  });

  it('does not wait for what another one before it was never answered', async () => {
    await cancelled();
    await page();
    await desk.database.rows(`UPDATE redrives SET redriven_at = now() - interval '1 hour'`);
    const first = await page(undefined, { until: LONG_AGO });
    expect(await page(first.next)).toMatchObject({ unanswered: 0 });
  });

  it('is refused a cursor of another list', async () => {
    const nonsense = ['nonsense', Buffer.from('["actions","x","y"]').toString('base64url')];
    for (const cursor of nonsense) {
      expect(await redrives.redrive({ since: LONG_AGO, limit: 1, by, cursor })).toMatchObject({ ok: false });
    }
  });

  it('goes on behind a long stretch of orders that did not change', async () => {
    await desk.database.rows(
      `WITH made AS (
         INSERT INTO orders (order_id, user_id, status, lines, created_at, completed_at, subtotal, discount, total)
         SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(), 'SUCCESS', '[]',
           now(), now(), 0, 0, 0 FROM generate_series(1, 6000) AS n RETURNING order_id)
       INSERT INTO order_history (order_id, seq, status, changed_by, changed_at)
       SELECT order_id, 1, 'SUCCESS', 'saga', '2000-01-01' FROM made`,
    );
    await cancelled();
    const since = new Date(Date.now() - 60_000).toISOString();
    const pages = await redriveAll({ since });
    expect(pages.map(({ redriven }) => redriven)).toEqual([0, 1, 0, 0, 0]);
  });
});

describe('an answer to what was sent again', () => {
  it('costs replies that take their saga further no statement', async () => {
    const placings = times(3, () => orderFor(randomUUIDv7()));
    for (const placing of placings) await desk.place(placing);
    const statements: string[] = [];
    const rows = desk.database.rows.bind(desk.database);
    desk.database.rows = async (text, values) => {
      statements.push(text);
      return await rows(text, values);
    };
    await desk.hear(...placings.map(reservedFor));
    expect(statements.filter((text) => text.includes('redrives'))).toEqual([]);
    await desk.hear(...placings.map(reservedFor));
    expect(statements.filter((text) => text.includes('redrives'))).toHaveLength(1);
    desk.database.rows = rows;
  });
});
