import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { done, readBalance } from '@jangteo/contracts';
import { eventually, pace, startRabbit, startTcpProxy, type Rabbit, type TcpProxy } from '@jangteo/infra';
import {
  UpstreamTimeout,
  UpstreamUnavailable,
  type CommandReply,
  type MessagingConfig,
} from '../src/index.js';
import { ReconnectingConnection } from '../src/reconnecting-connection.js';
import {
  backstage,
  gate,
  queuesIn,
  RankingScript,
  SagaScript,
  startGateway,
  startService,
  testConfig,
  WalletScript,
  type Backstage,
  type TestService,
} from './fixture.js';
import { debit, sale, upTo } from './messages.js';

const { userId } = readBalance.example.payload;
const here = await pace();
const numerically = (a: number, b: number): number => a - b;

/** Debits that take effect once each however often they come, as the real wallet's do. */
class Ledger {
  readonly effects = new Map<string, number>();
  /** Amounts by handler call. */
  readonly calls: number[][] = [];

  constructor(script: WalletScript, before: (batch: number[]) => Promise<void> = async () => undefined) {
    script.debit = async (batch) => {
      const amounts = batch.map(({ payload }) => payload.amount);
      this.calls.push(amounts);
      await before(amounts);
      for (const { payload } of batch) this.effects.set(payload.orderId, payload.amount);
      return batch.map(({ payload }) => done({ balanceAfter: payload.amount }));
    };
  }

  timesHandled(amount: number): number {
    return this.calls.flat().filter((one) => one === amount).length;
  }
}

describe('messaging while the broker or the way to it breaks', () => {
  let dataDir: string;
  let rabbit: Rabbit;
  let proxy: TcpProxy;
  let direct: MessagingConfig;
  let throughProxy: MessagingConfig;
  let queues: ReturnType<typeof queuesIn>;
  let script: WalletScript;
  let replies: CommandReply[];
  let saga: TestService;
  const running: { close(): Promise<void> }[] = [];

  async function start<S extends { close(): Promise<void> }>(starting: Promise<S>): Promise<S> {
    const started = await starting;
    running.push(started);
    return started;
  }

  const startWallet = (config: MessagingConfig): Promise<TestService> =>
    start(startService({ service: 'wallet', config, script }));

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'messaging-'));
    rabbit = await startRabbit({ dataDir });
  });

  afterAll(async () => {
    await rabbit.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    proxy = await startTcpProxy({ targetPort: rabbit.port });
    const faulty = new URL(rabbit.url);
    faulty.port = String(proxy.port);
    direct = testConfig({ AMQP_URL: rabbit.url, HEARTBEAT_SECONDS: 1, PUBLISH_DEADLINE_MS: 2_000 });
    throughProxy = { ...direct, AMQP_URL: faulty.toString() };
    queues = queuesIn(direct);
    script = new WalletScript();
    replies = [];
    const sagaScript = new SagaScript();
    sagaScript.replies = async (batch) => void replies.push(...batch);
    saga = await start(startService({ service: 'order', config: direct, script: sagaScript }));
  });

  afterEach(async () => {
    proxy.hole(false);
    for (const one of running.splice(0).reverse()) await one.close();
    await proxy.close();
    const behind = await backstage(direct);
    await behind.cleanUp();
  });

  async function withBackstage<T>(look: (behind: Backstage) => Promise<T>): Promise<T> {
    const behind = await backstage(direct);
    try {
      return await look(behind);
    } finally {
      await behind.close();
    }
  }

  const amountsReplied = (): number[] => [
    ...new Set(
      replies.map(({ payload }) =>
        payload.ok ? (payload.value as { balanceAfter: number }).balanceAfter : 0,
      ),
    ),
  ];

  /** Every debit was answered, and nothing is left in the queue or among the dead letters. */
  async function expectAllDone(count: number): Promise<void> {
    await eventually(() => amountsReplied().length === count, { deadlineMs: 120_000 });
    expect(amountsReplied().toSorted(numerically)).toEqual(upTo(count));
    // What was answered before its connection broke comes once more, and may not have been taken yet.
    await withBackstage((behind) => eventually(async () => (await behind.left(queues.commands)) === 0));
    for (const one of running.splice(0).reverse()) await one.close();
    await withBackstage(async (behind) => {
      expect(await behind.left(queues.commands)).toBe(0);
      expect(await behind.ready(`${queues.commands}.dead`)).toBe(0);
      expect(await behind.ready(queues.replies)).toBe(0);
    });
  }

  it('loses nothing when the broker is killed while a batch is in work', async () => {
    const held = gate();
    const ledger = new Ledger(script, () => held.promise);
    const wallet = await startWallet(direct);
    // RabbitMQ 3.10 notes a new queue on disk half a second late, and forgets one that is younger.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await saga.publisher.publish(upTo(100).map((amount) => debit(amount)));
    await eventually(() => ledger.calls.length === 1);
    await rabbit.kill();
    await eventually(() => !wallet.broker.health().connected);
    expect(wallet.broker.health().consumers[queues.commands]).toBe(false);
    held.open();
    await rabbit.restart();
    await eventually(() => wallet.broker.health().connected, { deadlineMs: 20_000 });
    expect(wallet.broker.health().consumers[queues.commands]).toBe(true);
    await expectAllDone(100);
    expect(ledger.effects.size).toBe(100);
  });

  it('acknowledges nothing on a new connection that was delivered on the old one', async () => {
    const held = gate();
    const ledger = new Ledger(script, async (batch) => {
      if (batch.includes(1)) await held.promise;
    });
    const wallet = await startWallet(throughProxy);
    await saga.publisher.publish([debit(1)]);
    await eventually(() => ledger.calls.length === 1);
    proxy.cut();
    await eventually(() => !wallet.broker.health().connected);
    // On the new connection 2 to 5 get the lowest delivery tags, once 1 has gone to its end of the queue.
    await saga.publisher.publish([2, 3, 4, 5].map((amount) => debit(amount)));
    await eventually(() => wallet.broker.health().connected);
    await eventually(async () => (await withBackstage((behind) => behind.ready(queues.commands))) === 0);
    held.open();
    await expectAllDone(5);
    expect(ledger.timesHandled(1)).toBe(2);
    for (const amount of [2, 3, 4, 5]) expect(ledger.timesHandled(amount)).toBe(1);
  });

  it('takes nothing off the queue on a new connection for what came on the old one', async () => {
    const [old, rest] = [gate(), gate()];
    const ledger = new Ledger(script, () => (ledger.calls.length === 1 ? old.promise : rest.promise));
    const wallet = await startWallet(throughProxy);
    await saga.publisher.publish([debit(1)]);
    await eventually(() => ledger.calls.length === 1);
    proxy.cut();
    await eventually(() => !wallet.broker.health().connected);
    await saga.publisher.publish([2, 3, 4, 5].map((amount) => debit(amount)));
    await eventually(() => wallet.broker.health().connected);
    await withBackstage(async (behind) => {
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      old.open();
      await eventually(() => ledger.calls.length === 2);
      // The wallet is at the next batch. What it has of the queue returns when it is gone: all of it.
      proxy.refuse(true);
      proxy.cut();
      await eventually(async () => (await behind.ready(queues.commands)) === 5);
    });
    rest.open();
    await startWallet(direct);
    await expectAllDone(5);
  });

  it('loses nothing through twenty cuts under load', async () => {
    const ledger = new Ledger(script, () => new Promise((resolve) => setTimeout(resolve, 5)));
    const wallet = await startWallet(throughProxy);
    const count = 1_000;
    const publishing = (async () => {
      for (let from = 0; from < count; from += 25) {
        await saga.publisher.publish(upTo(25).map((n) => debit(from + n)));
      }
    })();
    for (let cut = 0; cut < 20; cut += 1) {
      const before = ledger.calls.length;
      await eventually(() => wallet.broker.health().connected);
      // Somewhere in the work on a batch, or between two.
      await eventually(() => ledger.calls.length > before || amountsReplied().length === count);
      proxy.cut();
      await eventually(() => !wallet.broker.health().connected);
    }
    await publishing;
    await expectAllDone(count);
    expect(ledger.effects.size).toBe(count);
  });

  it('works what came back twice singly: one of it may be what crashes', async () => {
    const held = gate();
    const ledger = new Ledger(script, () => held.promise);
    const wallet = await startWallet(throughProxy);
    const inWork = async (): Promise<void> => {
      await eventually(async () => (await withBackstage((behind) => behind.ready(queues.commands))) === 0);
    };
    await saga.publisher.publish(upTo(10).map((amount) => debit(amount)));
    await inWork();
    for (let cut = 0; cut < 2; cut += 1) {
      proxy.cut();
      await eventually(() => !wallet.broker.health().connected);
      await eventually(() => wallet.broker.health().connected);
      await inWork();
    }
    const callsBefore = ledger.calls.length;
    held.open();
    await expectAllDone(10);
    expect(ledger.calls.slice(callsBefore).map((batch) => batch.length)).toEqual(upTo(10).map(() => 1));
  });

  it('consumes again after its queue was deleted and made anew', async () => {
    const ledger = new Ledger(script);
    const wallet = await startWallet(direct);
    await withBackstage((behind) => behind.channel.deleteQueue(queues.commands));
    await eventually(() => wallet.broker.health().consumers[queues.commands] === false);
    await eventually(() => wallet.broker.health().consumers[queues.commands] === true);
    await saga.publisher.publish([debit(1)]);
    await expectAllDone(1);
    expect(ledger.timesHandled(1)).toBe(1);
  });

  it('rebuilds everything after the broker closed a channel that publishes', async () => {
    const ledger = new Ledger(script);
    await startWallet(direct);
    await withBackstage((behind) => behind.channel.deleteExchange(`${direct.MESSAGING_NAMESPACE}.events`));
    await expect(saga.publisher.publish([sale(1)])).rejects.toThrow('not confirmed');
    await saga.publisher.publish([debit(1)]);
    expect(saga.broker.health().connected).toBe(true);
    await expectAllDone(1);
    expect(ledger.timesHandled(1)).toBe(1);
  });

  it('rebuilds everything after the broker closed a channel that consumes', async () => {
    // The broker looks for deliveries that nobody acknowledges only once a minute unless told.
    const setEnv = (key: string, value: number | string) =>
      rabbit.ctl(['eval', `application:set_env(rabbit, ${key}, ${value}).`]);
    await setEnv('consumer_timeout', 500);
    await setEnv('channel_tick_interval', 100);
    const held = gate();
    const ledger = new Ledger(script, async () => {
      if (ledger.calls.length === 1) await held.promise;
    });
    const wallet = await startWallet(direct);
    await saga.publisher.publish([debit(1), debit(2)]);
    await eventually(() => ledger.calls.length === 1);
    await eventually(() => wallet.broker.health().consumers[queues.commands] === false);
    await setEnv('consumer_timeout', 1_800_000);
    held.open();
    await expectAllDone(2);
    await setEnv('channel_tick_interval', 60_000);
  });

  it('gives up a publish whose confirm does not come, and finds a new connection out of a black hole', async () => {
    const ledger = new Ledger(script);
    await startWallet(direct);
    const { publisher, client, broker } = await start(startGateway(throughProxy));
    proxy.hole(true);
    const asked = client.ask(readBalance, { userId }, { deadlineMs: 300 });
    const published = publisher.publish([debit(1)]);
    await expect(asked).rejects.toBeInstanceOf(UpstreamTimeout);
    await expect(published).rejects.toThrow('not published');
    await eventually(() => !broker.health().connected);
    await expect(client.ask(readBalance, { userId })).rejects.toBeInstanceOf(UpstreamUnavailable);
    proxy.hole(false);
    await eventually(() => broker.health().connected, { deadlineMs: 20_000 });
    await publisher.publish([debit(1)]);
    expect(await client.ask(readBalance, { userId })).toEqual(done({ userId, currentBalance: 1 }));
    await eventually(() => ledger.calls.length > 0);
  });

  it('waits no longer for a declaration than for a confirm', async () => {
    const { broker } = await start(
      startGateway({ ...throughProxy, HEARTBEAT_SECONDS: 60, PUBLISH_DEADLINE_MS: 500 }),
    );
    proxy.hole(true);
    const startedAt = performance.now();
    await expect(broker.declareAgain()).rejects.toThrow('within 500 ms');
    expect(performance.now() - startedAt).toBeLessThan(here(3_000));
    proxy.hole(false);
    await broker.declareAgain();
  });

  it('gives up a broker that takes the connection and says nothing, and tries again', async () => {
    let connections = 0;
    const silent = createServer(() => (connections += 1));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const link = new ReconnectingConnection('test', {
      url: `amqp://127.0.0.1:${port}`,
      heartbeatSeconds: 60,
    });
    link.start();
    await eventually(() => connections === 2);
    expect(link.isReady).toBe(false);
    const startedAt = performance.now();
    await link.close();
    expect(performance.now() - startedAt).toBeLessThan(here(5_000));
    silent.close();
  });

  it('goes to another node when its own does not come back', async () => {
    const nodes = [await start(startTcpProxy({ targetPort: rabbit.port })), proxy];
    const urls = nodes.map(({ port }) => Object.assign(new URL(rabbit.url), { port: String(port) }));
    const { broker, client, publisher } = await start(startGateway({ ...direct, AMQP_URL: urls.join(',') }));
    script.balance = async (batch) => batch.map(() => done({ userId, currentBalance: 1 }));
    await startWallet(direct);
    for (const away of nodes) {
      away.refuse(true);
      away.cut();
      const other = nodes.find((node) => node !== away);
      await eventually(() => broker.health().connected && (other?.connections ?? 0) > 0);
      expect(away.connections).toBe(0);
      expect(await client.ask(readBalance, { userId })).toEqual(done({ userId, currentBalance: 1 }));
      await publisher.publish([debit(1)]);
      away.refuse(false);
    }
  });

  it('calls a publish failed when only its confirm is lost: the message is there', async () => {
    const ledger = new Ledger(script);
    await startWallet(direct);
    const { publisher } = await start(startGateway(throughProxy));
    proxy.dropAnswers(true);
    await expect(publisher.publish([debit(1)])).rejects.toThrow('not published');
    await eventually(() => ledger.timesHandled(1) === 1);
    proxy.dropAnswers(false);
    proxy.cut();
    await eventually(() => publisher.publish([debit(1)]).then(() => true));
    await eventually(() => ledger.timesHandled(1) === 2);
  });

  it('settles every waiting request at once when its connection is lost', async () => {
    const held = gate();
    script.balance = async (batch) => {
      await held.promise;
      return batch.map(() => done({ userId, currentBalance: 1 }));
    };
    await startWallet(direct);
    const { client, broker } = await start(startGateway(throughProxy));
    const asked = upTo(50).map(() =>
      client.ask(readBalance, { userId }, { deadlineMs: 60_000 }).catch((error: unknown) => error),
    );
    await eventually(() => client.pendingCount === 50);
    proxy.refuse(true);
    proxy.cut();
    const errors = await Promise.all(asked);
    expect(errors.every((error) => error instanceof UpstreamTimeout)).toBe(true);
    expect(client.pendingCount).toBe(0);
    await eventually(() => !broker.health().connected);
    await expect(client.ask(readBalance, { userId })).rejects.toBeInstanceOf(UpstreamUnavailable);
    proxy.refuse(false);
    held.open();
    await eventually(() => broker.health().connected);
    expect((await client.ask(readBalance, { userId })).ok).toBe(true);
  });

  it('refuses requests and drains acks while the broker is short of memory, then goes on', async () => {
    const held = gate();
    const ranking = new RankingScript();
    let heard = 0;
    ranking.sales = async (batch) => {
      await held.promise;
      heard += batch.length;
    };
    const hearer = await start(startService({ service: 'ranking', config: direct, script: ranking }));
    await startWallet(direct);
    const { client, broker } = await start(startGateway(direct));
    await saga.publisher.publish(upTo(20).map((price) => sale(price)));
    try {
      await rabbit.ctl(['set_vm_memory_high_watermark', '0.00001']);
      // The broker tells a connection that it is blocked when it first publishes.
      await expect(client.ask(readBalance, { userId }, { deadlineMs: 200 })).rejects.toThrow(
        readBalance.type,
      );
      await eventually(() => broker.health().blocked);
      await expect(client.ask(readBalance, { userId })).rejects.toBeInstanceOf(UpstreamUnavailable);
      held.open();
      await eventually(() => heard === 20);
      await hearer.close();
      expect(await withBackstage((behind) => behind.left(queues.events))).toBe(0);
    } finally {
      await rabbit.ctl(['set_vm_memory_high_watermark', '0.4']);
    }
    await eventually(() => !broker.health().blocked);
    expect((await client.ask(readBalance, { userId })).ok).toBe(true);
    expect(heard).toBe(20);
  });
});
