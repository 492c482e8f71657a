import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  metricsSpokenOf,
  pace,
  SHOP_SERVICES,
  startShop,
  TraceCollector,
  unknownMetrics,
  type CollectedSpan,
  type Customer,
  type Shop,
} from '@jangteo/testkit';

const ORDERS = 30;
const FLUSH_MS_MAX = (await pace())(6_000);
const CALLER = '00f067aa0ba902b7';

const newTraceId = (): string => randomBytes(16).toString('hex');

/** The spans above one, its parent first, as far as they are in the same trace. */
function above(span: CollectedSpan, trace: readonly CollectedSpan[]): CollectedSpan[] {
  const parent = trace.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [] : [parent, ...above(parent, trace)];
}

const isOfDatabase = ({ attributes }: CollectedSpan): boolean =>
  attributes['db.system.name'] === 'postgresql';

describe('traces', () => {
  let shop: Shop;
  let collector: TraceCollector;
  let customer: Customer;
  let productId: string;

  beforeAll(async () => {
    collector = await TraceCollector.start();
    shop = await startShop({ env: collector.environment });
    ({ productId } = await shop.client.createProduct({ stock: 1_000_000 }));
    customer = await shop.client.register(1_000_000_000);
  });
  afterAll(async () => {
    await shop.stop();
    await collector.stop();
  });

  async function order(
    traceId: string,
    more: { flags?: string; userCouponId?: string } = {},
  ): Promise<string> {
    const { flags = '01', userCouponId } = more;
    const headers = { traceparent: `00-${traceId}-${CALLER}-${flags}` };
    const body = { items: [{ productId, quantity: 1 }], userCouponId };
    const answer = await shop.client.post<{ orderId: string }>('/orders', body, {
      token: customer.token,
      headers,
    });
    return expected(201, answer).orderId;
  }

  it('lead from a request through every service to every statement, in one trace while nothing is shared', async () => {
    const { couponId } = await shop.client.createCoupon();
    const { userCouponId } = await shop.client.issue(customer, couponId);
    const traceId = newTraceId();
    const orderId = await order(traceId, { userCouponId });
    const worksOf = (service: string): CollectedSpan[] =>
      collector.trace(traceId).filter((span) => span.service === service && span.kind === 'CONSUMER');
    await eventually(() =>
      ['order', 'catalog', 'coupon', 'wallet', 'ranking'].every((one) => worksOf(one).length > 0),
    );
    await eventually(() => worksOf('order').length === 4);
    const trace = collector.trace(traceId);
    const [request, ...others] = trace.filter(({ kind }) => kind === 'SERVER');
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      service: 'gateway',
      name: 'POST /orders',
      parentSpanId: CALLER,
      attributes: { 'http.route': '/orders', 'http.response.status_code': '201', 'url.path': '/orders' },
    });
    // Nothing of it hangs in the air.
    for (const span of trace.filter((one) => one !== request))
      expect(above(span, trace).at(-1)).toBe(request);
    for (const service of ['order', 'catalog', 'coupon', 'wallet', 'ranking']) {
      const statements = trace.filter((span) => span.service === service && isOfDatabase(span));
      expect(statements.map(({ name }) => name)).toContain('COMMIT');
      for (const statement of statements) {
        expect(above(statement, trace).some(({ kind }) => kind === 'CONSUMER')).toBe(true);
      }
    }
    const sent = trace.filter(({ kind }) => kind === 'PRODUCER').map(({ attributes }) => attributes);
    const ofOrder = sent.filter((one) => one['messaging.message.conversation_id'] === orderId);
    expect(ofOrder.map((one) => one['jangteo.message.type'])).toEqual(
      expect.arrayContaining(['catalog.reserve-stock', 'coupon.use', 'wallet.debit', 'wallet.debit.reply']),
    );
  });

  it('share the spans of a batch, which has links to each order that it works on, as they have to it', async () => {
    const traceIds = Array.from({ length: ORDERS }, newTraceId);
    await Promise.all(traceIds.map((traceId) => order(traceId)));
    const shared = await eventually(() => {
      const batches = collector.spans.filter(({ kind, links }) => kind === 'CONSUMER' && links.length > 1);
      const ours = batches.filter(({ links }) => links.every(({ traceId }) => traceIds.includes(traceId)));
      return ours.find(({ service }) => service === 'wallet') ?? false;
    });
    expect(shared).toMatchObject({
      parentSpanId: undefined,
      attributes: { 'messaging.batch.message_count': String(shared.links.length) },
    });
    const statements = await eventually(() => {
      const found = collector.trace(shared.traceId).filter(isOfDatabase);
      return found.length > 3 ? found : false;
    });
    expect(statements.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['BEGIN', 'UPDATE wallets', 'INSERT outcomes', 'COMMIT']),
    );
    for (const { traceId } of shared.links) {
      await eventually(() =>
        collector
          .trace(traceId)
          .some(
            ({ kind, links }) => kind === 'PRODUCER' && links.some(({ spanId }) => spanId === shared.spanId),
          ),
      );
    }
  });

  it('are not kept of a request whose caller says so', async () => {
    const [quiet, loud] = [newTraceId(), newTraceId()];
    await order(quiet, { flags: '00' });
    await order(loud);
    await eventually(() => collector.trace(loud).some(({ name }) => name === 'POST /orders'));
    expect(collector.trace(quiet)).toEqual([]);
  });

  it('come with metrics, by every name that dashboards, alerts and documents use', async () => {
    const shown = await Promise.all(
      SHOP_SERVICES.map(async (service) => (await fetch(`${shop.urlOf(service)}/metrics`)).text()),
    );
    expect(unknownMetrics(await metricsSpokenOf(), shown)).toEqual([]);
    const counted = shown.flatMap((text) => text.split('\n'));
    for (const what of [
      'order_saga_step_seconds_count{step="DebitWallet"}',
      'gateway_request_seconds_count{method="POST",route="/orders",status="201"}',
      'jangteo_database_pool_wait_seconds_count',
      'messaging_connection_ready{connection="consume"}',
    ]) {
      const [value] = counted.flatMap((line) =>
        line.startsWith(`${what} `) ? Number(line.split(' ').at(-1)) : [],
      );
      expect({ what, value }).toEqual({ what, value: expect.not.closeTo(0) });
    }
  });

  it('tell of nobody', () => {
    const text = JSON.stringify(collector.spans);
    expect(text).not.toContain(customer.email);
    expect(text).not.toContain(customer.token);
  });

  it('stop no order, and fill no log, while the collector refuses them', async () => {
    collector.mode = 'refuses';
    const before = collector.requests;
    for (let count = 0; count < 10; count += 1) await order(newTraceId());
    await eventually(() => collector.requests > before + 5);
    const told = (await shop.logs('order')).split('\n').filter((line) => line.includes('spans'));
    expect(told).toEqual([expect.stringContaining('spans are lost')]);
    collector.mode = 'takes';
    await order(newTraceId());
    await eventually(async () => (await shop.logs('order')).includes('spans are sent again'));
  });

  it('hold up the end of no service while the collector says nothing', async () => {
    collector.mode = 'is silent';
    await order(newTraceId());
    const startedAt = performance.now();
    await Promise.all(SHOP_SERVICES.map((service) => shop.terminate(service)));
    expect(performance.now() - startedAt).toBeLessThan(FLUSH_MS_MAX);
  });
});
