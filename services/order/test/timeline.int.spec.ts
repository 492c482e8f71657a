import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { debitWallet, refuse, releaseStock, reserveStock, TOLD_MAX, type OrderWay } from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import { nudge } from '../src/operations/stuck-saga.queries.js';
import { timelinesOf } from '../src/operations/timeline.handler.js';
import { numberEntries } from '../src/data-platform/relay.queries.js';
import { debitedFor, Desk, orderFor, reply, reservedFor, times, usedFor } from './desk.js';

let desk: Desk;

beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk?.close());

async function wayOf(orderId: string): Promise<OrderWay> {
  const [outcome] = await timelinesOf([{ orderId }], desk.database);
  if (outcome?.ok !== true) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const statesIn = ({ commands }: OrderWay) =>
  commands.map(({ name, answeredAt, code }) => [
    name,
    code ?? (answeredAt === undefined ? 'awaited' : 'answered'),
  ]);

/** An order that was placed, debited and not answered yet. */
async function debiting() {
  const placing = orderFor(newId(), { actorId: newId(), placedBy: 'admin' });
  await desk.place(placing, undefined, { requestId: 'my-request-7', traceparent: 'a trace' });
  await desk.hear(reservedFor(placing));
  return placing;
}

async function forgetSaga(orderId: string): Promise<void> {
  await desk.database.rows('DELETE FROM sagas WHERE order_id = $1', [orderId]);
}

describe('the timeline of an order', () => {
  it('in flight tells what it waits for, and the trace of its request', async () => {
    const { orderId, actorId } = await debiting();
    await desk.age(6_000, [orderId]);
    await desk.sagas.sweep(100, []);
    const way = await wayOf(orderId);
    expect(way.placed).toMatchObject({ by: 'admin', actorId });
    expect(statesIn(way)).toEqual([
      ['ReserveStock', 'answered'],
      ['DebitWallet', 'awaited'],
    ]);
    expect(way.commands[1]).toMatchObject({
      sends: 2,
      sentAt: expect.any(String),
      asked: { amount: 10_000 },
    });
    expect(way.saga).toMatchObject({
      state: 'DEBITING_WALLET',
      awaits: ['DebitWallet'],
      requestId: 'my-request-7',
      traceparent: 'a trace',
      lookAgainAt: expect.any(String),
    });
    expect(way.records).toEqual([]);
  });

  it('that failed tells where and why, and what is undone still', async () => {
    const placing = await debiting();
    await desk.hear(
      reply(debitWallet, placing.orderId, refuse('INSUFFICIENT_BALANCE', '9 is due, 5 is there')),
    );
    const undoing = await wayOf(placing.orderId);
    expect(undoing.failed).toMatchObject({ reason: 'INSUFFICIENT_BALANCE', step: 'DebitWallet' });
    expect(statesIn(undoing).at(-1)).toEqual(['ReleaseStock', 'awaited']);
    await desk.hear(reply(releaseStock, placing.orderId));
    const ended = await wayOf(placing.orderId);
    expect(statesIn(ended)).toEqual([
      ['ReserveStock', 'answered'],
      ['DebitWallet', 'INSUFFICIENT_BALANCE'],
      ['ReleaseStock', 'answered'],
    ]);
    expect(ended.saga).toMatchObject({ awaits: [], owedEvents: [] });
  });

  it('that was cancelled tells by whom, and its records with their numbers', async () => {
    const placing = orderFor(newId(), { userCouponId: newId() });
    await desk.place(placing);
    await desk.hear(reservedFor(placing), usedFor(placing), debitedFor(placing));
    expect((await wayOf(placing.orderId)).records).toEqual([{ type: 'order.completed', isSent: false }]);
    await desk.database.transaction((tx) => numberEntries(tx, 1_000));
    await desk.cancel(placing.orderId);
    const way = await wayOf(placing.orderId);
    expect(way.cancelled).toMatchObject({ by: 'customer' });
    expect(statesIn(way).slice(3)).toEqual([
      ['RefundWallet', 'awaited'],
      ['ReleaseCoupon', 'awaited'],
      ['ReleaseStock', 'awaited'],
    ]);
    expect(way.records).toEqual([{ type: 'order.completed', sequence: expect.any(Number), isSent: false }]);
  });

  it('is told when its saga was deleted, and when that was made anew', async () => {
    const placing = orderFor(newId());
    await desk.place(placing);
    await desk.hear(reservedFor(placing), debitedFor(placing));
    const { saga: _, ...before } = await wayOf(placing.orderId);
    await forgetSaga(placing.orderId);
    const after = await wayOf(placing.orderId);
    expect(after).not.toHaveProperty('saga');
    expect({ ...after, readAt: '' }).toEqual({ ...before, readAt: '' });
    await desk.cancel(placing.orderId);
    const revived = await wayOf(placing.orderId);
    expect(revived.saga).toMatchObject({ state: 'CANCELLING', awaits: ['RefundWallet', 'ReleaseStock'] });
    expect(statesIn(revived)).toEqual([
      ['ReserveStock', 'answered'],
      ['DebitWallet', 'answered'],
      ['RefundWallet', 'awaited'],
      ['ReleaseStock', 'awaited'],
    ]);
  });

  it('tells who pushed it, what was sent again after a restore, and the messages that failed, the latest of many', async () => {
    const { orderId } = await debiting();
    const by = newId();
    for (let count = 0; count < TOLD_MAX + 5; count += 1) {
      await desk.database.transaction((tx) => nudge(tx, [orderId], { by }, 60_000));
    }
    await desk.database.rows(
      `INSERT INTO redrives (order_id, command, redriven_by, refusal)
       VALUES ($1, 'DebitWallet', $2, '{"code":"INSUFFICIENT_BALANCE"}'), ($1, 'ReserveStock', $2, NULL)`,
      [orderId, by],
    );
    await desk.database.rows(
      `INSERT INTO dead_letters (dead_letter_id, queue, type, message_id, correlation_id, body, properties, reason,
         detail, is_sendable, parked_at)
       SELECT gen_random_uuid(), 'q', repeat('t', 9000), 'm' || i, $1, '', '{}', 'invalid-payload', '', true,
         now() - i * interval '1 second' FROM generate_series(1, $2::int) AS i`,
      [orderId, TOLD_MAX + 5],
    );
    const way = await wayOf(orderId);
    expect(way.nudges).toHaveLength(TOLD_MAX);
    expect(way.redrives).toEqual([
      { command: 'DebitWallet', at: expect.any(String), by, code: 'INSUFFICIENT_BALANCE' },
      { command: 'ReserveStock', at: expect.any(String), by },
    ]);
    expect(way.deadLetters).toHaveLength(TOLD_MAX);
    expect(way.deadLetters.at(-1)).toMatchObject({
      messageId: 'm1',
      state: 'WAITING',
      type: 't'.repeat(200),
    });
  });

  it('is told for a batch, to each user of their own alone', async () => {
    const [mine, theirs] = [await debiting(), await debiting()];
    const failed = orderFor(mine.userId);
    await desk.place(failed);
    await desk.hear(reply(reserveStock, failed.orderId, refuse('OUT_OF_STOCK')));
    const asked = [
      { orderId: mine.orderId, userId: mine.userId },
      { orderId: theirs.orderId, userId: mine.userId },
      { orderId: newId() },
      { orderId: failed.orderId, userId: mine.userId },
      { orderId: theirs.orderId },
    ];
    const outcomes = await timelinesOf(asked, desk.database);
    expect(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.order.orderId : outcome.refusal.code)),
    ).toEqual([mine.orderId, 'ORDER_NOT_FOUND', 'ORDER_NOT_FOUND', failed.orderId, theirs.orderId]);
    expect(
      times(5, (index) => outcomes[index]!.ok && statesIn((outcomes[index] as { value: OrderWay }).value)[0]),
    ).toEqual([
      ['ReserveStock', 'answered'],
      false,
      false,
      ['ReserveStock', 'OUT_OF_STOCK'],
      ['ReserveStock', 'answered'],
    ]);
  });
});
