import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { debitWallet, refuse, replyType, type StuckSaga } from '@jangteo/contracts';
import { readSentLetters } from '@jangteo/service';
import { StuckSagaHandler } from '../src/operations/stuck-saga.handler.js';
import { END_OF_WAIT, readNudgedBy } from '../src/operations/stuck-saga.queries.js';
import { LOOKED_AT_MAX } from '../src/saga/order-list.queries.js';
import { Desk, inWords, orderFor, reply, reservedFor, times } from './desk.js';

const adminId = randomUUIDv7();

let desk: Desk;
let stuck: StuckSagaHandler;
beforeAll(async () => {
  desk = await Desk.open();
  stuck = new StuckSagaHandler(desk.database, desk.config);
});
afterAll(() => desk.close());

beforeEach(async () => {
  await desk.sagas.writeConfirmed();
  await desk.database.rows('TRUNCATE orders, order_items, order_history, sagas CASCADE');
  desk.published = [];
});

/** Places an order whose last progress was so long ago. */
async function placedAgo(seconds: number) {
  const placing = orderFor(randomUUIDv7());
  await desk.place(placing);
  await desk.database.rows(
    `UPDATE order_history SET changed_at = changed_at - make_interval(secs => $1) WHERE order_id = $2`,
    [seconds, placing.orderId],
  );
  return placing;
}

async function listed(olderThanSeconds: number, limit = 100): Promise<StuckSaga[]> {
  const sagas: StuckSaga[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await stuck.list({ olderThanSeconds, limit, cursor });
    if (!page.ok) throw new Error(page.refusal.code);
    sagas.push(...page.value.sagas);
    if (page.value.next === undefined) return sagas;
    cursor = page.value.next;
  }
}

const nudge = (orderId: string) => stuck.nudge({ orderId, by: adminId });

describe('sagas without progress', () => {
  it('are those that wait longer than asked for, those of the oldest orders first, page by page', async () => {
    const ages = [30, 120, 90, 60, 300];
    const placings: Awaited<ReturnType<typeof placedAgo>>[] = [];
    for (const seconds of ages) placings.push(await placedAgo(seconds));
    const sagas = await listed(60, 2);
    const oldestFirst = [1, 2, 3, 4].map((index) => placings[index]!.orderId);
    expect(sagas.map(({ orderId }) => orderId)).toEqual(oldestFirst);
    expect(await listed(3_600)).toEqual([]);
  });

  it('are shown with what they wait for, since when, and what they were refused with', async () => {
    const placing = await placedAgo(0);
    await desk.hear(reservedFor(placing));
    await desk.hear(reply(debitWallet, placing.orderId, refuse('INSUFFICIENT_BALANCE', 'too little')));
    const [saga] = await listed(0);
    const { history } = await desk.read(placing.orderId);
    expect(saga).toMatchObject({
      orderId: placing.orderId,
      userId: placing.userId,
      state: 'UNDOING',
      since: history.at(-1)?.changedAt,
      awaits: ['ReleaseStock'],
      attempts: 0,
      failureCode: 'INSUFFICIENT_BALANCE',
      failureDetail: 'too little',
    });
    expect(saga).not.toHaveProperty('nudgedAt');
  });

  it('are those too that have ended and owe an event', async () => {
    const placing = orderFor(randomUUIDv7());
    await desk.succeed(placing);
    expect(await listed(0)).toMatchObject([
      { state: 'SUCCESS', awaits: [], owedEvents: ['order.completed'] },
    ]);
    await desk.sagas.writeConfirmed();
    expect(await listed(0)).toEqual([]);
  });
});

describe('very many sagas', () => {
  const MANY = 2 * LOOKED_AT_MAX + 10;
  const numberOf = ({ orderId }: StuckSaga) => parseInt(orderId.replace('-', '').slice(0, 12), 16);

  /** Two of three have ended and owe an event; number 3,000 alone is without progress. */
  beforeEach(async () => {
    await desk.database.rows(
      `WITH made AS (
         SELECT i, (lpad(to_hex(i), 12, '0') || '70008000000000000000')::uuid AS order_id FROM generate_series(1, $1::int) AS i
       ), orders_made AS (
         INSERT INTO orders (order_id, user_id, status, lines, created_at)
         SELECT order_id, order_id, 'PENDING', '[]', now() FROM made
       ), history_made AS (
         INSERT INTO order_history (order_id, seq, status, changed_by, changed_at)
         SELECT order_id, 1, 'PENDING', 'saga', now() - (i = 3000)::int * interval '1 hour' FROM made
       )
       INSERT INTO sagas (order_id, state, awaits, owed_events, waiters, deadline_at, sent_at, attempts,
         history_length, look_again_at)
       SELECT order_id, CASE i % 3 WHEN 0 THEN 'UNDOING' ELSE 'SUCCESS' END,
         CASE i % 3 WHEN 0 THEN '{ReleaseStock}' ELSE '{}' END::text[],
         CASE i % 3 WHEN 0 THEN '{}' ELSE '{order.completed}' END::text[], '[]', now(), now(), 0, 1, now()
       FROM made`,
      [MANY],
    );
  });

  it('are looked at in parts, so that a page may have none and go on', async () => {
    const numbers: number[][] = [];
    for (let cursor: string | undefined; ;) {
      const page = await stuck.list({ olderThanSeconds: 60, limit: 20, cursor });
      if (!page.ok) throw new Error(page.refusal.code);
      numbers.push(page.value.sagas.map(numberOf));
      cursor = page.value.next;
      if (cursor === undefined) break;
    }
    expect(numbers).toEqual([[], [3_000], []]);
  });

  it('are all listed once, in the order of their ids', async () => {
    const sagas = await listed(0);
    expect(sagas.map(numberOf)).toEqual(times(MANY, (index) => index + 1));
  });
});

describe('a nudge', () => {
  it('has what is awaited sent again by the next sweep, however long the pause was to be', async () => {
    const { orderId } = await placedAgo(60);
    await desk.database.rows(
      `UPDATE sagas SET attempts = 10, look_again_at = now() + interval '1 hour' WHERE order_id = $1`,
      [orderId],
    );
    await desk.sweeper().sweep();
    expect(desk.published).toEqual([]);
    expect(await nudge(orderId)).toMatchObject({ ok: true, value: { orderId, nudgedBy: adminId } });
    await desk.sweeper().sweep();
    expect(inWords(desk.published)).toEqual([`catalog.reserve-stock ${orderId}`]);
    await desk.sweeper().sweep();
    expect(desk.published).toHaveLength(1);
  });

  it('is kept with who gave it, every time', async () => {
    const { orderId } = await placedAgo(60);
    const other = randomUUIDv7();
    await nudge(orderId);
    await stuck.nudge({ orderId, by: other });
    expect(await listed(0)).toMatchObject([{ orderId, nudgedBy: other, nudgedAt: expect.any(String) }]);
    const kept = await desk.database.rows<{ by: string }>(
      'SELECT nudged_by AS by FROM saga_nudges WHERE order_id = $1 ORDER BY nudge_id',
      [orderId],
    );
    expect(kept.map(({ by }) => by)).toEqual([adminId, other]);
  });

  it('is counted once an operation, however often that has given it', async () => {
    const [{ orderId }, operationId] = [await placedAgo(60), randomUUIDv7()];
    for (let time = 0; time < 2; time += 1) await stuck.nudge({ orderId, by: adminId, operationId });
    expect(await readNudgedBy(desk.database, operationId)).toEqual([{ fate: 'open', count: 1 }]);
  });

  it('is refused for a saga that has ended, and for an order that there is not', async () => {
    const placing = orderFor(randomUUIDv7());
    await desk.succeed(placing);
    await desk.sagas.writeConfirmed();
    expect(await nudge(placing.orderId)).toEqual(refuse('SAGA_ENDED', 'the order is SUCCESS'));
    expect(await nudge(randomUUIDv7())).toEqual(refuse('ORDER_NOT_FOUND'));
    expect(await desk.database.rows('SELECT 1 FROM saga_nudges')).toEqual([]);
  });

  it('is given to all without progress page by page, and to no other', async () => {
    const old = [await placedAgo(90), await placedAgo(80), await placedAgo(70)];
    await placedAgo(10);
    let nudged = 0;
    let cursor: string | undefined;
    do {
      const page = await stuck.nudgeAll({ olderThanSeconds: 60, limit: 2, cursor, by: adminId });
      if (!page.ok) throw new Error(page.refusal.code);
      nudged += page.value.nudged;
      cursor = page.value.next;
    } while (cursor !== undefined);
    expect(nudged).toBe(3);
    await desk.sweeper().sweep();
    const expected = old.map(({ orderId }) => `catalog.reserve-stock ${orderId}`);
    expect(inWords(desk.published).toSorted()).toEqual(expected.toSorted());
  });

  it('changes nothing when several are given at once', async () => {
    const { orderId } = await placedAgo(60);
    await Promise.all(times(20, () => nudge(orderId)));
    await desk.sweeper().sweep();
    expect(inWords(desk.published)).toEqual([`catalog.reserve-stock ${orderId}`]);
  });
});

describe('a reply that was sent again', () => {
  /** @returns the operation by which it was sent */
  const sentAgain = async (
    type: string,
    orderId: string,
    id = randomUUIDv7(),
    earlierId: string | null = null,
  ) => {
    const operationId = randomUUIDv7();
    await desk.database.rows(
      `INSERT INTO dead_letters (dead_letter_id, queue, type, correlation_id, body, properties, reason, detail,
         is_sendable, state, settled_at, settled_by, operation_id, earlier_id)
       VALUES ($1, 'replies', $2, $3, '', '{}', 'FAILED', '', true, 'SENT_AGAIN', now() - interval '1 hour', $4, $5, $6)`,
      [id, type, orderId, adminId, operationId, earlierId],
    );
    return operationId;
  };
  const fatesBy = async (operationId: string) =>
    (await readSentLetters(desk.database, END_OF_WAIT, operationId)).map(({ fate }) => fate);
  const fateOf = async (type: string, orderId: string) => (await fatesBy(await sentAgain(type, orderId)))[0];

  it('took effect once its saga awaits it no more; of what is no reply nothing is known', async () => {
    const { orderId } = await placedAgo(60);
    expect(await fateOf(replyType(debitWallet), orderId)).toBe('tookEffect');
    expect(await fateOf('wallet.unheard-of', orderId)).toBe('open');
    await desk.database.rows('UPDATE sagas SET awaits = $1', [['DebitWallet']]);
    expect(await fateOf(replyType(debitWallet), orderId)).toBe('open');
  });

  it('that came back took effect by the later sending alone', async () => {
    const [{ orderId }, id, type] = [await placedAgo(60), randomUUIDv7(), replyType(debitWallet)];
    const first = await sentAgain(type, orderId, id);
    const second = await sentAgain(type, orderId, undefined, id);
    expect([await fatesBy(first), await fatesBy(second)]).toEqual([['cameBack'], ['tookEffect']]);
  });
});
