import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  addOption,
  auditParts,
  auditProofs,
  audits,
  BOOKS,
  changeOption,
  changeProduct,
  createProduct,
  finds,
  listAllProducts,
  listMovements,
  listProducts,
  MONEY_MAX,
  operationReads,
  orderRows,
  pings,
  readLoads,
  readProducts,
  releaseStock,
  reserveStock,
  restock,
  STOCK_MAX,
  type AnsweredContract,
  type OptionChange,
  type OrderLine,
  type OrderTerms,
  type Outcome,
  type Product,
  type ProductDraft,
} from '@jangteo/contracts';
import {
  contractClient,
  type ContractClient,
  eventually,
  promisedAnswers,
  type RunningService,
  startService,
} from '@jangteo/testkit';

let service: RunningService;
let client: ContractClient;

beforeAll(async () => {
  service = await startService('catalog');
  client = await contractClient(service.namespace);
});
afterAll(async () => {
  await service.stop();
  await client.close();
});

function operationOf(key: string = randomUUIDv7(), fingerprint = '') {
  return { key, fingerprint };
}

const cupDraft: ProductDraft = { name: 'Cup', price: 1_000, stock: 10 };
const shirtDraft: ProductDraft = {
  name: 'Shirt',
  price: 20_000,
  options: [
    { name: 'M', stock: 5 },
    { name: 'L', additionalPrice: 500, stock: 5 },
  ],
};

const create = (draft: ProductDraft, operation = operationOf()) =>
  client.ask(createProduct, { operation, draft });
const change = (productId: string, price: number, operation = operationOf()) =>
  client.ask(changeProduct, { operation, productId, change: { price } });
const fill = (
  productId: string,
  quantity: number,
  { optionId, key, versions }: { optionId?: string; key?: string; versions?: number[] } = {},
) =>
  client.ask(restock, {
    operation: operationOf(key, String(quantity)),
    productId,
    change: { quantity, optionId },
    versions,
  });

const add = (productId: string, more: object = {}, operation = operationOf()) =>
  client.ask(addOption, { operation, productId, draft: { name: 'XL', stock: 1 }, ...more });
const revise = (
  { productId, options }: Product,
  to: OptionChange,
  more: { optionId?: string; versions?: number[] } = {},
  operation = operationOf(),
) =>
  client.ask(changeOption, {
    operation,
    productId,
    optionId: options[0]?.optionId ?? '',
    change: to,
    ...more,
  });
const ghost = { productId: randomUUIDv7(), options: [{ optionId: randomUUIDv7() }] } as Product;

async function made(draft: ProductDraft): Promise<Product> {
  const outcome = await create(draft);
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.value;
}

async function idOf(draft: ProductDraft): Promise<string> {
  return (await made(draft)).productId;
}

async function read(productId: string): Promise<Product | undefined> {
  const outcome = await client.ask(readProducts, { productIds: [productId] });
  return outcome.ok ? outcome.value.products[0] : undefined;
}

const orderOf = (...items: OrderLine[]) => ({ orderId: randomUUIDv7(), items });

type Order = ReturnType<typeof orderOf> & { terms?: OrderTerms };
const reserveWith = async (terms: OrderTerms) =>
  reserve({ ...orderOf({ productId: await idOf(cupDraft), quantity: 2 }), terms });
const reserve = (order: Order) => client.send(reserveStock, order, order.orderId);
const release = (order: Order) => client.send(releaseStock, order, order.orderId);

/** Each answer that the contract allows, and what it takes to get it. */
const cases: [AnsweredContract, answer: string, run: () => Promise<Outcome>][] = [
  [pings.catalog, 'ok', () => client.ask(pings.catalog, {})],
  [readLoads.catalog, 'ok', () => client.ask(readLoads.catalog, {})],
  [finds.catalog, 'ok', () => client.ask(finds.catalog, { q: randomUUIDv7() })],
  [operationReads.catalog, 'ok', () => client.ask(operationReads.catalog, { operationId: randomUUIDv7() })],
  [
    audits.catalog,
    'ok',
    () => client.ask(audits.catalog, { ...BOOKS.catalog, before: new Date().toISOString() }),
  ],
  [auditProofs.catalog, 'ok', () => client.ask(auditProofs.catalog, {})],
  [
    auditParts.catalog,
    'ok',
    () =>
      client.ask(auditParts.catalog, { before: new Date().toISOString(), column: 'stock', parts: [0, 4095] }),
  ],
  [
    listProducts,
    'ok',
    async () => {
      await made(cupDraft);
      await made(shirtDraft);
      return await client.ask(listProducts, { limit: 1 });
    },
  ],
  [listProducts, 'VALIDATION_FAILED', () => client.ask(listProducts, { limit: 1, cursor: 'nonsense' })],
  [
    readProducts,
    'ok',
    async () => client.ask(readProducts, { productIds: [randomUUIDv7(), await idOf(shirtDraft)] }),
  ],
  [
    listAllProducts,
    'ok',
    async () => {
      await made(cupDraft);
      return await client.ask(listAllProducts, { limit: 1, q: 'up', stockBelow: 1_000, sort: 'name' });
    },
  ],
  [
    listAllProducts,
    'VALIDATION_FAILED',
    () => client.ask(listAllProducts, { limit: 1, sort: 'price', cursor: 'nonsense' }),
  ],
  [
    listMovements,
    'ok',
    async () => {
      const productId = await idOf(cupDraft);
      await reserve(orderOf({ productId, quantity: 2 }));
      return await client.ask(listMovements, { productId, limit: 1 });
    },
  ],
  [
    listMovements,
    'PRODUCT_NOT_FOUND',
    () => client.ask(listMovements, { productId: randomUUIDv7(), limit: 1 }),
  ],
  [
    listMovements,
    'VALIDATION_FAILED',
    async () => client.ask(listMovements, { productId: await idOf(cupDraft), limit: 1, cursor: 'nonsense' }),
  ],
  [addOption, 'ok', async () => add(await idOf(cupDraft))],
  [addOption, 'PRODUCT_NOT_FOUND', () => add(randomUUIDv7())],
  [addOption, 'VERSION_CHANGED', async () => add(await idOf(cupDraft), { versions: [7] })],
  [
    addOption,
    'VALIDATION_FAILED',
    async () => add(await idOf(cupDraft), { draft: { name: 'DEFAULT', stock: 1 } }),
  ],
  [
    addOption,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [productId, key] = [await idOf(cupDraft), randomUUIDv7()];
      await add(productId, {}, operationOf(key, 'one'));
      return await add(productId, {}, operationOf(key, 'another'));
    },
  ],
  [changeOption, 'ok', async () => revise(await made(shirtDraft), { status: 'SUSPENDED' })],
  [changeOption, 'PRODUCT_NOT_FOUND', () => revise(ghost, { name: 'x' })],
  [
    changeOption,
    'OPTION_NOT_FOUND',
    async () => revise(await made(shirtDraft), { name: 'x' }, { optionId: randomUUIDv7() }),
  ],
  [
    changeOption,
    'VERSION_CHANGED',
    async () => revise(await made(shirtDraft), { name: 'x' }, { versions: [7] }),
  ],
  [changeOption, 'VALIDATION_FAILED', async () => revise(await made(cupDraft), { status: 'SUSPENDED' })],
  [
    changeOption,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [product, key] = [await made(shirtDraft), randomUUIDv7()];
      await revise(product, { name: 'x' }, {}, operationOf(key, 'x'));
      return await revise(product, { name: 'y' }, {}, operationOf(key, 'y'));
    },
  ],
  [
    changeProduct,
    'VERSION_CHANGED',
    async () =>
      client.ask(changeProduct, {
        operation: operationOf(),
        productId: await idOf(cupDraft),
        change: { price: 5 },
        versions: [7],
      }),
  ],
  [createProduct, 'ok', () => create(shirtDraft)],
  [createProduct, 'VALIDATION_FAILED', () => create({ ...shirtDraft, price: MONEY_MAX })],
  [
    createProduct,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const key = randomUUIDv7();
      await create(cupDraft, operationOf(key, 'cup'));
      return await create(shirtDraft, operationOf(key, 'shirt'));
    },
  ],
  [changeProduct, 'ok', async () => change(await idOf(cupDraft), 5)],
  [changeProduct, 'PRODUCT_NOT_FOUND', () => change(randomUUIDv7(), 5)],
  [changeProduct, 'VALIDATION_FAILED', async () => change(await idOf(shirtDraft), MONEY_MAX)],
  [
    changeProduct,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [productId, key] = [await idOf(cupDraft), randomUUIDv7()];
      await change(productId, 5, operationOf(key, '5'));
      return await change(productId, 6, operationOf(key, '6'));
    },
  ],
  [restock, 'ok', async () => fill(await idOf(cupDraft), 5)],
  [restock, 'PRODUCT_NOT_FOUND', () => fill(randomUUIDv7(), 5)],
  [restock, 'OPTION_NOT_FOUND', async () => fill(await idOf(cupDraft), 5, { optionId: randomUUIDv7() })],
  [restock, 'OPTION_REQUIRED', async () => fill(await idOf(shirtDraft), 5)],
  [restock, 'VERSION_CHANGED', async () => fill(await idOf(cupDraft), 5, { versions: [7] })],
  [restock, 'OUT_OF_STOCK', async () => fill(await idOf(cupDraft), -11)],
  [restock, 'VALIDATION_FAILED', async () => fill(await idOf(cupDraft), STOCK_MAX)],
  [
    restock,
    'IDEMPOTENCY_KEY_REUSED',
    async () => {
      const [productId, key] = [await idOf(cupDraft), randomUUIDv7()];
      await fill(productId, 5, { key });
      return await fill(productId, 6, { key });
    },
  ],
  [reserveStock, 'ok', async () => reserve(orderOf({ productId: await idOf(cupDraft), quantity: 2 }))],
  [reserveStock, 'PRODUCT_NOT_FOUND', () => reserve(orderOf({ productId: randomUUIDv7(), quantity: 2 }))],
  [
    reserveStock,
    'OPTION_NOT_FOUND',
    async () => reserve(orderOf({ productId: await idOf(cupDraft), optionId: randomUUIDv7(), quantity: 2 })),
  ],
  [
    reserveStock,
    'OPTION_REQUIRED',
    async () => reserve(orderOf({ productId: await idOf(shirtDraft), quantity: 2 })),
  ],
  [
    reserveStock,
    'PRODUCT_NOT_SELLABLE',
    async () => {
      const productId = await idOf(cupDraft);
      await client.ask(changeProduct, {
        operation: operationOf(),
        productId,
        change: { status: 'SUSPENDED' },
      });
      return await reserve(orderOf({ productId, quantity: 2 }));
    },
  ],
  [
    reserveStock,
    'OUT_OF_STOCK',
    async () =>
      reserve(
        orderOf(
          { productId: await idOf(cupDraft), quantity: 11 },
          { productId: await idOf(cupDraft), quantity: 12 },
        ),
      ),
  ],
  [
    reserveStock,
    'COUPON_NOT_USABLE',
    () => reserveWith({ discount: { discountType: 'FIXED', discountValue: 1, minOrderAmount: 1_000_001 } }),
  ],
  [reserveStock, 'PRICE_CHANGED', () => reserveWith({ expectedTotal: 1 })],
  [reserveStock, 'INSUFFICIENT_BALANCE', () => reserveWith({ payable: 0 })],
  [
    reserveStock,
    'VALIDATION_FAILED',
    async () => reserve(orderOf({ productId: await idOf({ name: 'Yacht', price: MONEY_MAX }), quantity: 2 })),
  ],
  [
    reserveStock,
    'ORDER_TIMED_OUT',
    async () => {
      const order = orderOf({ productId: await idOf(cupDraft), quantity: 2 });
      await release(order);
      return await reserve(order);
    },
  ],
  [
    releaseStock,
    'ok',
    async () => {
      const order = orderOf({ productId: await idOf(cupDraft), quantity: 2 });
      await reserve(order);
      return await release(order);
    },
  ],
  [
    orderRows.catalog,
    'ok',
    async () => {
      const order = orderOf({ productId: await idOf(cupDraft), quantity: 2 });
      await reserve(order);
      await release(order);
      const outcome = await client.ask(orderRows.catalog, { orderId: order.orderId });
      expect(outcome).toMatchObject({
        ok: true,
        value: {
          decided: [
            { command: 'catalog.reserve-stock', key: `${order.orderId}/reserve-stock`, subtotal: 2_000 },
            { command: 'catalog.release-stock', key: `${order.orderId}/release-stock` },
          ],
          rows: [{ table: 'reservations', quantity: 2, undoneAt: expect.any(String) }],
          deadLetters: [],
        },
      });
      return outcome;
    },
  ],
];

describe('the catalog alone', () => {
  it.each(cases.map(([contract, answer, run]) => [contract.type, answer, contract, run] as const))(
    'answers %s with %s as the contract says',
    async (_type, answer, contract, run) => {
      const outcome = await run();
      expect(contract.outcome.parse(outcome)).toEqual(outcome);
      expect(outcome.ok ? 'ok' : outcome.refusal.code).toBe(answer);
    },
  );

  it('was asked for every answer of every message of its contract', () => {
    const met = cases.map(([{ type }, answer]) => `${type} ${answer}`);
    expect(met.toSorted()).toEqual(promisedAnswers('catalog'));
  });

  it.each([
    ['a negative price', { price: -1 }],
    ['a fraction of a price', { price: 0.5 }],
    ['a price that a number does not hold exactly', { price: 2 ** 53 }],
    ['an empty name', { name: '  ' }],
    ['a name that no database stores', { name: 'Cup\u0000' }],
    ['more stock than an admin may give', { stock: STOCK_MAX + 1 }],
    ['stock and options at once', { options: [{ name: 'M', stock: 1 }] }],
    ['no option among the options', { stock: undefined, options: [] }],
    ['a field that is none', { isAdmin: true }],
  ])('refuses a product with %s', async (_title, wrong) => {
    const outcome = await create({ ...cupDraft, ...wrong } as never);
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'VALIDATION_FAILED' } });
  });

  it.each([
    ['a quantity of 0', { quantity: 0 }],
    ['a fraction', { quantity: 1.5 }],
    ['a quantity in words', { quantity: '5' }],
    ['an option id that is none', { quantity: 5, optionId: "'; DROP TABLE options" }],
  ])('refuses a change of stock with %s and changes nothing', async (_title, wrong) => {
    const productId = await idOf(cupDraft);
    const outcome = await client.ask(restock, {
      operation: operationOf(),
      productId,
      change: wrong as never,
    });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'VALIDATION_FAILED' } });
    expect(await read(productId)).toMatchObject({ stock: 10 });
  });

  it('stores names as they are given, in any script', async () => {
    const name = `찻잔 🍵 "O'Neil"; \\ {1,2} NULL`;
    const productId = await idOf({ name, price: 1, options: [{ name, stock: 1 }] });
    expect(await read(productId)).toMatchObject({ name, options: [{ name }] });
  });

  it('puts a command that breaks the contract aside, alone, and goes on', async () => {
    const productId = await idOf(cupDraft);
    const queue = client.commandQueue(reserveStock);
    await client.sendRaw(queue, '{"items":[]}', {
      type: reserveStock.type,
      messageId: 'bad',
      correlationId: randomUUIDv7(),
      headers: { 'schema-version': reserveStock.version },
    });
    expect(await reserve(orderOf({ productId, quantity: 1 }))).toMatchObject({ ok: true });
    const parked = await eventually(async () => {
      const letters = await client.deadLetters(queue);
      return letters.length > 0 && letters;
    });
    expect(parked.map(({ type, body }) => [type, body])).toEqual([[reserveStock.type, '{"items":[]}']]);
  });

  it('sells exactly the stock when many orders come through the queue at once', async () => {
    const productId = await idOf({ ...cupDraft, stock: 50 });
    const orders = Array.from({ length: 200 }, () => orderOf({ productId, quantity: 1 }));
    const outcomes = await Promise.all(orders.map(reserve));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(50);
    expect(await read(productId)).toMatchObject({ stock: 0 });
  });

  it('keeps what it answered when it is killed, and answers repeats from it', async () => {
    const order = orderOf({ productId: await idOf(cupDraft), quantity: 4 });
    const [{ productId }] = order.items as [OrderLine];
    const reserved = await reserve(order);
    const filled = await fill(productId, 7, { key: `${productId}/kill` });
    await service.kill();
    await service.restart();
    expect(await reserve(order)).toEqual(reserved);
    expect(await fill(productId, 7, { key: `${productId}/kill` })).toEqual(filled);
    expect(await read(productId)).toMatchObject({ stock: 13 });
  });
});
