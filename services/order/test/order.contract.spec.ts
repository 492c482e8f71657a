import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  addToCart,
  auditParts,
  auditProofs,
  audits,
  BOOKS,
  cancelOrder,
  clearCart,
  debitWallet,
  done,
  finds,
  listAllOrders,
  listOrders,
  listStuckSagas,
  nudgeSaga,
  nudgeSagas,
  operationReads,
  orderCancelled,
  orderCompleted,
  pings,
  placeOrder,
  previewCancel,
  queueName,
  readCart,
  readLoads,
  readOrder,
  readOrderFigures,
  readOrderFlow,
  readProgress,
  readRecords,
  readTimeline,
  redriveOrders,
  refundWallet,
  refuse,
  releaseCoupon,
  releaseStock,
  removeFromCart,
  reserveStock,
  setCartItem,
  useCoupon,
  type CommandContract,
  type Order,
  type Outcome,
  type PayloadOf,
  type RequestContract,
} from '@jangteo/contracts';
import {
  contractClient,
  type ContractClient,
  eventually,
  promisedAnswers,
  type RunningService,
  startService,
} from '@jangteo/testkit';

type Placing = PayloadOf<typeof placeOrder>;

const PRICE = 10_000;
const DISCOUNT = 1_000;
const IN_A_CENTURY = '2126-01-01T00:00:00.000Z';
const ACTIONS = [reserveStock, useCoupon, debitWallet];
const UNDOS = [releaseStock, releaseCoupon, refundWallet];

let service: RunningService;
let client: ContractClient;

/** By order: what a participant does other than succeed. */
const scripts = new Map<string, Partial<Record<string, Outcome | 'silent'>>>();
/** By order: the types of the commands that arrived, in order. */
const commands = new Map<string, string[]>();
const completed: PayloadOf<typeof orderCompleted>[] = [];
const cancelled: PayloadOf<typeof orderCancelled>[] = [];

async function play(contract: CommandContract, succeed: (payload: never) => unknown): Promise<void> {
  await client.participant(contract, (payload, orderId) => {
    commands.set(orderId, [...(commands.get(orderId) ?? []), contract.type]);
    const scripted = scripts.get(orderId)?.[contract.type];
    if (scripted === 'silent') return undefined;
    return scripted ?? done(succeed(payload as never));
  });
}

beforeAll(async () => {
  service = await startService('order', {
    env: {
      ORDER_DEADLINE_MS: '1500',
      SAGA_RETRY_MS: '400',
      SAGA_RETRY_MS_MAX: '400',
      SWEEP_INTERVAL_MS: '50',
      ORDERS_IN_FLIGHT_PER_USER_MAX: '4',
      SAGA_WAITERS_MAX: '20',
      LOG_LEVEL: 'warn',
    },
  });
  client = await contractClient(service.namespace);
  await play(reserveStock, ({ items }: PayloadOf<typeof reserveStock>) => ({
    items: items.map((line) => ({ optionId: line.productId, ...line, name: 'Tea cup', price: PRICE })),
    subtotal: items.reduce((sum, { quantity }) => sum + PRICE * quantity, 0),
  }));
  await play(useCoupon, () => ({ discount: DISCOUNT }));
  await play(debitWallet, () => ({ balanceAfter: 0 }));
  await play(releaseStock, () => ({ released: true }));
  await play(releaseCoupon, () => ({ released: true }));
  await play(refundWallet, () => ({ refunded: 0 }));
  await client.hear(orderCompleted, (payload) => completed.push(payload));
  await client.hear(orderCancelled, (payload) => cancelled.push(payload));
});
afterAll(async () => {
  await service.stop();
  await client.close();
});

function orderFor(userId: string, more: Partial<Placing> = {}): Placing {
  return {
    operation: { key: randomUUIDv7(), fingerprint: '' },
    orderId: randomUUIDv7(),
    userId,
    items: [{ productId: randomUUIDv7(), quantity: 2 }],
    wait: true,
    ...more,
  };
}

const withCoupon = (userId: string, more: Partial<Placing> = {}): Placing =>
  orderFor(userId, { userCouponId: randomUUIDv7(), ...more });

async function placed(placing: Placing): Promise<Order> {
  const outcome = await client.ask(placeOrder, placing);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const cancel = (orderId: string, userId?: string) =>
  client.ask(cancelOrder, {
    operation: { key: randomUUIDv7(), fingerprint: orderId },
    orderId,
    userId,
    cancelledBy: 'customer',
  });
const read = (orderId: string, userId?: string) => client.ask(readOrder, { orderId, userId });
const typesOf = (contracts: readonly CommandContract[]): string[] => contracts.map(({ type }) => type);

/** The commands of an order, repeats left out. */
const commandsOf = (orderId: string): string[] => [...new Set(commands.get(orderId))];

const operationOf = () => ({ key: randomUUIDv7(), fingerprint: '' });
const cup = { productId: randomUUIDv7(), optionId: randomUUIDv7() };

function fromCart(userId: string): Placing {
  return { operation: operationOf(), orderId: randomUUIDv7(), userId, fromCart: true, wait: true };
}

const adding = (userId: string, more: Partial<PayloadOf<typeof addToCart>> = {}) => ({
  operation: operationOf(),
  userId,
  productId: cup.productId,
  quantity: 2,
  offer: done({ optionId: cup.optionId, available: 40 }),
  ...more,
});

const removal = (userId: string) => ({ operation: operationOf(), userId, productId: cup.productId });

/** Refusals of something that is to be put into a cart, by the catalog. */
const catalogRefusals = [
  'PRODUCT_NOT_FOUND',
  'OPTION_NOT_FOUND',
  'OPTION_REQUIRED',
  'PRODUCT_NOT_SELLABLE',
] as const;

/** Asks so often that one is too many; returns the refusal of that one. The others get the end. */
async function turnedAway(count: number, ask: () => Promise<Outcome>): Promise<Outcome> {
  const outcomes = await Promise.all(Array.from({ length: count }, ask));
  const refusals = outcomes.filter(({ ok }) => !ok);
  expect(refusals).toHaveLength(1);
  return refusals[0]!;
}

type Case = [RequestContract, answer: string, run: (userId: string) => Promise<Outcome>];

/** Each answer that the contract allows, and what it takes to get it. */
const cases: Case[] = [
  [pings.order, 'ok', () => client.ask(pings.order, {})],
  [readLoads.order, 'ok', () => client.ask(readLoads.order, {})],
  [finds.order, 'ok', () => client.ask(finds.order, { q: randomUUIDv7() })],
  [operationReads.order, 'ok', () => client.ask(operationReads.order, { operationId: randomUUIDv7() })],
  [readOrderFlow, 'ok', () => client.ask(readOrderFlow, {})],
  [
    readProgress,
    'ok',
    async (userId) => {
      const placing = orderFor(userId);
      await placed(placing);
      return await client.ask(readProgress, { asked: [{ orderId: placing.orderId, after: 1 }] });
    },
  ],
  [audits.order, 'ok', () => client.ask(audits.order, { ...BOOKS.order, before: new Date().toISOString() })],
  [auditProofs.order, 'ok', () => client.ask(auditProofs.order, {})],
  [
    auditParts.order,
    'ok',
    () =>
      client.ask(auditParts.order, {
        before: new Date().toISOString(),
        column: 'payments',
        parts: [0, 4095],
      }),
  ],
  [placeOrder, 'ok', (userId) => client.ask(placeOrder, withCoupon(userId))],
  [
    placeOrder,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      const placing = orderFor(userId);
      await placed(placing);
      const operation = { ...placing.operation, fingerprint: 'other' };
      return await client.ask(placeOrder, { ...placing, operation });
    },
  ],
  [
    placeOrder,
    'IDEMPOTENCY_KEY_IN_USE',
    async (userId) => {
      const placing = orderFor(userId);
      scripts.set(placing.orderId, { [reserveStock.type]: 'silent' });
      return await turnedAway(21, () => client.ask(placeOrder, placing));
    },
  ],
  [placeOrder, 'CART_EMPTY', (userId) => client.ask(placeOrder, fromCart(userId))],
  [
    placeOrder,
    'TOO_MANY_ORDERS_IN_FLIGHT',
    async (userId) => {
      const placings = Array.from({ length: 5 }, () => orderFor(userId, { wait: false }));
      for (const { orderId } of placings) scripts.set(orderId, { [reserveStock.type]: 'silent' });
      const outcomes = await Promise.all(placings.map((placing) => client.ask(placeOrder, placing)));
      const refused = outcomes.filter(({ ok }) => !ok);
      expect(refused).toHaveLength(1);
      return refused[0] as Outcome;
    },
  ],
  [readCart, 'ok', (userId) => client.ask(readCart, { userId })],
  ...catalogRefusals.map((code): Case => [
    addToCart,
    code,
    (userId) => client.ask(addToCart, { ...adding(userId), offer: refuse(code, 'because') }),
  ]),
  ...catalogRefusals.map((code): Case => [
    setCartItem,
    code,
    (userId) => client.ask(setCartItem, { ...adding(userId), offer: refuse(code, 'because') }),
  ]),
  [setCartItem, 'ok', (userId) => client.ask(setCartItem, adding(userId))],
  [setCartItem, 'OUT_OF_STOCK', (userId) => client.ask(setCartItem, adding(userId, { quantity: 41 }))],
  [
    setCartItem,
    'VALIDATION_FAILED',
    (userId) => client.ask(setCartItem, { ...adding(userId), offer: undefined }),
  ],
  [
    setCartItem,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      const operation = { key: randomUUIDv7(), fingerprint: 'a' };
      await client.ask(setCartItem, adding(userId, { operation }));
      return await client.ask(setCartItem, adding(userId, { operation: { ...operation, fingerprint: 'b' } }));
    },
  ],
  [
    clearCart,
    'ok',
    async (userId) => {
      await client.ask(addToCart, adding(userId));
      return await client.ask(clearCart, { operation: operationOf(), userId });
    },
  ],
  [
    clearCart,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      const operation = { key: randomUUIDv7(), fingerprint: 'a' };
      await client.ask(clearCart, { operation, userId });
      return await client.ask(clearCart, { operation: { ...operation, fingerprint: 'b' }, userId });
    },
  ],
  [addToCart, 'ok', (userId) => client.ask(addToCart, adding(userId))],
  [addToCart, 'OUT_OF_STOCK', (userId) => client.ask(addToCart, adding(userId, { quantity: 41 }))],
  [
    addToCart,
    'VALIDATION_FAILED',
    async (userId) => {
      await client.ask(addToCart, adding(userId));
      const offer = done({ optionId: cup.optionId, available: 2_000 });
      return await client.ask(addToCart, adding(userId, { quantity: 1_000, offer }));
    },
  ],
  [
    addToCart,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      const operation = { key: randomUUIDv7(), fingerprint: 'a' };
      await client.ask(addToCart, adding(userId, { operation }));
      return await client.ask(addToCart, adding(userId, { operation: { ...operation, fingerprint: 'b' } }));
    },
  ],
  [
    removeFromCart,
    'ok',
    async (userId) => {
      await client.ask(addToCart, adding(userId));
      return await client.ask(removeFromCart, removal(userId));
    },
  ],
  [removeFromCart, 'CART_ITEM_NOT_FOUND', (userId) => client.ask(removeFromCart, removal(userId))],
  [
    removeFromCart,
    'OPTION_REQUIRED',
    async (userId) => {
      await client.ask(addToCart, adding(userId));
      await client.ask(
        addToCart,
        adding(userId, { offer: done({ optionId: randomUUIDv7(), available: 1 }), quantity: 1 }),
      );
      return await client.ask(removeFromCart, removal(userId));
    },
  ],
  [
    removeFromCart,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      const operation = { key: randomUUIDv7(), fingerprint: 'a' };
      await client.ask(removeFromCart, { ...removal(userId), operation });
      return await client.ask(removeFromCart, {
        ...removal(userId),
        operation: { ...operation, fingerprint: 'b' },
      });
    },
  ],
  [
    listOrders,
    'ok',
    async (userId) => {
      await placed(orderFor(userId));
      await placed(orderFor(userId));
      return await client.ask(listOrders, { userId, limit: 1 });
    },
  ],
  [
    listOrders,
    'VALIDATION_FAILED',
    (userId) => client.ask(listOrders, { userId, limit: 1, cursor: 'nonsense' }),
  ],
  [
    readOrderFigures,
    'ok',
    async (userId) => {
      await placed(orderFor(userId));
      return await client.ask(readOrderFigures, { userId });
    },
  ],
  [readOrder, 'ok', async (userId) => await read((await placed(orderFor(userId))).orderId, userId)],
  [
    readOrder,
    'ORDER_NOT_FOUND',
    async (userId) => await read((await placed(orderFor(userId))).orderId, randomUUIDv7()),
  ],
  [cancelOrder, 'ok', async (userId) => await cancel((await placed(withCoupon(userId))).orderId, userId)],
  [
    cancelOrder,
    'IDEMPOTENCY_KEY_IN_USE',
    async (userId) => {
      const placing = orderFor(userId);
      // Its undo is answered when it is sent again, so that all of them meet.
      let asked = 0;
      scripts.set(placing.orderId, {
        get [releaseStock.type]() {
          return (asked += 1) === 1 ? ('silent' as const) : undefined;
        },
      });
      await placed(placing);
      return await turnedAway(21, () => cancel(placing.orderId, userId));
    },
  ],
  [cancelOrder, 'ORDER_NOT_FOUND', () => cancel(randomUUIDv7())],
  [
    cancelOrder,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const operation = { key: randomUUIDv7(), fingerprint: 'a' };
      const ask = (fingerprint: string) => {
        const payload = { orderId: randomUUIDv7(), cancelledBy: 'customer' };
        return client.ask(cancelOrder, { operation: { ...operation, fingerprint }, ...payload });
      };
      await ask('a');
      return await ask('b');
    },
  ],
  [
    cancelOrder,
    'ORDER_NOT_CANCELLABLE',
    async (userId) => {
      const placing = orderFor(userId);
      scripts.set(placing.orderId, { [reserveStock.type]: refuse('OUT_OF_STOCK') });
      await placed(placing);
      return await cancel(placing.orderId);
    },
  ],
  [listAllOrders, 'ok', (userId) => client.ask(listAllOrders, { userId, limit: 1 })],
  [listAllOrders, 'VALIDATION_FAILED', () => client.ask(listAllOrders, { limit: 1, cursor: 'nonsense' })],
  [
    previewCancel,
    'ok',
    async (userId) => {
      const { orderId } = await placed(withCoupon(userId));
      return await client.ask(previewCancel, { orderId, userId });
    },
  ],
  [previewCancel, 'ORDER_NOT_FOUND', () => client.ask(previewCancel, { orderId: randomUUIDv7() })],
  [
    previewCancel,
    'ORDER_NOT_CANCELLABLE',
    async (userId) => {
      const placing = orderFor(userId);
      scripts.set(placing.orderId, { [reserveStock.type]: refuse('OUT_OF_STOCK') });
      await placed(placing);
      return await client.ask(previewCancel, { orderId: placing.orderId });
    },
  ],
  [
    readRecords,
    'ok',
    async (userId) => {
      const { orderId } = await placed(orderFor(userId));
      return await eventually(async () => {
        const outcome = await client.ask(readRecords, { after: 0, limit: 100 });
        return outcome.ok && outcome.value.records.some((record) => record.orderId === orderId) && outcome;
      });
    },
  ],
  [
    readTimeline,
    'ok',
    async (userId) => {
      const { orderId } = await placed(withCoupon(userId));
      return await client.ask(readTimeline, { orderId, userId });
    },
  ],
  [readTimeline, 'ORDER_NOT_FOUND', () => client.ask(readTimeline, { orderId: randomUUIDv7() })],
  [listStuckSagas, 'ok', () => client.ask(listStuckSagas, { olderThanSeconds: 0, limit: 1 })],
  [
    listStuckSagas,
    'VALIDATION_FAILED',
    () => client.ask(listStuckSagas, { olderThanSeconds: 0, limit: 1, cursor: 'nonsense' }),
  ],
  [
    nudgeSaga,
    'ok',
    async (userId) => {
      const placing = orderFor(userId, { wait: false });
      scripts.set(placing.orderId, { [reserveStock.type]: 'silent' });
      await placed(placing);
      return await client.ask(nudgeSaga, { orderId: placing.orderId, by: randomUUIDv7() });
    },
  ],
  [
    nudgeSaga,
    'ORDER_NOT_FOUND',
    () => client.ask(nudgeSaga, { orderId: randomUUIDv7(), by: randomUUIDv7() }),
  ],
  [
    nudgeSaga,
    'SAGA_ENDED',
    async (userId) => {
      const placing = orderFor(userId);
      scripts.set(placing.orderId, { [reserveStock.type]: refuse('OUT_OF_STOCK') });
      await placed(placing);
      return await client.ask(nudgeSaga, { orderId: placing.orderId, by: randomUUIDv7() });
    },
  ],
  [nudgeSagas, 'ok', () => client.ask(nudgeSagas, { olderThanSeconds: 3_600, limit: 1, by: randomUUIDv7() })],
  [
    nudgeSagas,
    'VALIDATION_FAILED',
    () => client.ask(nudgeSagas, { olderThanSeconds: 0, limit: 1, cursor: 'nonsense', by: randomUUIDv7() }),
  ],
  [
    redriveOrders,
    'ok',
    () => client.ask(redriveOrders, { since: IN_A_CENTURY, limit: 1, by: randomUUIDv7() }),
  ],
  [
    redriveOrders,
    'VALIDATION_FAILED',
    () =>
      client.ask(redriveOrders, { since: IN_A_CENTURY, limit: 1, cursor: 'nonsense', by: randomUUIDv7() }),
  ],
];

describe('the order service alone', () => {
  it.each(cases.map(([contract, answer, run]) => [contract.type, answer, contract, run] as const))(
    'answers %s with %s as the contract says',
    async (_type, answer, contract, run) => {
      const outcome = await run(randomUUIDv7());
      expect(contract.outcome.parse(outcome)).toEqual(outcome);
      expect(outcome.ok ? 'ok' : outcome.refusal.code).toBe(answer);
    },
  );

  it('was asked for every answer of every message of its contract', () => {
    const met = cases.map(([{ type }, answer]) => `${type} ${answer}`);
    expect(met.toSorted()).toEqual(promisedAnswers('order'));
  });

  it('takes stock, coupon and money in this order, and tells who waits and who listens', async () => {
    const placing = withCoupon(randomUUIDv7(), { expectedTotal: 19_000 });
    const { orderId, userId } = placing;
    const order = await placed(placing);
    expect(order).toMatchObject({ orderId, orderStatus: 'SUCCESS', subtotal: 20_000, discount: DISCOUNT });
    expect(order).toMatchObject({
      totalPrice: 19_000,
      items: [{ name: 'Tea cup', price: PRICE, quantity: 2 }],
    });
    expect(commandsOf(orderId)).toEqual(typesOf(ACTIONS));
    const event = await eventually(() => completed.find((sold) => sold.orderId === orderId) ?? false);
    expect(event).toMatchObject({ userId, totalPrice: 19_000, items: order.items });
  });

  const refusals = [reserveStock, useCoupon, debitWallet].flatMap(({ type, refusals: codes }) =>
    codes.map((code) => [type, code] as const),
  );
  it.each(refusals)('undoes the steps before %s when that is refused with %s', async (type, code) => {
    const placing = withCoupon(randomUUIDv7());
    const { orderId } = placing;
    scripts.set(orderId, { [type]: refuse(code, 'because') });
    expect(await placed(placing)).toMatchObject({
      orderStatus: 'FAILED',
      failureCode: code,
      failureDetail: 'because',
    });
    const step = typesOf(ACTIONS).indexOf(type);
    const expected = [...typesOf(ACTIONS).slice(0, step + 1), ...typesOf(UNDOS).slice(0, step).reverse()];
    expect(commandsOf(orderId).toSorted()).toEqual(expected.toSorted());
    expect(completed.filter((sold) => sold.orderId === orderId)).toEqual([]);
  });

  it.each([0, 1, 2])('gives up at the deadline when step %i is silent, and undoes it too', async (step) => {
    const placing = withCoupon(randomUUIDv7());
    const { orderId } = placing;
    scripts.set(orderId, { [ACTIONS[step]!.type]: 'silent' });
    expect(await placed(placing)).toMatchObject({ orderStatus: 'FAILED', failureCode: 'ORDER_TIMED_OUT' });
    const silent = ACTIONS[step]!.type;
    expect(commands.get(orderId)?.filter((type) => type === silent).length).toBeGreaterThan(1);
    const expected = [...ACTIONS.slice(0, step + 1), ...UNDOS.slice(0, step + 1)];
    expect(commandsOf(orderId).toSorted()).toEqual(typesOf(expected).toSorted());
  });

  it('goes on undoing until every undo is answered', async () => {
    const placing = orderFor(randomUUIDv7(), { wait: false });
    const { orderId } = placing;
    scripts.set(orderId, {
      [debitWallet.type]: refuse('INSUFFICIENT_BALANCE'),
      [releaseStock.type]: 'silent',
    });
    await placed(placing);
    await eventually(
      () => (commands.get(orderId) ?? []).filter((type) => type === releaseStock.type).length > 2,
    );
    expect(await read(orderId)).toMatchObject({ value: { orderStatus: 'PENDING' } });
    scripts.delete(orderId);
    await eventually(async () => {
      const outcome = await read(orderId);
      return outcome.ok && outcome.value.orderStatus === 'FAILED';
    });
  });

  it('undoes all when the total is not the expected one', async () => {
    const placing = withCoupon(randomUUIDv7(), { expectedTotal: 20_000 });
    expect(await placed(placing)).toMatchObject({ orderStatus: 'FAILED', failureCode: 'PRICE_CHANGED' });
    expect(commandsOf(placing.orderId)).not.toContain(debitWallet.type);
  });

  it('debits nothing when there is nothing to pay', async () => {
    const placing = withCoupon(randomUUIDv7());
    scripts.set(placing.orderId, { [useCoupon.type]: done({ discount: 20_000 }) });
    expect(await placed(placing)).toMatchObject({ orderStatus: 'SUCCESS', totalPrice: 0 });
    expect(commandsOf(placing.orderId)).toEqual(typesOf([reserveStock, useCoupon]));
  });

  it('gives everything back when an order is cancelled, once for twenty who ask', async () => {
    const placing = withCoupon(randomUUIDv7());
    const { orderId } = placing;
    await placed(placing);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => cancel(orderId)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ value: { orderStatus: 'CANCELLED' } });
    expect(commandsOf(orderId).slice(3).toSorted()).toEqual(typesOf(UNDOS).toSorted());
    const event = await eventually(() => cancelled.find((sold) => sold.orderId === orderId) ?? false);
    expect(event.completedAt).toBe(completed.find((sold) => sold.orderId === orderId)?.completedAt);
    expect(await cancel(orderId)).toEqual(outcomes[0]);
  });

  it('answers all who ask for the same with its end', async () => {
    const placing = orderFor(randomUUIDv7());
    scripts.set(placing.orderId, { [debitWallet.type]: 'silent' });
    const first = placed(placing);
    await eventually(() => commandsOf(placing.orderId).includes(debitWallet.type));
    const waiting = [first, placed(placing), placed({ ...placing, orderId: randomUUIDv7() })];
    scripts.delete(placing.orderId);
    for (const order of await Promise.all(waiting)) {
      expect(order).toMatchObject({ orderId: placing.orderId, orderStatus: 'SUCCESS' });
    }
  });

  it('answers at once who does not wait, and all who ask for the same in the same words, to its end and after it', async () => {
    const placing = orderFor(randomUUIDv7());
    const { orderId } = placing;
    scripts.set(orderId, { [debitWallet.type]: 'silent' });
    const waiting = placed(placing);
    await eventually(() => commandsOf(orderId).includes(debitWallet.type));
    const told = await placed({ ...placing, wait: false });
    expect(told).toMatchObject({ orderId, orderStatus: 'PENDING', items: placing.items });
    expect(await waiting).toEqual(told);
    expect(await placed({ ...placing, orderId: randomUUIDv7() })).toEqual(told);
    scripts.delete(orderId);
    await eventually(() => completed.some((sold) => sold.orderId === orderId));
    expect(await placed(placing)).toEqual(told);
  });

  it('brings every order to its end when it is killed among them', async () => {
    const userId = randomUUIDv7();
    const placings = Array.from({ length: 60 }, () => orderFor(userId, { wait: false }));
    const asked = placings.map((placing) => placed(placing).catch(() => undefined));
    await asked[0];
    await service.kill();
    await service.restart();
    const answered = (await Promise.all(asked)).filter((order) => order !== undefined);
    expect(answered.length).toBeGreaterThan(0);
    const ends = await eventually(async () => {
      const orders = await Promise.all(placings.map(({ orderId }) => read(orderId)));
      const found = orders.filter((order) => order.ok).map(({ value }) => value);
      return found.every(({ orderStatus }) => orderStatus !== 'PENDING') && found;
    });
    const ids = ends.map(({ orderId }) => orderId);
    for (const { orderId } of answered) expect(ids).toContain(orderId);
    const sold = ends.filter(({ orderStatus }) => orderStatus === 'SUCCESS').map(({ orderId }) => orderId);
    await eventually(() => sold.every((orderId) => completed.some((event) => event.orderId === orderId)));
  });

  it.each([
    ['no items', { items: [] }],
    ['a quantity of 0', { items: [{ productId: randomUUIDv7(), quantity: 0 }] }],
    ['a hundred and one items', { items: Array(101).fill({ productId: randomUUIDv7(), quantity: 1 }) }],
    ['a product id that is none', { items: [{ productId: "'; DROP TABLE orders", quantity: 1 }] }],
    ['a negative expected total', { expectedTotal: -1 }],
    ['no key', { operation: undefined }],
  ])('takes no order with %s', async (_title, wrong) => {
    const userId = randomUUIDv7();
    await expect(client.ask(placeOrder, { ...orderFor(userId), ...wrong } as never)).rejects.toMatchObject({
      refusal: { code: 'VALIDATION_FAILED' },
    });
    expect(await client.ask(listOrders, { userId, limit: 1 })).toEqual(done({ orders: [] }));
  });

  it('takes what an order bought out of the cart it is from, when it succeeds and not before', async () => {
    const userId = randomUUIDv7();
    const cart = async () => {
      const outcome = await client.ask(readCart, { userId });
      return outcome.ok ? outcome.value.lines : undefined;
    };
    await client.ask(addToCart, adding(userId));
    const placing = fromCart(userId);
    scripts.set(placing.orderId, { [reserveStock.type]: refuse('OUT_OF_STOCK') });
    expect(await placed(placing)).toMatchObject({ orderStatus: 'FAILED' });
    expect(await cart()).toEqual([{ ...cup, quantity: 2 }]);
    const order = await placed(fromCart(userId));
    expect(order).toMatchObject({ orderStatus: 'SUCCESS', items: [{ ...cup, quantity: 2 }] });
    expect(await cart()).toEqual([]);
  });

  it.each([
    ['neither items nor a cart', { items: undefined }],
    ['both items and a cart', { fromCart: true }],
    ['a cart that is none', { items: undefined, fromCart: false }],
  ])('takes no order with %s', async (_title, wrong) => {
    const payload = { ...orderFor(randomUUIDv7()), ...wrong };
    await expect(client.ask(placeOrder, payload as never)).rejects.toMatchObject({
      refusal: { code: 'VALIDATION_FAILED' },
    });
  });

  it.each([
    ['a quantity of 0', { quantity: 0 }],
    ['a quantity above 1,000', { quantity: 1_001 }],
    ['a product id that is none', { productId: '1' }],
    ['no word of the catalog', { offer: undefined }],
    ['a refusal that the catalog does not have', { offer: refuse('PAYMENT_DECLINED') }],
    ['no key', { operation: undefined }],
  ])('puts nothing into a cart with %s', async (_title, wrong) => {
    const userId = randomUUIDv7();
    const outcome = await client.ask(addToCart, { ...adding(userId), ...wrong } as never);
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'VALIDATION_FAILED' } });
    expect(await client.ask(readCart, { userId })).toEqual(done({ lines: [] }));
  });

  it.each([
    [reserveStock, []],
    [useCoupon, [releaseStock]],
    [debitWallet, [releaseStock, releaseCoupon]],
  ] as const)(
    'fails and undoes when a participant refuses with a code of a later release: %#',
    async (refusing, undone) => {
      const placing = withCoupon(randomUUIDv7(), { wait: false });
      const { orderId } = placing;
      const told = { ok: false, refusal: { code: 'COURIER_ON_STRIKE' } } as unknown as Outcome;
      scripts.set(orderId, { [refusing.type]: told });
      await placed(placing);
      const order = await eventually(async () => {
        const outcome = await read(orderId);
        return outcome.ok && outcome.value.orderStatus === 'FAILED' && outcome.value;
      });
      expect(order).toMatchObject({ failureCode: 'SERVICE_UNAVAILABLE', failureDetail: 'COURIER_ON_STRIKE' });
      expect(new Set(order.history.flatMap(({ reason = [] }) => reason))).toEqual(
        new Set(['COURIER_ON_STRIKE']),
      );
      const heard = new Set(commands.get(orderId));
      expect(UNDOS.filter(({ type }) => heard.has(type))).toEqual(undone);
    },
  );

  it('puts a reply that breaks the contract aside, and lets the order end without it', async () => {
    const queue = queueName(service.namespace, 'order', 'replies');
    const placing = orderFor(randomUUIDv7(), { wait: false });
    scripts.set(placing.orderId, { [reserveStock.type]: 'silent' });
    await placed(placing);
    await client.sendRaw(queue, '{"ok":true,"value":{"items":[],"subtotal":-1}}', {
      type: `${reserveStock.type}.reply`,
      messageId: 'bad',
      correlationId: placing.orderId,
      headers: { 'schema-version': reserveStock.version },
    });
    const parked = await eventually(async () => {
      const letters = await client.deadLetters(queue);
      return letters.length > 0 && letters;
    });
    expect(parked.map(({ type }) => type)).toEqual([`${reserveStock.type}.reply`]);
    await eventually(async () => {
      const outcome = await read(placing.orderId);
      return outcome.ok && outcome.value.failureCode === 'ORDER_TIMED_OUT';
    });
  });

  it('shows how orders ended and what is in flight', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/order_ended_total[{]status="FAILED",code="ORDER_TIMED_OUT"[}] [1-9]/);
    expect(metrics).toContain('order_sagas_in_flight');
  });
});
