import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertBooks,
  eventually,
  expected,
  SHOP_SERVICES,
  shopClient,
  startShop,
  START_DEADLINE_MS,
  WebhookReceiver,
  type AnyService,
  type Customer,
  type OrderBody,
  type ServiceProcess,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { tally } from './expectations.js';
import { expectAllOf, expectSteps, idsOf, watch, type Told, type Watching } from './watching.js';
import { expectInOrder, newestRecord, numbersOf, rangeFrom } from './webhook-records.js';

const [RATE_LIMIT, LOGIN_ATTEMPTS, IN_FLIGHT_MAX] = [40, 10, 12];
/** How many more are tried than may be. */
const BEYOND = 6;
const GATEWAY = {
  ACCESS_TOKEN_SECONDS: '3600',
  LOGIN_ATTEMPTS_PER_MINUTE: String(LOGIN_ATTEMPTS),
  WEBHOOK_INTERVAL_MS: '100',
  // An answer is withheld for as long as it takes until both gateways have looked; a dead one's lease lasts not much longer.
  WEBHOOK_TIMEOUT_MS: '20000',
  REQUEST_DEADLINE_MS: '5000',
};
const PATIENCE = { deadlineMs: 90_000, everyMs: 100 };
/** Logs in nowhere. */
const NOBODY = { email: '', password: '' };
/** Orders that end between one kill and the next. */
const ORDERS_BETWEEN = 12;
const WATCHERS = 6;
/** Who order as fast as they may, so that whoever is killed is at work. */
const BUYERS = 2;
const COUPONS_EACH = 3;
const SCARCE = 10;

interface Webhook {
  readonly webhookId: string;
  readonly next: number;
}

interface Watched {
  readonly customer: Customer;
  readonly orderId: string;
  readonly streams: readonly Watching[];
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** How many processes of each service an event of the whole shop has counted. */
function replicasIn(told: Told | undefined): Record<string, number> {
  const { services = [] } = (told?.data ?? {}) as { services?: { service: string; replicas?: number }[] };
  return Object.fromEntries(services.map(({ service, replicas }) => [service, replicas ?? 0]));
}

/** Gateways are not counted. */
const eachHas = (count: number): Record<string, number> =>
  Object.fromEntries(SHOP_SERVICES.map((service) => [service, service === 'gateway' ? 0 : count]));

describe('two processes of each service', () => {
  let shop: Shop;
  let replicas: ReadonlyMap<AnyService, ServiceProcess>;
  let gateways: readonly [ShopClient, ShopClient];
  let client: ShopClient;
  let admin: string;
  let customer: Customer;
  let productId: string;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    receiver = await WebhookReceiver.open();
    const order = { ORDERS_IN_FLIGHT_PER_USER_MAX: String(IN_FLIGHT_MAX) };
    shop = await startShop({ services: { gateway: GATEWAY, order } });
    const started = SHOP_SERVICES.map(
      async (service) => [service, await shop.startReplica(service)] as const,
    );
    replicas = new Map(await Promise.all(started));
    gateways = [shop.client, shopClient(replicas.get('gateway')!.url, NOBODY)];
    [client] = gateways;
    admin = await client.admin();
    customer = await client.register(1_000_000);
    ({ productId } = await client.createProduct({ price: 10, stock: 10_000 }));
  }, 2 * START_DEADLINE_MS);

  /** What one test is told is nothing to the next. */
  afterEach(async () => {
    receiver.answer();
    const webhooks = expected(200, await client.get<Webhook[]>('/admin/webhooks', { token: admin }));
    for (const { webhookId } of webhooks)
      expected(204, await client.send('DELETE', `/admin/webhooks/${webhookId}`, undefined, { token: admin }));
  });

  afterAll(async () => {
    await shop?.stop();
    receiver.close();
  });

  /** Neither process of a service does anything meanwhile. */
  async function whilePaused<T>(service: AnyService, work: () => Promise<T>): Promise<T> {
    const { pid } = replicas.get(service)!;
    shop.pause(service);
    process.kill(pid, 'SIGSTOP');
    try {
      return await work();
    } finally {
      shop.resume(service);
      process.kill(pid, 'SIGCONT');
    }
  }

  const begin = async (at: ShopClient): Promise<string> => {
    const body = { items: [{ productId, quantity: 1 }] };
    return expected(202, await at.order(customer, body, { prefer: 'respond-async' })).orderId;
  };

  /** Orders that succeed, by turns through both gateways. */
  async function orders(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      expected(201, await gateways[n % 2]!.order(customer, { items: [{ productId, quantity: 1 }] }));
    }
  }

  describe('tell in their streams', () => {
    it('each step of an order that was placed through the other gateway', async () => {
      const watched = await whilePaused('wallet', () =>
        Promise.all(
          gateways.map(async (at, index) => {
            const orderId = await begin(at);
            const { url } = gateways[1 - index]!;
            const stream = await watch(url, `/orders/${orderId}/events`, { token: customer.token });
            await stream.until(({ data }) => data.step === 'ReserveStock');
            return { orderId, stream };
          }),
        ),
      );
      for (const { orderId, stream } of watched) {
        await stream.untilEnded();
        expectAllOf(await client.readOrder(customer, orderId), stream);
      }
    });

    it('how the issue of a coupon goes on, whoever is asked for it', async () => {
      const { couponId } = await client.createCoupon({ totalQuantity: 8 });
      const path = `/coupons/${couponId}`;
      const streams = await Promise.all(gateways.map(({ url }) => watch(url, `${path}/live`)));
      const people = await client.registerMany(8 + BEYOND);
      const asked = people.map(({ token }, n) =>
        gateways[n % 2]!.post(`${path}/issue`, undefined, { token }),
      );
      expect(tally(await Promise.all(asked))).toEqual({ 201: 8, '409 COUPON_SOLD_OUT': BEYOND });
      const answers = { issued: 8, soldOut: BEYOND };
      for (const stream of streams) {
        await eventually(() => {
          const now = { issuedQuantity: 8, remainingQuantity: 0, answers };
          expect(stream.events.at(-1)!.data).toMatchObject(now);
        }, PATIENCE);
        await stream.leave();
      }
    });

    it('of both processes of each service, at both gateways', async () => {
      for (const { url } of gateways) {
        const stream = await watch(url, '/admin/live', { token: admin });
        await eventually(() => expect(replicasIn(stream.events.at(-1))).toEqual(eachHas(2)), PATIENCE);
        await stream.leave();
      }
    });
  });

  const somewhere = (): string => `/${randomUUIDv7()}`;

  /** A webhook that is told nothing of what happened before. */
  async function webhookAt(path: string): Promise<Webhook> {
    await newestRecord(shop);
    const draft = { name: 'Warehouse', url: receiver.url(path) };
    return expected(201, await client.post<Webhook>('/admin/webhooks', draft, { token: admin }));
  }

  const setStatus = async ({ webhookId }: Webhook, status: string): Promise<void> =>
    void expected(200, await client.patch(`/admin/webhooks/${webhookId}`, { status }, { token: admin }));

  /** Waits until all that there is has come to a path. */
  async function untilTold(path: string): Promise<void> {
    const last = await newestRecord(shop);
    await eventually(() => numbersOf(receiver.at(path)).at(-1) === last, PATIENCE);
  }

  /** How many records each gateway has delivered. */
  const delivered = (): Promise<number[]> =>
    Promise.all(
      [shop.urlOf('gateway'), replicas.get('gateway')!.opsUrl].map(async (url) => {
        const text = await (await fetch(`${url}/metrics`)).text();
        return Number(/^gateway_webhook_deliveries_total\{[^}]*"delivered"[^}]*\} (\d+)/m.exec(text)![1]);
      }),
    );

  describe('tell webhooks', () => {
    it('each event once, in order, though both gateways look for some to tell', async () => {
      const [slow, quick] = [somewhere(), somewhere()];
      const webhook = await webhookAt(slow);
      await webhookAt(quick);
      const isReleased = Promise.withResolvers<void>();
      receiver.answer(async (response, { path }) => {
        if (path === slow) await isReleased.promise;
        response.writeHead(204).end();
      });
      let placed = 1;
      await orders(1);
      await eventually(() => receiver.at(slow).length > 0, PATIENCE);
      const before = await delivered();
      await eventually(async () => {
        await orders(1);
        placed += 1;
        return (await delivered()).every((count, index) => count > before[index]!);
      }, PATIENCE);
      expect(receiver.at(slow)).toHaveLength(1);
      isReleased.resolve();
      for (const path of [slow, quick]) {
        await untilTold(path);
        expect(numbersOf(receiver.at(path))).toEqual(rangeFrom(webhook.next, placed));
        expect(receiver.atOnce.get(path)).toBe(1);
      }
    });

    it('all that there is, where the gateway that is at it is killed half-way', async () => {
      const [path, count, confirmed] = [somewhere(), 10, 4];
      const webhook = await webhookAt(path);
      await setStatus(webhook, 'PAUSED');
      await orders(count);
      const before = await delivered();
      const reached = Promise.withResolvers<void>();
      receiver.answer((response, { event }) => {
        if (event.data.sequence < webhook.next + confirmed) response.writeHead(204).end();
        else reached.resolve();
      });
      await setStatus(webhook, 'ACTIVE');
      await reached.promise;
      const [first, second] = (await delivered()).map((now, index) => now - before[index]!);
      expect([
        [0, confirmed],
        [confirmed, 0],
      ]).toContainEqual([first, second]);
      const isFirst = first === confirmed;
      const replica = replicas.get('gateway')!;
      await (isFirst ? shop.kill('gateway') : replica.kill());
      receiver.answer();
      await untilTold(path);
      await (isFirst ? shop.start('gateway') : replica.start());
      expectInOrder(receiver.at(path), webhook.next, count);
      expect(receiver.at(path).length).toBeGreaterThan(count);
      expect(receiver.atOnce.get(path)).toBe(1);
    });
  });

  describe('keep to limits', () => {
    it('of the requests of an address, which each gateway counts by itself', async () => {
      const limited = { RATE_LIMIT_PER_MINUTE: String(RATE_LIMIT) };
      const pair = await Promise.all(times(2, () => shop.startReplica('gateway', limited)));
      const answers = pair.map(({ url }) =>
        Promise.all(times(RATE_LIMIT + BEYOND, () => shopClient(url, NOBODY).get('/products'))),
      );
      for (const its of await Promise.all(answers))
        expect(tally(its)).toEqual({ 200: RATE_LIMIT, '429 RATE_LIMITED': BEYOND });
      await Promise.all(pair.map((gateway) => gateway.stop()));
    });

    it('of logins, which are counted over both gateways', async () => {
      const body = { email: `${randomUUID()}@example.com`, password: 'a guess' };
      const tries = times(LOGIN_ATTEMPTS + BEYOND, (n) => gateways[n % 2]!.post('/auth/login', body));
      expect(tally(await Promise.all(tries))).toEqual({
        '401 INVALID_CREDENTIALS': LOGIN_ATTEMPTS,
        '429 RATE_LIMITED': BEYOND,
      });
    });

    it('of the orders of a user that are on their way, which are counted over all', async () => {
      const body = { items: [{ productId, quantity: 1 }] };
      const answers = await whilePaused('catalog', () =>
        Promise.all(
          times(IN_FLIGHT_MAX + BEYOND, (n) =>
            gateways[n % 2]!.order(customer, body, { prefer: 'respond-async' }),
          ),
        ),
      );
      expect(tally(answers)).toEqual({ 202: IN_FLIGHT_MAX, '429 TOO_MANY_ORDERS_IN_FLIGHT': BEYOND });
      for (const { status, body: order } of answers) {
        if (status === 202) await client.untilEnded(customer, order.orderId);
      }
    });
  });

  /** Places an order as an honest client does: at the other gateway, under the same key, where one does not answer. */
  async function placed(who: Customer, body: OrderBody, first: number): Promise<string> {
    const headers = { 'idempotency-key': randomUUID(), prefer: 'respond-async' };
    let at = first;
    return await eventually(async () => {
      const gateway = gateways[at++ % 2]!;
      return expected(202, await gateway.order(who, body, headers)).orderId;
    }, PATIENCE);
  }

  /** Streams at the second gateway. */
  const openAtSecond = new Set<Watching>();

  /** Watches an order to its end as a page does: where a stream breaks off it goes on at the other gateway. */
  async function watchedToItsEnd(
    { token }: Customer,
    orderId: string,
    first: number,
  ): Promise<readonly Watching[]> {
    const streams: Watching[] = [];
    let at = first;
    await eventually(async () => {
      const { url } = gateways[at % 2]!;
      const isAtSecond = at++ % 2 === 1;
      const last = idsOf(...streams).at(-1);
      const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': String(last) };
      const stream = await watch(url, `/orders/${orderId}/events`, { token, headers });
      if (isAtSecond) openAtSecond.add(stream);
      await stream.untilEnded();
      openAtSecond.delete(stream);
      if (stream.status === 204) return true;
      streams.push(stream);
      return stream.events.at(-1)?.event === 'end';
    }, PATIENCE);
    return streams;
  }

  /** What customers order: some of it runs out, and their first orders have a coupon. */
  async function bodiesFor(people: readonly Customer[]) {
    const { productId: scarce } = await client.createProduct({ price: 10, stock: SCARCE });
    const coupons = await Promise.all(
      times(COUPONS_EACH, () => client.createCoupon({ discountValue: 5, totalQuantity: people.length })),
    );
    const issued = people.map((one) =>
      Promise.all(coupons.map(({ couponId }) => client.issue(one, couponId))),
    );
    const owned = await Promise.all(issued);
    return (who: number, index: number): OrderBody => {
      const items = [productId, ...(index % 2 === 0 ? [] : [scarce])].map((id) => ({
        productId: id,
        quantity: 1,
      }));
      return { items, userCouponId: owned[who]![index]?.userCouponId };
    };
  }

  it('may lose one of each while orders and streams run: everything ends, and the books are exact', async () => {
    const people = await client.registerMany(WATCHERS + BUYERS, 1_000_000);
    const bodyOf = await bodiesFor(people);
    const path = somewhere();
    const webhook = await webhookAt(path);
    const live = await watch(client.url, '/admin/live', { token: admin });
    const watched: Watched[] = [];
    let isOver = false;
    const shopping = Promise.all(
      people.map(async (one, who) => {
        for (let index = 0; !isOver; index += 1) {
          const orderId = await placed(one, bodyOf(who, index), who + index);
          if (who >= WATCHERS) continue;
          const streams = await watchedToItsEnd(one, orderId, who + index + 1);
          watched.push({ customer: one, orderId, streams });
        }
      }),
    );
    // Whoever waits for the end hears of a failure; until then it must not end the process.
    shopping.catch(() => undefined);
    const goesOn = async (): Promise<void> => {
      const goal = watched.length + ORDERS_BETWEEN;
      await Promise.race([shopping, eventually(() => watched.length >= goal, PATIENCE)]);
    };
    await goesOn();
    // Orders that wait for their payment are watched there meanwhile, and have told of what was done for them.
    await whilePaused('wallet', async () => {
      await eventually(() => [...openAtSecond].some(({ events }) => events.length > 0), PATIENCE);
      await replicas.get('gateway')!.kill();
    });
    for (const service of SHOP_SERVICES) {
      await replicas.get(service)!.kill();
      await goesOn();
    }
    isOver = true;
    await shopping;
    await eventually(() => expect(replicasIn(live.events.at(-1))).toEqual(eachHas(1)), PATIENCE);
    await live.leave();
    const ends = await Promise.all(
      watched.map(async ({ customer: one, orderId, streams }) => {
        const order = await client.readOrder(one, orderId);
        expectSteps(order, streams);
        return order.orderStatus;
      }),
    );
    expect(new Set(ends)).toEqual(new Set(['SUCCESS', 'FAILED']));
    const hasGoneOn = watched.some(
      ({ streams }) => streams.filter((one) => idsOf(one).length > 0).length > 1,
    );
    expect(hasGoneOn).toBe(true);
    await assertBooks(shop);
    await untilTold(path);
    expectInOrder(receiver.at(path), webhook.next, (await newestRecord(shop)) - webhook.next + 1);
  });
});
