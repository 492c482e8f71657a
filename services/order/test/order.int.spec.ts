import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  debitWallet,
  done,
  refundWallet,
  refuse,
  releaseCoupon,
  releaseStock,
  reserveStock,
  type Order,
  type Outcome,
} from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import {
  answersIn,
  codeOf,
  debitedFor,
  delivery,
  Desk,
  inWords,
  LIST_BYTES,
  orderFor,
  PRICE,
  reply,
  reservedFor,
  times,
  usedFor,
} from './desk.js';
import { rowsRead } from '@jangteo/testkit';
import { readOrderPages } from '../src/saga/order.queries.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

let userId: string;
beforeEach(() => {
  userId = newId();
  desk.published = [];
  desk.outage = undefined;
});

const orderIn = (outcome: Outcome | 'deferred' | undefined): Order =>
  (outcome as { ok: true; value: Order }).value;
const stepsOf = async (orderId: string) =>
  (await desk.read(orderId)).history.map(({ orderStatus, step }) => `${orderStatus} ${step ?? ''}`.trim());

describe('placing an order', () => {
  it('stores it, asks for its stock and answers that it is pending', async () => {
    const placing = orderFor(userId, { userCouponId: newId() });
    const result = await desk.place(placing);
    expect(orderIn(answersIn(result)[0])).toMatchObject({
      orderId: placing.orderId,
      userId,
      orderStatus: 'PENDING',
      items: placing.items,
      userCouponId: placing.userCouponId,
    });
    expect(inWords(result.publish)).toEqual([`catalog.reserve-stock ${placing.orderId}`]);
    expect((await desk.read(placing.orderId)).history).toMatchObject([
      { orderStatus: 'PENDING', changedBy: 'customer' },
    ]);
  });

  it('places one order for fifty parallel requests under one key, and answers all of them for it', async () => {
    const operation = { key: newId(), fingerprint: 'a' };
    const results = await Promise.all(times(50, () => desk.place(orderFor(userId, { operation }))));
    const ids = new Set(results.map((result) => orderIn(answersIn(result)[0]).orderId));
    expect(ids.size).toBe(1);
    expect(await desk.count('orders', `user_id = '${userId}'`)).toBe(1);
  });

  it('places one order when one message is in work twenty times at once', async () => {
    const placing = orderFor(userId);
    const results = await Promise.all(times(20, () => desk.place(placing)));
    for (const result of results) expect(orderIn(answersIn(result)[0]).orderId).toBe(placing.orderId);
    expect(await stepsOf(placing.orderId)).toEqual(['PENDING']);
  });

  it('lets all who ask for the same wait for the same end', async () => {
    const operation = { key: newId(), fingerprint: 'a' };
    const first = orderFor(userId, { operation, wait: true });
    const result = await desk.orders.place([
      delivery(first, 'one'),
      delivery(orderFor(userId, { operation, wait: true }), 'two'),
    ]);
    expect(answersIn(result)).toEqual(['deferred', 'deferred']);
    const said = await desk.hear(reservedFor(first), debitedFor(first));
    expect(said.slice(-2)).toEqual(['one SUCCESS', 'two SUCCESS']);
  });

  it('asks for the stock again when the request comes again before the stock answered', async () => {
    const placing = orderFor(userId);
    await desk.place(placing);
    expect(inWords((await desk.place(placing)).publish)).toEqual([
      `catalog.reserve-stock ${placing.orderId}`,
    ]);
  });

  it('answers a repeat with the end of the first, also when that was cancelled since', async () => {
    const placing = orderFor(userId, { wait: true });
    await desk.place(placing, 'first');
    await desk.hear(reservedFor(placing), debitedFor(placing));
    const repeat = { ...placing, orderId: newId() };
    const before = answersIn(await desk.place(repeat, 'again'));
    expect(orderIn(before[0])).toMatchObject({ orderId: placing.orderId, orderStatus: 'SUCCESS' });
    await desk.cancel(placing.orderId);
    await desk.hear(reply(refundWallet, placing.orderId), reply(releaseStock, placing.orderId));
    expect((await desk.read(placing.orderId)).orderStatus).toBe('CANCELLED');
    expect(answersIn(await desk.place(repeat, 'again'))).toEqual(before);
  });

  it('answers all who wait, and every repeat, that it is pending once one of them was answered so', async () => {
    const placing = orderFor(userId, { wait: true, userCouponId: newId() });
    const { orderId } = placing;
    await desk.place(placing, 'first');
    await desk.hear(reservedFor(placing));
    await desk.place(placing, 'second');
    const ended = await desk.place({ ...placing, wait: false });
    const [answer] = answersIn(ended);
    expect(orderIn(answer)).toEqual({
      orderId,
      userId,
      orderStatus: 'PENDING',
      userCouponId: placing.userCouponId,
      items: placing.items,
      orderDate: (await desk.read(orderId)).orderDate,
    });
    expect(inWords(ended.publish)).toEqual(['first PENDING', 'second PENDING']);
    const repeats = async (): Promise<unknown[]> => {
      const [late, patient] = [orderFor(userId, placing), { ...placing, orderId: newId() }];
      const result = await desk.orders.place([
        delivery({ ...late, wait: false }),
        delivery(patient, 'third'),
      ]);
      expect(result.publish).toEqual([]);
      return answersIn(result);
    };
    expect(await repeats()).toEqual([answer, answer]);
    expect(await desk.hear(usedFor(placing), debitedFor(placing))).not.toContain('first SUCCESS');
    expect(await repeats()).toEqual([answer, answer]);
    await desk.cancel(orderId);
    expect(await repeats()).toEqual([answer, answer]);
  });

  it('answers a repeat of what nobody waited for as the first time, also after a failure', async () => {
    const placing = orderFor(userId);
    const [first] = answersIn(await desk.place(placing));
    expect(answersIn(await desk.place({ ...placing, wait: true }, 'late'))).toEqual([first]);
    await desk.hear(reply(reserveStock, placing.orderId, refuse('OUT_OF_STOCK')));
    expect((await desk.read(placing.orderId)).orderStatus).toBe('FAILED');
    expect(answersIn(await desk.place({ ...placing, wait: true }, 'late'))).toEqual([first]);
  });

  it('refuses another order under a used key, and a used id under another key', async () => {
    const placing = orderFor(userId);
    await desk.place(placing);
    const [otherBody] = answersIn(
      await desk.place({ ...placing, operation: { ...placing.operation, fingerprint: 'b' } }),
    );
    const otherKey = { key: newId(), fingerprint: 'a' };
    const other = orderFor(newId());
    const [otherOwner, neighbour] = answersIn(
      await desk.orders.place([delivery({ ...placing, operation: otherKey }), delivery(other)]),
    );
    expect([otherBody, otherOwner]).toMatchObject(
      times(2, () => ({ ok: false, refusal: { code: 'IDEMPOTENCY_KEY_REUSED' } })),
    );
    expect(orderIn(neighbour).orderId).toBe(other.orderId);
    expect((await desk.read(placing.orderId)).userId).toBe(userId);
  });
});

describe('replies', () => {
  it('bring an order with a coupon to its success, step by step', async () => {
    const placing = orderFor(userId, { userCouponId: newId(), wait: true, expectedTotal: 9_000 });
    const { orderId } = placing;
    await desk.place(placing, 'buyer');
    expect(await desk.hear(reservedFor(placing))).toEqual([`coupon.use ${orderId}`]);
    expect(await desk.hear(usedFor(placing))).toEqual([`wallet.debit ${orderId}`]);
    expect(await desk.hear(debitedFor(placing))).toEqual([`order.completed ${orderId}`, 'buyer SUCCESS']);
    const order = await desk.read(orderId);
    expect(order).toMatchObject({ subtotal: PRICE, discount: 1_000, totalPrice: 9_000 });
    expect(order.items).toMatchObject([{ name: 'Tea cup', price: PRICE, quantity: 1 }]);
    expect(order.history.map(({ step, changedBy }) => [step, changedBy])).toEqual([
      [undefined, 'customer'],
      ['ReserveStock', 'saga'],
      ['UseCoupon', 'saga'],
      ['DebitWallet', 'saga'],
    ]);
  });

  it('of a step that was refused let the order fail for that reason once all is undone', async () => {
    const placing = orderFor(userId, { userCouponId: newId(), wait: true });
    const { orderId } = placing;
    await desk.place(placing, 'buyer');
    await desk.hear(reservedFor(placing), usedFor(placing));
    const refused = reply(debitWallet, orderId, refuse('INSUFFICIENT_BALANCE', 'not enough'));
    expect(await desk.hear(refused)).toEqual([
      `coupon.release ${orderId}`,
      `catalog.release-stock ${orderId}`,
    ]);
    expect(await desk.read(orderId)).not.toHaveProperty('failureCode');
    expect(await desk.hear(reply(releaseStock, orderId))).toEqual([]);
    expect(await desk.hear(reply(releaseCoupon, orderId))).toEqual(['buyer FAILED']);
    const order = await desk.read(orderId);
    expect(order).toMatchObject({ orderStatus: 'FAILED', failureCode: 'INSUFFICIENT_BALANCE' });
    expect(
      order.history.map(({ orderStatus, step, reason }) => [orderStatus, step, reason]).slice(3),
    ).toEqual([
      ['PENDING', 'DebitWallet', 'INSUFFICIENT_BALANCE'],
      ['PENDING', 'ReleaseStock', undefined],
      ['FAILED', 'ReleaseCoupon', 'INSUFFICIENT_BALANCE'],
    ]);
  });

  it('tell the shortages of an order that failed for want of stock', async () => {
    const placing = orderFor(userId);
    await desk.place(placing);
    const shortages = [
      { productId: placing.items[0]!.productId, optionId: newId(), requested: 1, available: 0 },
    ];
    await desk.hear(reply(reserveStock, placing.orderId, refuse('OUT_OF_STOCK', undefined, { shortages })));
    expect(await desk.read(placing.orderId)).toMatchObject({ failureCode: 'OUT_OF_STOCK', shortages });
  });

  it('take effect once, however often they come in one batch and in parallel ones', async () => {
    const placing = orderFor(userId);
    const { orderId } = placing;
    await desk.place(placing);
    const flood = (message: ReturnType<typeof reservedFor>) =>
      Promise.all(times(20, () => desk.hear(message, message, message)));
    await flood(reservedFor(placing));
    await flood(debitedFor(placing));
    expect(await stepsOf(orderId)).toEqual(['PENDING', 'PENDING ReserveStock', 'SUCCESS DebitWallet']);
    expect(await desk.count('order_items', `order_id = '${orderId}'`)).toBe(1);
  });

  it('of crossing batches of many orders neither deadlock nor lose one', async () => {
    const placings = times(60, () => orderFor(userId));
    await desk.orders.place(placings.map((placing) => delivery(placing)));
    await Promise.all([
      desk.hear(...placings.map(reservedFor)),
      desk.hear(...placings.map(reservedFor).reverse()),
      desk.hear(...placings.map(reservedFor)),
    ]);
    await Promise.all([
      desk.hear(...placings.map(debitedFor).reverse()),
      desk.hear(...placings.map(debitedFor)),
    ]);
    expect(await desk.count('orders', `user_id = '${userId}' AND status = 'SUCCESS'`)).toBe(60);
    const histories = await desk.orders.read(placings.map(({ orderId }) => delivery({ orderId })));
    for (const outcome of histories) expect(outcome.ok && outcome.value.history).toHaveLength(3);
  });

  it('cost as many statements for two hundred orders as for one', async () => {
    const statementsFor = async (count: number): Promise<number> => {
      const placings = times(count, () => orderFor(userId));
      desk.database.statements = 0;
      await desk.orders.place(placings.map((placing) => delivery(placing)));
      await desk.hear(...placings.map(reservedFor));
      await desk.hear(...placings.map(debitedFor));
      return desk.database.statements;
    };
    expect(await statementsFor(200)).toBe(await statementsFor(1));
  });

  it('to orders that nobody knows change nothing', async () => {
    expect(await desk.hear(reservedFor(orderFor(userId)))).toEqual([]);
  });
});

describe('cancelling', () => {
  it('undoes everything once for twenty parallel requests, and answers each of them', async () => {
    const placing = orderFor(userId, { userCouponId: newId() });
    const { orderId } = placing;
    await desk.succeed(placing);
    await desk.sagas.writeConfirmed();
    const results = await Promise.all(times(20, (index) => desk.cancel(orderId, `asker${index}`)));
    expect(results.flatMap(answersIn)).toEqual(times(20, () => 'deferred'));
    const undos = [
      `wallet.refund ${orderId}`,
      `coupon.release ${orderId}`,
      `catalog.release-stock ${orderId}`,
    ];
    // By each of them: that of the first may never have been published.
    for (const { publish } of results) expect(inWords(publish)).toEqual(undos);
    expect((await desk.read(orderId)).orderStatus).toBe('SUCCESS');
    await desk.hear(reply(refundWallet, orderId), reply(releaseCoupon, orderId));
    const end = await desk.hear(reply(releaseStock, orderId));
    expect(end.toSorted()).toEqual(
      [`order.cancelled ${orderId}`, ...times(20, (index) => `asker${index} CANCELLED`)].toSorted(),
    );
    expect((await stepsOf(orderId)).slice(4)).toEqual([
      'SUCCESS Cancel',
      'SUCCESS RefundWallet',
      'SUCCESS ReleaseCoupon',
      'CANCELLED ReleaseStock',
    ]);
    const again = await desk.cancel(orderId, 'late');
    expect(orderIn(answersIn(again)[0]).orderStatus).toBe('CANCELLED');
    expect(again.publish).toEqual([]);
  });

  it('is answered under one key as the first time, also when it was refused then', async () => {
    const placing = orderFor(userId);
    const { orderId } = placing;
    const [early, later] = times(2, () => ({ key: newId(), fingerprint: orderId }));
    await desk.place(placing);
    const codes = async (operation = early, fingerprint = orderId) => {
      const result = await desk.cancel(orderId, 'asker', { key: operation!.key, fingerprint });
      return [...answersIn(result).map(codeOf), ...inWords(result.publish)];
    };
    expect(await codes()).toEqual(['ORDER_NOT_CANCELLABLE']);
    await desk.hear(reservedFor(placing), debitedFor(placing));
    expect(await codes()).toEqual(['ORDER_NOT_CANCELLABLE']);
    const undos = [`wallet.refund ${orderId}`, `catalog.release-stock ${orderId}`];
    expect(await codes(later)).toEqual(['deferred', ...undos]);
    expect(await codes(later)).toEqual(['deferred', ...undos]);
    await desk.hear(reply(refundWallet, orderId), reply(releaseStock, orderId));
    expect(await codes(later)).toEqual(['ok']);
    expect(await codes()).toEqual(['ORDER_NOT_CANCELLABLE']);
    expect(await codes(later, 'another')).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });

  it('happens once for twenty parallel requests under one key', async () => {
    const placing = orderFor(userId);
    const { orderId } = placing;
    await desk.succeed(placing);
    const operation = { key: newId(), fingerprint: '' };
    const results = await Promise.all(times(20, (index) => desk.cancel(orderId, `asker${index}`, operation)));
    expect(results.flatMap(answersIn)).toEqual(times(20, () => 'deferred'));
    await desk.hear(reply(refundWallet, orderId));
    const end = await desk.hear(reply(releaseStock, orderId));
    expect(end.filter((said) => said.endsWith(' CANCELLED'))).toHaveLength(20);
  });

  it('is refused while the order is pending, after it failed, and to strangers', async () => {
    const [pending, failed, foreign] = times(3, () => orderFor(userId));
    await desk.place(pending!);
    await desk.place(failed!);
    await desk.hear(reply(reserveStock, failed!.orderId, refuse('OUT_OF_STOCK')));
    await desk.succeed(foreign!);
    const ask = (orderId: string, asker: string) =>
      delivery({
        operation: { key: newId(), fingerprint: '' },
        orderId,
        userId: asker,
        cancelledBy: 'customer',
      });
    const result = await desk.sagas.cancel([
      ask(pending!.orderId, userId),
      ask(failed!.orderId, userId),
      ask(foreign!.orderId, newId()),
      ask(newId(), userId),
    ]);
    expect(answersIn(result)).toMatchObject(
      ['ORDER_NOT_CANCELLABLE', 'ORDER_NOT_CANCELLABLE', 'ORDER_NOT_FOUND', 'ORDER_NOT_FOUND'].map(
        (code) => ({
          refusal: { code },
        }),
      ),
    );
    expect((await desk.read(foreign!.orderId)).orderStatus).toBe('SUCCESS');
  });
});

describe('reading', () => {
  it('finds an order only for its user', async () => {
    const placing = orderFor(userId);
    await desk.place(placing);
    const { orderId } = placing;
    const outcomes = await desk.orders.read([
      delivery({ orderId, userId }),
      delivery({ orderId, userId: newId() }),
      delivery({ orderId }),
      delivery({ orderId: newId() }),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'found' : outcome.refusal.code))).toEqual([
      'found',
      'ORDER_NOT_FOUND',
      'found',
      'ORDER_NOT_FOUND',
    ]);
  });

  it('lists a user’s orders newest first, page by page, for many users in one batch', async () => {
    const placings = times(7, () => orderFor(userId));
    for (const placing of placings.slice(0, 3)) await desk.place(placing);
    await desk.orders.place(placings.slice(3).map((placing) => delivery(placing)));
    const seen: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 10; pages += 1) {
      const [page, stranger] = await desk.orders.list([
        delivery({ userId, limit: 3, cursor }),
        delivery({ userId: newId(), limit: 3 }),
      ]);
      expect(stranger).toMatchObject({ ok: true, value: { orders: [] } });
      if (page?.ok !== true) throw new Error(JSON.stringify(page));
      seen.push(...page.value.orders.map(({ orderId }) => orderId));
      cursor = page.value.next;
      if (cursor === undefined) break;
      if (pages === 0) await desk.place(orderFor(userId));
    }
    expect(seen).toEqual(placings.map(({ orderId }) => orderId).toReversed());
  });

  const largeOrder = () =>
    orderFor(userId, { items: times(100, () => ({ productId: newId(), quantity: 1 })) });

  it('ends a page early rather than make it too large, and goes on with the next order', async () => {
    const placings = times(9, largeOrder);
    await desk.orders.place(placings.slice(0, 8).map((placing) => delivery(placing)));
    // Alone it is more than a page.
    const name = '🍵'.repeat(200);
    const largest = placings[8]!;
    await desk.place(largest);
    const reserved = largest.items.map((line) => ({ ...line, optionId: newId(), name, price: 1 }));
    await desk.hear(reply(reserveStock, largest.orderId, done({ items: reserved, subtotal: 100 })));
    const seen: string[] = [];
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const [page] = await desk.orders.list([delivery({ userId, limit: 100, cursor })]);
      if (page?.ok !== true) throw new Error(JSON.stringify(page));
      const { orders, next } = page.value;
      expect(orders.length === 1 || JSON.stringify(orders).length <= LIST_BYTES).toBe(true);
      expect(orders).toHaveLength(isFirst ? 1 : 2);
      seen.push(...orders.map(({ orderId }) => orderId));
      cursor = next;
    }
    expect(seen.toSorted()).toEqual(placings.map(({ orderId }) => orderId).toSorted());
  });

  it('reads no more orders than a page bears, however many there are', async () => {
    await desk.orders.place(times(40, () => delivery(largeOrder())));
    const looked = await desk.database.transaction((tx) =>
      rowsRead(tx, 'orders', () => readOrderPages(tx, [{ userId, limit: 100 }], LIST_BYTES)),
    );
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan(10);
  });

  it('reads equal pages of a batch once, and gives them one answer', async () => {
    await desk.place(orderFor(userId));
    const [first, other, same] = await desk.orders.list([
      delivery({ userId, limit: 3 }),
      delivery({ userId, limit: 2 }),
      delivery({ userId, limit: 3 }),
    ]);
    expect(same).toBe(first);
    expect(other).toEqual(first);
  });

  it.each(['nonsense', Buffer.from('["2026-01-01","x"]').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      const [page] = await desk.orders.list([delivery({ userId, limit: 3, cursor })]);
      expect(page).toMatchObject({ ok: false, refusal: { code: 'VALIDATION_FAILED' } });
    },
  );
});
