import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  auditParts,
  audits,
  BOOKS,
  finds,
  operationReads,
  orderCancelled,
  orderCompleted,
  orderRows,
  pings,
  queueName,
  readLoads,
  readTopProducts,
} from '@jangteo/contracts';
import {
  contractClient,
  eventually,
  startService,
  startTcpProxy,
  testDatabase,
  type ContractClient,
  type RunningService,
  type TcpProxy,
  type TestDatabase,
} from '@jangteo/testkit';

let service: RunningService;
let client: ContractClient;
let scratch: TestDatabase;
let database: TcpProxy;

beforeAll(async () => {
  scratch = await testDatabase('ranking');
  const databaseUrl = new URL(scratch.url);
  database = await startTcpProxy({
    targetHost: databaseUrl.hostname,
    targetPort: Number(databaseUrl.port),
  });
  databaseUrl.hostname = '127.0.0.1';
  databaseUrl.port = String(database.port);
  service = await startService('ranking', {
    databaseUrl: databaseUrl.href,
    env: { RANKING_REFRESH_SECONDS: '1' },
  });
  client = await contractClient(service.namespace);
});
afterAll(async () => {
  await service.stop();
  await client.close();
  await database.close();
  await scratch.drop();
});

function soldOrder(productId: string, quantity: number) {
  const item = { productId, optionId: randomUUIDv7(), name: 'Tea cup', price: 100, quantity };
  const completedAt = new Date().toISOString();
  return { orderId: randomUUIDv7(), userId: randomUUIDv7(), items: [item], totalPrice: 100, completedAt };
}

const cancellationOf = (order: ReturnType<typeof soldOrder>) => ({
  ...order,
  cancelledAt: order.completedAt,
});

/** Units of a product over three days, 0 where it has no place. */
async function unitsOf(productId: string): Promise<number> {
  const outcome = await client.ask(readTopProducts, { limit: 100, days: 3 });
  if (!outcome.ok) return Number.NaN;
  return outcome.value.products.find((place) => place.productId === productId)?.totalSales ?? 0;
}

describe('the ranking alone', () => {
  it('answers pings', async () => {
    expect(await client.ask(pings.ranking, {})).toEqual({ ok: true, value: { service: 'ranking' } });
  });

  it('tells of its queues', async () => {
    const outcome = await client.ask(readLoads.ranking, {});
    expect(readLoads.ranking.outcome.parse(outcome)).toMatchObject({
      value: {
        queues: [
          { queue: queueName(service.namespace, 'ranking', 'requests'), consumers: 1 },
          { queue: queueName(service.namespace, 'ranking', 'events'), messages: 0, consumers: 1 },
        ],
        deadLetters: 0,
      },
    });
  });

  it('finds nothing where nothing is meant, and knows of no operation that it never heard of', async () => {
    const found = await client.ask(finds.ranking, { q: randomUUIDv7() });
    expect(found).toEqual({ ok: true, value: { found: [] } });
    const sent = { sent: 0, tookEffect: 0, refused: 0, decidedBefore: 0, cameBack: 0, open: 0 };
    expect(await client.ask(operationReads.ranking, { operationId: randomUUIDv7() })).toEqual({
      ok: true,
      value: sent,
    });
  });

  it('answers for its books', async () => {
    const before = new Date().toISOString();
    const outcomes = [
      audits.ranking.outcome.parse(await client.ask(audits.ranking, { ...BOOKS.ranking, before })),
      ...(await Promise.all(
        ['steps', 'hours'].map(async (column) =>
          auditParts.ranking.outcome.parse(
            await client.ask(auditParts.ranking, { before, column, parts: [0, 4095] }),
          ),
        ),
      )),
    ];
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  it('answers an empty ranking as the contract says', async () => {
    const outcome = await client.ask(readTopProducts, { limit: 5, days: 3 });
    expect(readTopProducts.outcome.parse(outcome)).toEqual(outcome);
    expect(outcome).toMatchObject({ ok: true, value: { products: [] } });
  });

  it('shows a sale at the next calculation, and drops it when it is cancelled', async () => {
    const productId = randomUUIDv7();
    const [kept, undone] = [soldOrder(productId, 2), soldOrder(productId, 5)];
    await client.publishEvent(orderCompleted, kept);
    await client.publishEvent(orderCompleted, undone);
    await client.publishEvent(orderCompleted, kept);
    await eventually(async () => (await unitsOf(productId)) === 7);
    await client.publishEvent(orderCancelled, cancellationOf(undone));
    await eventually(async () => (await unitsOf(productId)) === 2);
    const outcome = await client.ask(readTopProducts, { limit: 100, days: 30 });
    expect(readTopProducts.outcome.parse(outcome)).toEqual(outcome);
  });

  it.each([
    ['a limit of 0', { limit: 0, days: 3 }],
    ['a limit above 100', { limit: 101, days: 3 }],
    ['no days', { limit: 5 }],
    ['31 days', { limit: 5, days: 31 }],
    ['half a day', { limit: 5, days: 0.5 }],
  ])('refuses %s', async (_title, payload) => {
    await expect(client.ask(readTopProducts, payload as never)).rejects.toMatchObject({
      refusal: { code: 'VALIDATION_FAILED' },
    });
  });

  it('puts an event that breaks the contract aside, alone, and goes on', async () => {
    const queue = queueName(service.namespace, 'ranking', 'events');
    await client.sendRaw(queue, '{"orderId":7}', {
      type: orderCompleted.type,
      messageId: 'bad',
      headers: { 'schema-version': orderCompleted.version },
    });
    const productId = randomUUIDv7();
    await client.publishEvent(orderCompleted, soldOrder(productId, 1));
    await eventually(async () => (await unitsOf(productId)) === 1);
    // On its way from the queue of dead letters to the table it may be in neither.
    await eventually(async () => (await client.deadLetters(queue)).length > 0);
    const parked = await client.deadLetters(queue);
    expect(parked.map(({ body }) => body)).toEqual(['{"orderId":7}']);
  });

  it('counts on after its database was away, and says in its log that it was', async () => {
    const parkedBefore = [...(await client.deadLetters(queueName(service.namespace, 'ranking', 'events')))];
    const productId = randomUUIDv7();
    database.refuse(true);
    database.cut();
    await client.publishEvent(orderCompleted, soldOrder(productId, 3));
    await eventually(async () => (await service.logs()).includes('calculating the rankings failed'));
    database.refuse(false);
    await eventually(async () => (await unitsOf(productId)) === 3);
    expect(await client.deadLetters(queueName(service.namespace, 'ranking', 'events'))).toEqual(parkedBefore);
  });

  it('keeps its figures when it is killed, and ends in order while it calculates', async () => {
    const productId = randomUUIDv7();
    const order = soldOrder(productId, 4);
    await client.publishEvent(orderCompleted, order);
    await eventually(async () => (await unitsOf(productId)) === 4);
    await service.kill();
    await client.publishEvent(orderCompleted, order);
    await service.restart();
    await service.restart();
    await client.publishEvent(orderCompleted, soldOrder(productId, 1));
    await eventually(async () => (await unitsOf(productId)) === 5);
    expect(await service.logs()).not.toContain('pool after calling end');
  });

  it('tells which events of an order it has counted', async () => {
    const order = soldOrder(randomUUIDv7(), 1);
    const { orderId } = order;
    await client.publishEvent(orderCancelled, cancellationOf(order));
    const outcome = await eventually(async () => {
      const told = await client.ask(orderRows.ranking, { orderId });
      return told.ok && told.value.rows.length > 0 && told;
    });
    expect(orderRows.ranking.outcome.parse(outcome)).toEqual(outcome);
    expect(outcome).toEqual({
      ok: true,
      value: {
        decided: [],
        rows: [
          { table: 'counted_steps', id: `${orderId}/COMPLETED` },
          { table: 'counted_steps', id: `${orderId}/CANCELLED` },
        ],
        deadLetters: [],
      },
    });
  });
});
