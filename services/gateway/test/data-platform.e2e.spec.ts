import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  eventually,
  expected,
  freePort,
  startKafka,
  startShop,
  START_DEADLINE_MS,
  type Customer,
  type KafkaCluster,
  type Shop,
} from '@jangteo/testkit';

/** A record as docs/data-platform.md promises it to a receiver. */
interface Received {
  readonly sequence: number;
  readonly type: 'order.completed' | 'order.cancelled';
  readonly orderId: string;
  readonly userId: string;
  readonly totalPrice: number;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

const PATIENCE = { deadlineMs: 30_000, everyMs: 100 };
const SECRET = 'a secret of the shop';
/** So that a receiver that comes back, or a leader that died, has not to be waited for long. */
const RETRYING = {
  DATA_PLATFORM_TIMEOUT_MS: '2000',
  DATA_PLATFORM_RETRY_MS: '100',
  DATA_PLATFORM_RETRY_MS_MAX: '500',
};

const cancel = (shop: Shop, { token }: Customer, orderId: string) =>
  shop.client.post(`/orders/${orderId}/cancel`, undefined, { token });

/** Orders of several customers at once: some are cancelled, some fail. */
async function trade(shop: Shop): Promise<void> {
  const { client } = shop;
  const customers = await client.registerMany(4, 10_000);
  const [cup, pot] = [await client.createProduct(), await client.createProduct({ price: 2_500, stock: 3 })];
  await Promise.all(
    customers.map(async (customer) => {
      for (const [index, productId] of [cup, pot, cup, pot].map((product) => product.productId).entries()) {
        const answer = await client.order(customer, { items: [{ productId, quantity: 1 }] });
        expect([201, 409]).toContain(answer.status);
        if (answer.status === 201 && index % 2 === 0) {
          expected(200, await cancel(shop, customer, expected(201, answer).orderId));
        }
      }
    }),
  );
}

/** Records that the data platform must have, as the orders say: type and order. */
async function owed(shop: Shop): Promise<string[]> {
  const rows = await shop.sql<{ orderId: string; status: string }>(
    'order',
    `SELECT order_id AS "orderId", status FROM orders WHERE completed_at IS NOT NULL`,
  );
  const completed = rows.map(({ orderId }) => `order.completed ${orderId}`);
  const cancelled = rows.filter(({ status }) => status === 'CANCELLED');
  return [...completed, ...cancelled.map(({ orderId }) => `order.cancelled ${orderId}`)].toSorted();
}

/** Repeats left out by their number, as receivers are told to. */
function deduplicated(received: readonly Received[]): Received[] {
  const bySequence = new Map(received.map((record) => [record.sequence, record]));
  return [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
}

/** Every success and every cancellation, each once, without a gap; the same of a repeat as of the first. */
async function expectAgreement(shop: Shop, receivedNow: () => Promise<readonly Received[]>): Promise<void> {
  const all = await owed(shop);
  await eventually(async () => {
    const distinct = deduplicated(await receivedNow());
    expect(distinct.map(({ type, orderId }) => `${type} ${orderId}`).toSorted()).toEqual(all);
    expect(distinct.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
  }, PATIENCE);
  const received = await receivedNow();
  for (const same of Map.groupBy(received, ({ sequence }) => sequence).values()) {
    for (const repeat of same) expect(repeat).toEqual(same[0]);
  }
}

const metricsOf = async (shop: Shop): Promise<Map<string, number>> => {
  const text = await (await fetch(`${shop.urlOf('order')}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('order_platform_'));
  return new Map(lines.map((line) => [line.split(/[{ ]/)[0]!, Number(line.split(' ').at(-1))]));
};

describe('a data platform over HTTP', () => {
  let shop: Shop;
  let receiver: Server;
  let received: Received[] = [];
  let status = 503;
  let beforeAnswer: () => Promise<void> = async () => {};

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const isSigned = /^t=\d+,v1=[0-9a-f]{64}$/.test(String(request.headers['x-jangteo-signature']));
        if (status === 200 && isSigned) {
          received.push(...(JSON.parse(Buffer.concat(chunks).toString()) as Received[]));
        }
        void beforeAnswer().then(() => response.writeHead(isSigned ? status : 401).end());
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/orders`;
    const order = { DATA_PLATFORM_URL: url, DATA_PLATFORM_SECRET: SECRET, ...RETRYING };
    shop = await startShop({ services: { order } });
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await shop?.stop();
    receiver.closeAllConnections();
    receiver.close();
  });

  const receivedNow = async () => received;

  it('R23: that fails is logged and counted, and every order stands', async () => {
    await trade(shop);
    await assertBooks(shop);
    expect(received).toEqual([]);
    expect((await owed(shop)).length).toBeGreaterThan(10);
    await eventually(async () => {
      const metrics = await metricsOf(shop);
      expect(metrics.get('order_platform_failures_total')).toBeGreaterThan(1);
      expect(metrics.get('order_platform_backlog_records')).toBe((await owed(shop)).length);
      expect(metrics.get('order_platform_oldest_age_seconds')).toBeGreaterThan(0);
    }, PATIENCE);
    expect(await shop.logs('order')).toMatch(/"msg":"the data platform did not take records 1 to .*HTTP 503/);
  });

  it('R23: that recovers gets every success and every cancellation, each once, without a gap', async () => {
    status = 200;
    await expectAgreement(shop, receivedNow);
    await eventually(async () => {
      expect((await metricsOf(shop)).get('order_platform_backlog_records')).toBe(0);
    }, PATIENCE);
    await trade(shop);
    await expectAgreement(shop, receivedNow);
    const [first] = deduplicated(received);
    expect(first).toMatchObject({ sequence: 1, type: 'order.completed', items: [{ quantity: 1 }] });
  });

  it('R23: gets the same records under the same numbers when the order service dies before it knows', async () => {
    let killed: Promise<void> | undefined;
    beforeAnswer = async () => {
      killed ??= shop.kill('order');
      await killed;
    };
    const before = received.length;
    const customer = await shop.client.register(10_000);
    const { productId } = await shop.client.createProduct();
    const order = shop.client.order(customer, { items: [{ productId, quantity: 2 }] });
    await eventually(() => killed !== undefined, PATIENCE);
    await killed;
    beforeAnswer = async () => {};
    await shop.start('order');
    await order;
    // The dead process leads on until its lease is over.
    await eventually(() => {
      const [first, ...more] = received.slice(before).map(({ sequence }) => sequence);
      expect(more).toContain(first);
    }, PATIENCE);
    await expectAgreement(shop, receivedNow);
    await assertBooks(shop);
  });
});

describe('a data platform over Kafka', () => {
  const topic = 'orders';
  let shop: Shop;
  let port: number;
  let kafka: KafkaCluster | undefined;

  beforeAll(async () => {
    port = await freePort();
    const order = { DATA_PLATFORM_URL: `kafka://127.0.0.1:${port}/${topic}`, ...RETRYING };
    shop = await startShop({ services: { order } });
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await shop?.stop();
    await kafka?.stop();
  });

  it('R24: gets every success and every cancellation, keyed by order, once the cluster is up', async () => {
    await trade(shop);
    await assertBooks(shop);
    await eventually(async () => {
      expect((await metricsOf(shop)).get('order_platform_failures_total')).toBeGreaterThan(0);
    }, PATIENCE);
    const cluster = await startKafka({ port });
    kafka = cluster;
    const receivedNow = async () => {
      const records = await cluster.records(topic);
      return records.map(({ key, value }) => {
        const its = JSON.parse(value) as Received;
        expect(key).toBe(its.orderId);
        return its;
      });
    };
    await expectAgreement(shop, receivedNow);
    await trade(shop);
    await expectAgreement(shop, receivedNow);
    await assertBooks(shop);
  });
});
