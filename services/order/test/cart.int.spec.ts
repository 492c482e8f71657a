import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  debitWallet,
  refundWallet,
  refuse,
  releaseStock,
  reserveStock,
  type addToCart,
  type ChangedCart,
  type Outcome,
  type PayloadOf,
  type removeFromCart,
} from '@jangteo/contracts';
import { addToCarts, readCarts, removeFromCarts } from '../src/cart/cart.handler.js';
import {
  answersIn,
  codeOf,
  debitedFor,
  delivery,
  Desk,
  orderFor,
  reply,
  reservedFor,
  times,
  type Placing,
} from './desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

let userId: string;
const [cup, pot] = times(2, () => ({ productId: randomUUIDv7(), optionId: randomUUIDv7() }));
beforeEach(() => {
  userId = randomUUIDv7();
});

type Adding = PayloadOf<typeof addToCart>;

function adding(option = cup!, quantity = 1, available = 1_000, more: Partial<Adding> = {}): Adding {
  const { productId, optionId } = option;
  return {
    operation: { key: randomUUIDv7(), fingerprint: '' },
    userId,
    productId,
    quantity,
    offer: { ok: true, value: { optionId, available } },
    ...more,
  };
}

const removal = (option = cup!): PayloadOf<typeof removeFromCart> => ({
  operation: { key: randomUUIDv7(), fingerprint: '' },
  userId,
  ...option,
});

function valueOf(outcome: Outcome | undefined): ChangedCart {
  if (outcome?.ok !== true) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value as ChangedCart;
}

async function add(...messages: Adding[]): Promise<Outcome[]> {
  return (await addToCarts(messages, desk.database)).outcomes as Outcome[];
}

async function remove(...messages: PayloadOf<typeof removeFromCart>[]): Promise<Outcome[]> {
  return (await removeFromCarts(messages, desk.database)).outcomes as Outcome[];
}

/** Quantities by option. */
async function inCart(user = userId): Promise<Record<string, number>> {
  const [outcome] = await readCarts([{ userId: user }], desk.database);
  const names = { [cup!.optionId]: 'cup', [pot!.optionId]: 'pot' };
  const lines = outcome?.ok ? outcome.value.lines : [];
  return Object.fromEntries(lines.map(({ optionId, quantity }) => [names[optionId] ?? optionId, quantity]));
}

function fromCart(more: Partial<Placing> = {}): Placing {
  return { ...orderFor(userId), items: undefined, fromCart: true, ...more };
}

/** Places an order from the cart, and tells what it is of. */
async function place(placing = fromCart()) {
  const [answer] = answersIn(await desk.place(placing));
  if (answer === undefined || answer === 'deferred' || !answer.ok) throw new Error(JSON.stringify(answer));
  const { orderId, items } = await desk.read(placing.orderId);
  return { orderId, items };
}

type Placed = Awaited<ReturnType<typeof place>>;

const codesOf = (outcomes: readonly (Outcome | 'deferred')[]): string[] => outcomes.map(codeOf);

const succeed = async (...orders: Placed[]) => {
  await desk.hear(...orders.map(reservedFor));
  return await desk.hear(...orders.map(debitedFor));
};

/** Counts the noted orders from this user's cart that have not ended. */
async function noted(): Promise<number> {
  const rows = await desk.database.rows('SELECT 1 FROM cart_orders WHERE user_id = $1', [userId]);
  return rows.length;
}

describe('a cart', () => {
  it('is empty for a user who never had one, and shows lines in the order they were first put in', async () => {
    expect(await inCart()).toEqual({});
    await add(adding(pot, 1), adding(cup, 2));
    await add(adding(pot, 3));
    expect(Object.entries(await inCart())).toEqual([
      ['pot', 4],
      ['cup', 2],
    ]);
    expect(await inCart(randomUUIDv7())).toEqual({});
  });

  it('takes of twenty parallel additions to one line exactly those that the stock covers', async () => {
    const outcomes = await Promise.all(times(20, () => add(adding(cup, 1, 7))));
    expect(codesOf(outcomes.flat()).toSorted()).toEqual([
      ...times(13, () => 'OUT_OF_STOCK'),
      ...times(7, () => 'ok'),
    ]);
    expect(await inCart()).toEqual({ cup: 7 });
  });

  it('takes an addition once, however often it comes, in one batch and in parallel ones', async () => {
    const message = adding(cup, 2);
    const outcomes = await Promise.all(times(20, () => add(message, message)));
    expect(new Set(outcomes.flat().map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await inCart()).toEqual({ cup: 2 });
  });

  it('answers a repeat as the first time, whatever the cart and the catalog say by now', async () => {
    const first = adding(cup, 2);
    const refused = adding(cup, 2, 3);
    const before = [...(await add(first)), ...(await add(refused))];
    expect(codesOf(before)).toEqual(['ok', 'OUT_OF_STOCK']);
    await add(adding(pot, 1));
    await remove(removal(cup));
    const offer = refuse('PRODUCT_NOT_SELLABLE');
    const again = await add({ ...first, offer }, { ...refused, offer: { ...refused.offer } });
    // The same change, with the cart as it is: what was shown of it is kept by who showed it.
    expect(again).toEqual([
      { ok: true, value: { ...valueOf(before[0]), lines: [{ ...pot, quantity: 1 }] } },
      before[1],
    ]);
    expect(await inCart()).toEqual({ pot: 1 });
  });

  it('keeps of a change no more than what changed, however much is in the cart', async () => {
    const options = times(100, () => ({ productId: randomUUIDv7(), optionId: randomUUIDv7() }));
    await add(...options.map((option) => adding(option, 1)));
    const last = adding(options[99], 2);
    const [outcome] = await add(last);
    expect(valueOf(outcome).lines).toHaveLength(100);
    const gone = removal(options[0]);
    expect(valueOf((await remove(gone))[0]).lines).toHaveLength(99);
    const kept = await desk.database.rows<{ outcome: Outcome<ChangedCart>; bytes: number }>(
      'SELECT outcome, octet_length(outcome::text) AS bytes FROM outcomes WHERE key = ANY($1) ORDER BY bytes',
      [[last.operation.key, gone.operation.key]],
    );
    expect(kept.map((row) => valueOf(row.outcome).lines)).toEqual([[], [{ ...options[99], quantity: 3 }]]);
    expect(Math.max(...kept.map(({ bytes }) => bytes))).toBeLessThan(300);
  });

  it('answers the repeat of a change that the release before has kept as it was', async () => {
    const message = adding(cup, 2);
    const value = { lines: [{ ...pot, quantity: 7 }] };
    await desk.database.rows('INSERT INTO outcomes (key, fingerprint, outcome) VALUES ($1, $2, $3)', [
      message.operation.key,
      message.operation.fingerprint,
      JSON.stringify({ ok: true, value }),
    ]);
    expect(await add(message)).toEqual([{ ok: true, value }]);
  });

  it('refuses another addition under a used key', async () => {
    const operation = { key: randomUUIDv7(), fingerprint: 'a' };
    await add(adding(cup, 1, 10, { operation }));
    const [other] = await add(adding(cup, 2, 10, { operation: { ...operation, fingerprint: 'b' } }));
    expect(codesOf([other!])).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(await inCart()).toEqual({ cup: 1 });
  });

  it('loses a line to one of many who remove it, and a repeat of that one is told so again', async () => {
    await add(adding(cup, 5), adding(pot, 1));
    const removals = times(10, () => removal(cup));
    const outcomes = await Promise.all(removals.map((message) => remove(message, message)));
    expect(codesOf(outcomes.flat()).toSorted()).toEqual([
      ...times(18, () => 'CART_ITEM_NOT_FOUND'),
      'ok',
      'ok',
    ]);
    expect(await inCart()).toEqual({ pot: 1 });
  });

  it('is not held up or mixed up by crossing batches of many users', async () => {
    const users = times(30, () => randomUUIDv7());
    const all = users.map((user) => adding(cup, 1, 1_000, { userId: user }));
    const fresh = (messages: Adding[]) =>
      messages.map((message) => ({ ...message, operation: { key: randomUUIDv7(), fingerprint: '' } }));
    await Promise.all(times(8, (index) => add(...fresh(index % 2 === 0 ? all : all.toReversed()))));
    for (const user of users) expect(await inCart(user)).toEqual({ cup: 8 });
  });
});

describe('an order from the cart', () => {
  it('is of what is in the cart, and takes it out only when it succeeds', async () => {
    await add(adding(cup, 2), adding(pot, 1));
    const order = await place();
    expect(order.items).toEqual([
      { ...cup, quantity: 2 },
      { ...pot, quantity: 1 },
    ]);
    expect(await inCart()).toEqual({ cup: 2, pot: 1 });
    await succeed(order);
    expect(await inCart()).toEqual({});
    expect(await noted()).toBe(0);
  });

  it('leaves the cart as it was when it fails, also when it had to be undone', async () => {
    await add(adding(cup, 2));
    const refused = await place();
    await desk.hear(reply(reserveStock, refused.orderId, refuse('OUT_OF_STOCK')));
    expect((await desk.read(refused.orderId)).orderStatus).toBe('FAILED');
    const undone = await place();
    await desk.hear(reservedFor(undone));
    await desk.hear(reply(debitWallet, undone.orderId, refuse('INSUFFICIENT_BALANCE')));
    await desk.hear(reply(releaseStock, undone.orderId));
    expect((await desk.read(undone.orderId)).orderStatus).toBe('FAILED');
    expect(await inCart()).toEqual({ cup: 2 });
    expect(await noted()).toBe(0);
  });

  it('leaves the cart alone when it is cancelled', async () => {
    await add(adding(cup, 2));
    const order = await place();
    await succeed(order);
    await add(adding(cup, 1));
    await desk.cancel(order.orderId);
    await desk.hear(reply(refundWallet, order.orderId), reply(releaseStock, order.orderId));
    expect((await desk.read(order.orderId)).orderStatus).toBe('CANCELLED');
    expect(await inCart()).toEqual({ cup: 1 });
  });

  it('leaves what came into the cart meanwhile', async () => {
    await add(adding(cup, 2));
    const order = await place();
    await add(adding(cup, 3), adding(pot, 1));
    await succeed(order);
    expect(await inCart()).toEqual({ cup: 3, pot: 1 });
  });

  it('does not miss what went out of the cart meanwhile', async () => {
    await add(adding(cup, 2), adding(pot, 1));
    const order = await place();
    await remove(removal(cup));
    await succeed(order);
    expect(await inCart()).toEqual({});
  });

  it('has what is put in again after it was taken out, in the cart and for the next order', async () => {
    await add(adding(cup, 3), adding(pot, 1));
    const order = await place();
    await desk.hear(reservedFor(order));
    await remove(removal(cup));
    await add(adding(cup, 3));
    expect((await place()).items).toEqual([{ ...cup, quantity: 3 }]);
    await desk.hear(debitedFor(order));
    expect(await inCart()).toEqual({ cup: 3 });
  });

  it('takes out once, however often its success is reported, in one batch and in parallel ones', async () => {
    await add(adding(cup, 2));
    const order = await place();
    await desk.hear(reservedFor(order));
    const debited = debitedFor(order);
    await Promise.all(times(10, () => desk.hear(debited, debited)));
    await add(adding(cup, 5));
    await Promise.all(times(10, () => desk.hear(debited, debited, reservedFor(order))));
    expect(await inCart()).toEqual({ cup: 5 });
  });

  it('takes out what it bought although it was cancelled in the same batch', async () => {
    await add(adding(cup, 2));
    const { orderId, items } = await place();
    const lines = items.map((item) => ({ optionId: cup!.optionId, ...item, name: 'Cup', price: 1 }));
    await desk.sagas.advance([
      { kind: 'succeeded', orderId, step: 'RESERVING_STOCK', value: { items: lines, subtotal: 2 } },
      { kind: 'succeeded', orderId, step: 'DEBITING_WALLET', value: { balanceAfter: 0 } },
      { kind: 'cancel', orderId, userId: undefined, cancelledBy: 'customer', waiter: undefined, trace: {} },
    ]);
    expect(await inCart()).toEqual({});
    expect(await noted()).toBe(0);
  });

  it('keeps both exact when its success meets twenty additions', async () => {
    await add(adding(cup, 10));
    const order = await place();
    await desk.hear(reservedFor(order));
    await Promise.all([
      ...times(10, () => add(adding(cup, 1))),
      desk.hear(debitedFor(order)),
      desk.hear(debitedFor(order)),
      ...times(10, () => add(adding(pot, 1))),
    ]);
    expect(await inCart()).toEqual({ cup: 10, pot: 10 });
  });

  it('is placed once for twenty clicks on one button, and again for what came in since', async () => {
    await add(adding(cup, 2));
    const placings = times(20, () => fromCart());
    const results = await Promise.all(placings.map((placing) => desk.place(placing)));
    const codes = codesOf(results.flatMap(answersIn));
    expect(codes.toSorted()).toEqual([...times(19, () => 'CART_EMPTY'), 'ok']);
    const first = placings[codes.indexOf('ok')]!;
    await add(adding(cup, 1));
    const second = await place();
    expect(second.items).toEqual([{ ...cup, quantity: 1 }]);
    await succeed(second, await desk.read(first.orderId));
    expect(await inCart()).toEqual({});
  });

  it('can be placed again once the first one has failed', async () => {
    await add(adding(cup, 2));
    const failed = await place();
    expect(codesOf(answersIn(await desk.place(fromCart())))).toEqual(['CART_EMPTY']);
    await desk.hear(reply(reserveStock, failed.orderId, refuse('OUT_OF_STOCK')));
    expect((await place()).items).toEqual([{ ...cup, quantity: 2 }]);
  });

  it('is answered under its key for the first order, or for the empty cart, whatever is in it by now', async () => {
    const early = fromCart();
    expect(codesOf(answersIn(await desk.place(early)))).toEqual(['CART_EMPTY']);
    await add(adding(cup, 2));
    const placing = fromCart();
    await succeed(await place(placing));
    await add(adding(pot, 1));
    const again = answersIn(await desk.place({ ...placing, orderId: randomUUIDv7() }));
    expect(again).toMatchObject([{ ok: true, value: { orderId: placing.orderId, orderStatus: 'PENDING' } }]);
    expect(codesOf(answersIn(await desk.place(early)))).toEqual(['CART_EMPTY']);
    expect(await inCart()).toEqual({ pot: 1 });
  });

  it('is placed once when one message is in work twenty times at once', async () => {
    await add(adding(cup, 2));
    const placing = fromCart();
    const results = await Promise.all(times(20, () => desk.orders.place([delivery(placing)])));
    expect(codesOf(results.flatMap(answersIn))).toEqual(times(20, () => 'ok'));
    expect(await desk.count('orders', `user_id = '${userId}'`)).toBe(1);
  });

  it('costs as many statements in a batch of a hundred as alone', async () => {
    const statementsFor = async (count: number): Promise<number> => {
      const users = times(count, () => randomUUIDv7());
      await add(...users.map((user) => adding(cup, 1, 10, { userId: user })));
      desk.database.statements = 0;
      const placings = users.map((user) => fromCart({ userId: user }));
      await desk.orders.place(placings.map((placing) => delivery(placing)));
      const orders = placings.map(({ orderId }) => ({ orderId, items: [{ ...cup!, quantity: 1 }] }));
      await succeed(...orders);
      return desk.database.statements;
    };
    expect(await statementsFor(100)).toBe(await statementsFor(1));
  });
});
