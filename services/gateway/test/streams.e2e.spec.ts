import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  withClient,
  type Customer,
  type Problem,
  type ServiceProcess,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import type { Role } from '../src/domain/caller.js';
import { expectProblem } from './expectations.js';
import { expectAllOf, idsOf, watch, type Told, type Watching } from './watching.js';

const TEST_DEADLINE_MS = 120_000;
const ORIGIN = 'https://shop.example';

interface CouponNow {
  readonly issuedQuantity: number;
  readonly remainingQuantity: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly latency?: { readonly answers: number; readonly p50Ms: number; readonly p95Ms: number };
}

interface ServiceNow {
  readonly service: string;
  readonly isAnswering: boolean;
  readonly reason?: string;
  readonly replicas?: number;
  readonly queues?: readonly { readonly queue: string; readonly messages: number }[];
}

interface ShopNow {
  readonly services: readonly ServiceNow[];
  readonly orders: {
    readonly outcomes: readonly Readonly<Record<string, unknown>>[];
    readonly p50Ms?: number;
  };
  readonly sagas: { readonly inFlight: number; readonly oldestMs?: number };
  readonly deadLetters: number;
}

const dataOf = <T>({ data }: Told): T => data as unknown as T;
const upTo = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);

describe('streams', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let other: Customer;
  let productId: string;

  beforeAll(async () => {
    shop = await startShop({ services: { gateway: { CORS_ORIGINS: ORIGIN } } });
    ({ client } = shop);
    [customer, other] = (await client.registerMany(2, 1_000_000)) as [Customer, Customer];
    ({ productId } = await client.createProduct({ price: 100, stock: 1_000 }));
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const eventsOf = (orderId: string, { token } = customer, lastEventId?: string, url = shop.url) =>
    watch(url, `/orders/${orderId}/events`, {
      token,
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    });

  async function placed(items = [{ productId, quantity: 1 }]): Promise<string> {
    const body = { items };
    const { orderId } = (await client.order(customer, body, { prefer: 'respond-async' })).body;
    return orderId;
  }

  /** Orders wait for their payment meanwhile. */
  async function whilePaused<T>(work: () => Promise<T>): Promise<T> {
    shop.pause('wallet');
    try {
      return await work();
    } finally {
      shop.resume('wallet');
    }
  }

  /** Someone of the staff, whose role is in the database. */
  async function employed(role: Role): Promise<Customer> {
    const person = await client.register();
    await employ(person, role);
    return { ...person, token: await client.login(person) };
  }
  const employ = ({ userId }: Customer, role: Role) =>
    withClient(shop.databaseUrlOf('gateway'), (database) =>
      database.query('UPDATE users SET role = $2 WHERE user_id = $1', [userId, role]),
    );

  const metric = async (name: string): Promise<number> => {
    const { body } = await shop.operators.get<string>('/metrics');
    const line = body.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length) ?? 0);
  };

  const expectTold = async (orderId: string, ...streams: readonly Watching[]): Promise<void> =>
    expectAllOf(await client.readOrder(customer, orderId), ...streams);

  describe('of an order', () => {
    it(
      'tell each step as it is taken, and end with it',
      async () => {
        const orderId = await placed();
        const stream = await eventsOf(orderId);
        expect(stream.status).toBe(200);
        expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
        expect(stream.headers.get('cache-control')).toBe('no-store');
        expect(stream.headers.get('x-accel-buffering')).toBe('no');
        expect(stream.headers.get('x-request-id')).toBeTruthy();
        await stream.untilEnded();
        expect(stream.isCutOff).toBe(false);
        await expectTold(orderId, stream);
        expect(stream.events.at(-1)?.data.orderStatus).toBe('SUCCESS');
      },
      TEST_DEADLINE_MS,
    );

    it('tell why it failed', async () => {
      const { productId: scarce } = await client.createProduct({ price: 100, stock: 1 });
      const orderId = await placed([{ productId: scarce, quantity: 2 }]);
      const stream = await eventsOf(orderId);
      await stream.untilEnded();
      await expectTold(orderId, stream);
      expect(stream.events.at(-1)?.data.orderStatus).toBe('FAILED');
    });

    it(
      'go on while it is cancelled, until all is undone',
      async () => {
        const orderId = await placed();
        await client.untilEnded(customer, orderId);
        const [stream, cancelling] = await whilePaused(async () => {
          const answer = client.post(`/orders/${orderId}/cancel`, {}, { token: customer.token });
          await eventually(async () => {
            const { history } = await client.readOrder(customer, orderId);
            return history.some(({ step }) => step === 'Cancel');
          });
          const opened = await eventsOf(orderId);
          await opened.until(({ data }) => data.step === 'Cancel');
          expect(opened.hasEnded).toBe(false);
          // In an array, since whoever returns it alone waits for it.
          return [opened, [answer]] as const;
        });
        await stream.untilEnded();
        await Promise.all(cancelling);
        await expectTold(orderId, stream);
        expect(stream.events.at(-1)?.data.orderStatus).toBe('CANCELLED');
      },
      TEST_DEADLINE_MS,
    );

    it(
      'go on after the last event that a client has, without loss or repeat, and are not begun where nothing is left',
      async () => {
        const { orderId, first, second } = await whilePaused(async () => {
          const id = await placed();
          const before = await eventsOf(id);
          await before.until(({ data }) => data.step === 'ReserveStock');
          await before.leave();
          const after = await eventsOf(id, customer, before.events.at(-1)!.id);
          return { orderId: id, first: before, second: after };
        });
        await second.untilEnded();
        await expectTold(orderId, first, second);
        expect(first.events.length).toBeGreaterThan(0);
        const last = String(idsOf(second).at(-1));
        const third = await eventsOf(orderId, customer, last);
        expect(third.status).toBe(204);
        await third.untilEnded();
        expect(third.events).toEqual([]);
      },
      TEST_DEADLINE_MS,
    );

    it('are for its user and for those who run the shop', async () => {
      const orderId = await placed();
      const path = `/orders/${orderId}/events`;
      const viewer = await employed('viewer');
      expectProblem(await client.get<Problem>(path, { token: other.token }), 'ORDER_NOT_FOUND');
      expectProblem(
        await client.get<Problem>(`/orders/${randomUUIDv7()}/events`, { token: customer.token }),
        'ORDER_NOT_FOUND',
      );
      const wrong = { token: customer.token, headers: { 'last-event-id': 'latest' } };
      expectProblem(await client.get<Problem>(path, wrong), 'VALIDATION_FAILED');
      const stream = await eventsOf(orderId, viewer);
      await stream.untilEnded();
      await expectTold(orderId, stream);
    });

    it('name who of those that run the shop did something to these alone, and keys of viewers hear it too', async () => {
      const admin = await client.admin();
      const body = { userId: customer.userId, items: [{ productId, quantity: 1 }] };
      const { orderId } = expected(
        201,
        await client.post<{ orderId: string }>('/orders', body, { token: admin }),
      );
      const draft = { name: 'Watcher', role: 'viewer' };
      const { key } = expected(
        201,
        await client.post<{ key: string }>('/admin/api-keys', draft, { token: admin }),
      );
      for (const [token, isTold] of [
        [customer.token, false],
        [key, true],
      ] as const) {
        const stream = await eventsOf(orderId, { ...customer, token });
        await stream.untilEnded();
        expect(stream.events[0]!.data).toMatchObject({ changedBy: 'admin' });
        expect('actorId' in stream.events[0]!.data).toBe(isTold);
      }
    });

    it('can be read by pages of the origins that are let in', async () => {
      const orderId = await placed();
      const headers = { origin: ORIGIN };
      const stream = await watch(shop.url, `/orders/${orderId}/events`, { token: customer.token, headers });
      expect(stream.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      await stream.untilEnded();
      // Nobody waits for the end of a stream of which the head alone is asked for.
      const head = await fetch(`${shop.url}/orders/${orderId}/events`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${customer.token}` },
      });
      expect(head.status).toBe(200);
      await eventually(async () => (await metric('gateway_streams_open{kind="order"}')) === 0);
    });

    it(
      'hold no place of requests in work',
      async () => {
        await whilePaused(async () => {
          const orderId = await placed();
          const stream = await eventsOf(orderId);
          await stream.until(({ data }) => data.step === 'ReserveStock');
          await eventually(async () => (await metric('gateway_requests_in_work')) === 0);
          expect(await metric('gateway_streams_open{kind="order"}')).toBe(1);
          await stream.leave();
        });
        await eventually(async () => (await metric('gateway_streams_open{kind="order"}')) === 0);
      },
      TEST_DEADLINE_MS,
    );

    it(
      'end with the session that opened them',
      async () => {
        const token = await client.login(customer);
        await whilePaused(async () => {
          const orderId = await placed();
          const [ended, goesOn] = await Promise.all([
            eventsOf(orderId, { ...customer, token }),
            eventsOf(orderId),
          ]);
          await ended.until(({ data }) => data.step === 'ReserveStock');
          expected(204, await client.send('DELETE', '/auth/sessions', undefined, { token: customer.token }));
          await ended.untilEnded();
          expect(ended.isCutOff).toBe(false);
          expect(ended.events.map(({ event }) => event)).not.toContain('end');
          expect(goesOn.hasEnded).toBe(false);
          await goesOn.leave();
        });
      },
      TEST_DEADLINE_MS,
    );
  });

  describe('of the issue of a coupon', () => {
    const last = ({ events }: Watching): CouponNow => dataOf<CouponNow>(events.at(-1)!);

    it(
      'end with the numbers of the books, however many ask at once',
      async () => {
        const { couponId } = await client.createCoupon({ totalQuantity: 30 });
        const people = await client.registerMany(50);
        const beganMs = performance.now();
        const stream = await watch(shop.url, `/coupons/${couponId}/live`);
        const ask = async ({ token }: Customer): Promise<string> => {
          const { status, body } = await client.post<Problem>(`/coupons/${couponId}/issue`, undefined, {
            token,
          });
          return status === 201 ? 'issued' : body.code;
        };
        const asked = await Promise.all(people.flatMap((one) => upTo(6).map(() => ask(one))));
        const counts = (kind: string): number => asked.filter((answer) => answer === kind).length;
        const answers = {
          issued: 30,
          soldOut: counts('COUPON_SOLD_OUT'),
          alreadyIssued: counts('COUPON_ALREADY_ISSUED'),
          notIssuable: 0,
          notEligible: 0,
        };
        expect(Object.values(answers).reduce((sum, count) => sum + count)).toBe(300);
        await eventually(() => {
          expect(last(stream)).toMatchObject({ issuedQuantity: 30, remainingQuantity: 0, answers });
        });
        const [books] = await shop.sql<{ issued: number }>(
          'coupon',
          'SELECT count(*) AS issued FROM user_coupons WHERE coupon_id = $1',
          [couponId],
        );
        expect(last(stream).issuedQuantity).toBe(books!.issued);
        expect(
          stream.events.some(({ data }) => dataOf<CouponNow>({ event: '', data }).latency !== undefined),
        ).toBe(true);
        // Nothing of anybody.
        const told = JSON.stringify(stream.events);
        for (const { userId, email } of people)
          expect([told.includes(userId), told.includes(email)]).toEqual([false, false]);
        const tenths = (performance.now() - beganMs) / 100;
        expect(stream.events.length).toBeLessThanOrEqual(tenths + 2);
        await stream.leave();
      },
      TEST_DEADLINE_MS,
    );

    it('tell the time where nothing changes, and are of coupons that there are', async () => {
      const { couponId } = await client.createCoupon();
      const stream = await watch(shop.url, `/coupons/${couponId}/live`);
      await eventually(() => stream.events.length >= 3);
      const times = stream.events.map(({ data }) => String(data.at));
      expect(times.toSorted()).toEqual(times);
      expect(new Set(times).size).toBe(times.length);
      await stream.leave();
      expectProblem(await client.get<Problem>(`/coupons/${randomUUIDv7()}/live`), 'COUPON_NOT_FOUND');
    });
  });

  describe('of the shop', () => {
    it(
      'tell of every service, and which one does not answer',
      async () => {
        const token = await client.admin();
        await client.untilEnded(customer, await placed());
        const stream = await watch(shop.url, '/admin/live', { token });
        const told = await stream.until(({ data }) =>
          (data as unknown as ShopNow).services.every(({ isAnswering }) => isAnswering),
        );
        const { services, orders, sagas, deadLetters } = dataOf<ShopNow>(told);
        expect(services.map(({ service }) => service).toSorted()).toEqual(SHOP_SERVICES.toSorted());
        for (const { service, replicas, queues } of services) {
          if (service === 'gateway') continue;
          expect([service, replicas]).toEqual([service, 1]);
          expect(queues).toContainEqual({
            queue: `${shop.namespace}.${service}.requests`,
            messages: expect.any(Number),
            consumers: 1,
          });
        }
        expect(orders.outcomes).toContainEqual({ orderStatus: 'SUCCESS', orders: expect.any(Number) });
        expect(orders.p50Ms).toBeGreaterThan(0);
        expect(deadLetters).toBe(0);
        expect(sagas.inFlight).toBeGreaterThanOrEqual(0);
        await whilePaused(async () => {
          await placed();
          const seen = await stream.until(({ data }) => {
            const now = data as unknown as ShopNow;
            const wallet = now.services.find(({ service }) => service === 'wallet');
            return wallet?.isAnswering === false && now.sagas.inFlight > 0;
          });
          expect(dataOf<ShopNow>(seen).services).toContainEqual({
            service: 'wallet',
            isAnswering: false,
            reason: 'did not answer in time',
          });
          expect(dataOf<ShopNow>(seen).sagas.oldestMs).toBeGreaterThan(0);
        });
        await stream.leave();
      },
      TEST_DEADLINE_MS,
    );

    it(
      'are for viewers, and end with the role',
      async () => {
        const viewer = await employed('viewer');
        expectProblem(await client.get<Problem>('/admin/live', { token: customer.token }), 'FORBIDDEN');
        const stream = await watch(shop.url, '/admin/live', { token: viewer.token });
        await stream.until(({ event }) => event === 'shop');
        await employ(viewer, 'customer');
        await stream.untilEnded();
        expect(stream.isCutOff).toBe(false);
      },
      TEST_DEADLINE_MS,
    );
  });

  describe('at two gateways', () => {
    let replica: ServiceProcess;

    beforeAll(async () => {
      replica = await shop.startReplica('gateway', {
        STREAMS_MAX: '4',
        STREAMS_PER_ADDRESS_MAX: '3',
        STREAMS_PER_USER_MAX: '2',
        STREAM_SECONDS_MAX: '5',
        STREAM_HEARTBEAT_SECONDS: '1',
        TRUSTED_PROXIES: '127.0.0.1',
      });
    }, START_DEADLINE_MS);

    it(
      'tell the same',
      async () => {
        const { couponId } = await client.createCoupon({ totalQuantity: 2 });
        const coupons = await Promise.all(
          [shop, replica].map(({ url }) => watch(url, `/coupons/${couponId}/live`)),
        );
        await client.issue(customer, couponId);
        await Promise.all(
          coupons.map((stream) =>
            stream.until(({ data }) => dataOf<CouponNow>({ event: '', data }).issuedQuantity === 1),
          ),
        );
        const orderId = await placed();
        const orders = await Promise.all(
          [shop, replica].map(({ url }) => eventsOf(orderId, customer, undefined, url)),
        );
        for (const stream of orders) {
          await stream.untilEnded();
          await expectTold(orderId, stream);
        }
        await Promise.all(coupons.map((stream) => stream.leave()));
      },
      TEST_DEADLINE_MS,
    );

    it(
      'are as many as there may be, of a user, of an address and in all, and end with their time',
      async () => {
        await whilePaused(async () => {
          const orderId = await placed();
          const from = (address: string, { token } = customer) =>
            watch(replica.url, `/orders/${orderId}/events`, {
              token,
              headers: { 'x-forwarded-for': address },
            });
          const viewer = await employed('viewer');
          // However long the machine takes for it: those that end meanwhile make room.
          await eventually(
            async () => {
              const open: Watching[] = [];
              const statusOf = async (opening: Promise<Watching>): Promise<number> => {
                open.push(await opening);
                return open.at(-1)!.status;
              };
              try {
                expect(await statusOf(from('203.0.113.1'))).toBe(200);
                expect(await statusOf(from('203.0.113.1'))).toBe(200);
                expect(await statusOf(from('203.0.113.1'))).toBe(429);
                expect(open.at(-1)!.headers.get('retry-after')).toBe('10');
                expect(await statusOf(from('203.0.113.1', viewer))).toBe(200);
                expect(await statusOf(from('203.0.113.1', viewer))).toBe(429);
                expect(await statusOf(from('203.0.113.2', viewer))).toBe(200);
                expect(
                  await statusOf(
                    from('203.0.113.3', await client.admin().then((token) => ({ ...viewer, token }))),
                  ),
                ).toBe(503);
              } finally {
                await Promise.all(open.map((stream) => stream.leave()));
              }
            },
            { deadlineMs: 60_000, everyMs: 1_000 },
          );
          const stream = await eventually(async () => {
            const one = await from('203.0.113.1');
            return one.status === 200 && one;
          });
          await stream.untilEnded();
          expect(stream.isCutOff).toBe(false);
          expect(stream.comments).toBeGreaterThan(0);
          expect(stream.events.map(({ event }) => event)).not.toContain('end');
        });
      },
      TEST_DEADLINE_MS,
    );
  });

  it(
    'end in order when their gateway stops, which does not wait for them',
    async () => {
      const { couponId } = await client.createCoupon();
      const token = await client.admin();
      const streams = await Promise.all([
        watch(shop.url, `/coupons/${couponId}/live`),
        watch(shop.url, '/admin/live', { token }),
      ]);
      await Promise.all(streams.map((stream) => stream.until(() => true)));
      await shop.terminate('gateway');
      for (const stream of streams) {
        await stream.untilEnded();
        expect(stream.isCutOff).toBe(false);
      }
      await shop.start('gateway');
      expect(await shop.failures()).toEqual([]);
    },
    START_DEADLINE_MS,
  );
});
