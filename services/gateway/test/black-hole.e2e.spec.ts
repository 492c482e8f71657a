import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  assertBooks,
  eventually,
  sampled,
  SHOP_SERVICES,
  startShop,
  START_DEADLINE_MS,
  type AnyService,
  type Shop,
  type TcpProxy,
} from '@jangteo/testkit';
import {
  auditCallOf,
  callsOf,
  faultsOf,
  here,
  operatorsCallsOf,
  worldOf,
  type Deadlines,
  type Fault,
  type Need,
  type ProbeCall,
  type World,
} from './black-hole-calls.js';

/** Set, the network is away for that long, everything has its default deadlines, and one link goes at a time. */
const LONG_SECONDS = Number(process.env.BLACK_HOLE_SECONDS ?? 0);
const isLong = LONG_SECONDS > 0;
const HOLE_MS = isLong ? LONG_SECONDS * 1_000 : here(8_000);

/** Back in service once the network is, without a restart. */
const RETURN_MS = here(10_000);
const SHUTDOWN_MS = isLong ? 15_000 : here(4_000);
/** Until whatever still hangs is left behind; and a busy machine. */
const SHUTDOWN_MARGIN_MS = 5_000 + here(3_000);
/** Both checks of a service at once, readiness giving up after two seconds. */
const HEALTH_MS = here(6_000);
const CASE_DEADLINE_MS = HOLE_MS + here(180_000);
const CASES_OF_A_SAMPLE = 3;

/** A setting. */
const quick = (ms: number): string => String(here(ms));

const QUICK = {
  REQUEST_DEADLINE_MS: quick(2_000),
  PUBLISH_DEADLINE_MS: quick(3_000),
  BATCH_DEADLINE_MS: quick(8_000),
  SHUTDOWN_DEADLINE_MS: quick(4_000),
  HEARTBEAT_SECONDS: '2',
  DATABASE_STATEMENT_TIMEOUT_MS: quick(2_500),
  DATABASE_LOCK_TIMEOUT_MS: quick(2_000),
  DATABASE_TRANSACTION_DEADLINE_MS: quick(3_000),
  AUDIT_DEADLINE_MS: quick(4_000),
};
const QUICK_SERVICES = {
  wallet: { PAYMENT_DEADLINE_MS: quick(2_000) },
  order: {
    ORDER_DEADLINE_MS: quick(10_000),
    SAGA_RETRY_MS: '1000',
    SAGA_RETRY_MS_MAX: '3000',
    DATA_PLATFORM_TIMEOUT_MS: quick(1_000),
  },
};

/** Two seconds for a connection, and a transaction. */
const DEADLINES: Deadlines = isLong
  ? { databaseMs: 7_000, requestMs: 5_000, auditMs: 20_000 }
  : { databaseMs: here(5_000), requestMs: here(2_000), auditMs: here(4_000) };

type Link = 'database' | 'broker';
type Way = 'hole' | 'refuse' | 'dropAnswers';

/** A failure of one link, in one way, of some services. */
interface Case {
  readonly title: string;
  readonly services: readonly AnyService[];
  readonly link: Link;
  readonly way: Way;
}

const PARTICIPANTS = SHOP_SERVICES.filter((service) => service !== 'order' && service !== 'gateway');

function casesOf(): Case[] {
  const alone = SHOP_SERVICES.map((service): readonly AnyService[] => [service]);
  const groups = isLong ? alone : [PARTICIPANTS, ['order'] as const, ['gateway'] as const];
  const each = (way: Way, link: Link, sets: readonly (readonly AnyService[])[]): Case[] =>
    sets.map((services) => ({ title: `${way} ${link} of ${services.join(', ')}`, services, link, way }));
  return [
    ...each('hole', 'database', groups),
    ...each('hole', 'broker', groups),
    ...each('refuse', 'database', [SHOP_SERVICES]),
    ...each('refuse', 'broker', [SHOP_SERVICES]),
    ...each('refuse', 'broker', isLong ? [['gateway']] : []),
    ...each('dropAnswers', 'database', isLong ? alone : [SHOP_SERVICES]),
    ...each('dropAnswers', 'broker', isLong ? alone : [SHOP_SERVICES]),
  ];
}

/** Needs that are not met while these services have lost that link. */
function goneWith(link: Link, services: readonly AnyService[]): Set<Need> {
  const gone = new Set<Need>(services);
  // A gateway that asks about the others is none of them.
  if (services.some((service) => service !== 'gateway')) gone.add('every service');
  if (link === 'database') return gone;
  gone.add('every service');
  // Over the broker the gateway asks; who asks it is in its database.
  if (gone.delete('gateway')) gone.add('messages');
  return gone;
}

function breakWay(proxy: TcpProxy, way: Way): void {
  proxy[way](true);
  if (way === 'refuse') proxy.cut();
}

function heal(proxy: TcpProxy): void {
  proxy.dropAnswers(false);
  proxy.refuse(false);
  proxy.hole(false);
}

describe('while the network swallows everything', () => {
  let shop: Shop;
  let world: World;
  let records: string;

  beforeAll(async () => {
    records = await mkdtemp(join(tmpdir(), 'jangteo-records-'));
    shop = await startShop({
      throughProxies: true,
      env: isLong ? {} : QUICK,
      services: {
        gateway: { LOGIN_ATTEMPTS_PER_MINUTE: '100000' },
        wallet: isLong ? {} : QUICK_SERVICES.wallet,
        order: {
          ...(isLong ? {} : QUICK_SERVICES.order),
          DATA_PLATFORM_URL: `file:${join(records, 'records.ndjson')}`,
        },
        ranking: { RANKING_REFRESH_SECONDS: '2' },
      },
    });
    world = await worldOf(shop);
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await shop?.stop();
    await rm(records, { recursive: true, force: true });
  });

  const proxies = (link: Link, services: readonly AnyService[]): TcpProxy[] =>
    services.map((service) => shop.ways(service)[link]);

  /** Sends calls of every kind again and again until the time is over; what comes later meets other queues. */
  async function faultsUntil(endMs: number, gone: ReadonlySet<Need>): Promise<Fault[]> {
    const faults: Fault[] = [];
    let rounds = 0;
    const callers = async (calls: () => ProbeCall[], pauseMs: number): Promise<void> => {
      // Who was there a moment ago is remembered, and what was sent before is still on its way.
      faults.push(...(await faultsOf(calls(), { gone, isChanging: true })));
      for (await sleep(pauseMs); performance.now() < endMs; await sleep(pauseMs)) {
        faults.push(...(await faultsOf(calls(), { gone })));
        if (calls === customers) rounds += 1;
      }
    };
    const customers = (): ProbeCall[] => callsOf(world, DEADLINES);
    const lateOnes = (call: string): number =>
      faults.filter((fault) => fault.isLate === true && fault.call === call).length;
    const services = (async () => {
      for (; performance.now() < endMs; await sleep(250)) faults.push(...(await faultsOfServices()));
    })();
    const operators = callers(() => operatorsCallsOf(world), 250);
    const auditor = callers(() => [auditCallOf(world, DEADLINES)], 1_000);
    await Promise.all([callers(customers, 0), callers(customers, 700), operators, auditor, services]);
    // A busy machine is late for once; an outage that others feel is felt by most of their calls.
    return faults.filter(({ call, isLate = false }) => !isLate || lateOnes(call) * 2 > rounds);
  }

  const healthOf = async (service: AnyService, which: 'live' | 'ready'): Promise<number> => {
    const response = await fetch(`${shop.urlOf(service)}/health/${which}`);
    await response.arrayBuffer();
    return response.status;
  };

  /** Every process lives, and says at once whether it is ready. */
  async function faultsOfServices(): Promise<Fault[]> {
    const faults = await Promise.all(
      SHOP_SERVICES.map(async (service): Promise<Fault[]> => {
        const startedAt = performance.now();
        const [live, ready] = await Promise.all([healthOf(service, 'live'), healthOf(service, 'ready')]);
        const elapsedMs = Math.round(performance.now() - startedAt);
        if (live === 200 && [200, 503].includes(ready) && elapsedMs < HEALTH_MS) return [];
        return [{ call: `health of ${service}`, fault: `${live}, ${ready}, after ${elapsedMs} ms` }];
      }),
    );
    return faults.flat();
  }

  const readyServices = async (): Promise<AnyService[]> => {
    const statuses = await Promise.all(SHOP_SERVICES.map((service) => healthOf(service, 'ready')));
    return SHOP_SERVICES.filter((_, index) => statuses[index] === 200);
  };

  /** An order succeeds, everything answers, and everybody is ready. */
  async function expectReturn(): Promise<void> {
    const healedAt = performance.now();
    const items = [{ productId: world.productId, quantity: 1 }];
    const succeeds = async (): Promise<boolean> =>
      (await shop.client.order(world.customer, { items }, { prefer: 'wait=2' })).status === 201;
    await eventually(succeeds, { deadlineMs: RETURN_MS, everyMs: 100 });
    const allAnswer = async (): Promise<void> => {
      const calls = [...callsOf(world, DEADLINES), ...operatorsCallsOf(world)];
      const faults = await faultsOf(calls, { gone: new Set() });
      if (faults.length > 0) throw new Error(JSON.stringify(faults));
    };
    await eventually(allAnswer, { deadlineMs: RETURN_MS - (performance.now() - healedAt), everyMs: 250 });
    // What a gateway tells of itself may be a second old.
    const allReady = async (): Promise<void> => expect(await readyServices()).toEqual(SHOP_SERVICES);
    await eventually(allReady, { deadlineMs: RETURN_MS - (performance.now() - healedAt), everyMs: 250 });
    // Calculated anew; the header has whole seconds.
    const isFresh = async (): Promise<boolean> => {
      const { headers } = await shop.client.get('/products/top');
      return Date.parse(headers.get('last-modified') ?? '') > returnedAt;
    };
    const returnedAt = Date.now();
    await eventually(isFresh, { everyMs: 200 });
  }

  /** Every success and cancellation has reached the data platform, in order and without a gap. */
  async function expectRecordsSent(): Promise<void> {
    const isSent = async (): Promise<boolean> => {
      const [row] = await shop.sql<{ sent: boolean }>(
        'order',
        `SELECT sent_seq = numbered_seq AND NOT EXISTS (SELECT FROM platform_entries)
           AND numbered_seq = (SELECT count(*) + count(*) FILTER (WHERE status = 'CANCELLED')
             FROM orders WHERE status IN ('SUCCESS', 'CANCELLED')) AS sent FROM platform_relay`,
      );
      return row?.sent === true;
    };
    await eventually(isSent, { deadlineMs: here(30_000), everyMs: 200 });
  }

  it.each(sampled('black holes', casesOf(), CASES_OF_A_SAMPLE))(
    'answers every call within its deadline, and is back within ten seconds: $title',
    async ({ services, link, way }) => {
      world = await worldOf(shop);
      const gone = goneWith(link, services);
      const broken = proxies(link, services);
      for (const proxy of broken) breakWay(proxy, way);
      let faults: Fault[];
      let ready: AnyService[];
      try {
        faults = await faultsUntil(performance.now() + HOLE_MS, gone);
        ready = await readyServices();
      } finally {
        for (const proxy of broken) {
          // No network loses some bytes of a connection and brings the next ones.
          if (way === 'dropAnswers') proxy.cut();
          heal(proxy);
        }
      }
      expect(faults).toEqual([]);
      expect(ready.filter((service) => services.includes(service))).toEqual([]);
      await expectReturn();
      await assertBooks(shop);
      await expectRecordsSent();
    },
    CASE_DEADLINE_MS,
  );

  it(
    'ends in time when it is told to, and starts and waits, while there is no network at all',
    async () => {
      world = await worldOf(shop);
      const all = [...proxies('database', SHOP_SERVICES), ...proxies('broker', SHOP_SERVICES)];
      for (const proxy of all) proxy.hole(true);
      const everything = new Set<Need>([...SHOP_SERVICES, 'messages', 'every service']);
      const faults = faultsOf(callsOf(world, DEADLINES), { gone: everything, isChanging: true });
      // In the middle of what was asked.
      await sleep(500);
      const times = await Promise.all(SHOP_SERVICES.map(timeToEnd));
      expect(times.filter(({ elapsedMs }) => elapsedMs > SHUTDOWN_MS + SHUTDOWN_MARGIN_MS)).toEqual([]);
      await faults;
      await Promise.all(SHOP_SERVICES.map((service) => shop.launch(service)));
      const isLive = async (service: AnyService): Promise<boolean> =>
        (await healthOf(service, 'live')) === 200;
      await Promise.all(
        SHOP_SERVICES.map((service) => eventually(() => isLive(service), { deadlineMs: START_DEADLINE_MS })),
      );
      const endMs = performance.now() + HOLE_MS;
      for (; performance.now() < endMs; await sleep(500)) {
        expect(await readyServices()).toEqual([]);
        expect(await faultsOfServices()).toEqual([]);
        expect(await faultsOf(callsOf(world, DEADLINES), { gone: everything })).toEqual([]);
      }
      // Nothing waits for the start of a process that is told to end.
      expect((await timeToEnd('ranking')).elapsedMs).toBeLessThan(SHUTDOWN_MS + SHUTDOWN_MARGIN_MS);
      await shop.launch('ranking');
      await eventually(() => isLive('ranking'), { deadlineMs: START_DEADLINE_MS });
      for (const proxy of all) heal(proxy);
      await expectReturn();
      await assertBooks(shop);
      await expectRecordsSent();
    },
    CASE_DEADLINE_MS,
  );

  async function timeToEnd(service: AnyService): Promise<{ service: AnyService; elapsedMs: number }> {
    const startedAt = performance.now();
    await shop.terminate(service);
    return { service, elapsedMs: Math.round(performance.now() - startedAt) };
  }
});
