import { randomUUIDv7 } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BusyFailure, debitWallet, done, orderCompleted } from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import { commandTo, eventOf, type CommandReply, type MessagingConfig, type Outgoing } from '../src/index.js';
import {
  backstage,
  gate,
  queuesIn,
  RankingScript,
  SagaScript,
  startService,
  testConfig,
  WalletScript,
  type Backstage,
  type TestService,
} from './fixture.js';
import { upTo } from './messages.js';

/** A debit of its own order; the amount tells the messages of a test apart. */
function debitOf(userId: string, amount: number, correlationId?: string): Outgoing {
  const orderId = randomUUIDv7();
  const payload = { ...debitWallet.example.payload, orderId, userId, amount };
  return commandTo(debitWallet, payload, correlationId ?? orderId);
}

const ofOthers = (amounts: readonly number[]) => amounts.map((amount) => debitOf(randomUUIDv7(), amount));

describe('what one message cannot pass', () => {
  let config: MessagingConfig;
  let queues: ReturnType<typeof queuesIn>;
  let behind: Backstage;
  let script: WalletScript;
  let saga: SagaScript;
  let publisher: TestService['publisher'];
  const running: TestService[] = [];

  async function start(starting: Promise<TestService>): Promise<TestService> {
    const started = await starting;
    running.push(started);
    return started;
  }

  beforeEach(async () => {
    config = testConfig();
    queues = queuesIn(config);
    behind = await backstage(config);
    script = new WalletScript();
    saga = new SagaScript();
    ({ publisher } = await start(startService({ service: 'order', config, script: saga })));
    await start(startService({ service: 'wallet', config, script }));
  });

  afterEach(async () => {
    await closeAll();
    await behind.cleanUp();
  });

  async function closeAll(): Promise<void> {
    for (const one of running.splice(0).reverse()) await one.close();
  }

  async function expectEmpty(...names: string[]): Promise<void> {
    await closeAll();
    for (const name of names) expect([name, await behind.left(name)]).toEqual([name, 0]);
  }

  describe('since somebody else is in its way', () => {
    const held = randomUUIDv7();
    let isHeld: boolean;
    let first: ReturnType<typeof gate<void>>;
    let calls: number[][];
    let finished: number[];

    /** The first call waits for the test; while the customer is held, every call with one of theirs is busy. */
    beforeEach(() => {
      isHeld = true;
      first = gate();
      calls = [];
      finished = [];
      script.debit = async (batch) => {
        calls.push(batch.map(({ payload }) => payload.amount));
        if (calls.length === 1) await first.promise;
        if (isHeld && batch.some(({ payload }) => payload.userId === held)) throw new BusyFailure('a lock');
        finished.push(...batch.map(({ payload }) => payload.amount));
        return batch.map(() => done({ balanceAfter: 0 }));
      };
    });

    /** Publishes what becomes one batch. */
    async function gathered(messages: readonly Outgoing[]): Promise<void> {
      await publisher.publish(ofOthers([1_000]));
      await eventually(() => calls.length === 1);
      await publisher.publish(messages);
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      first.open();
    }

    it('others of its batch go on, and so do later ones; it is done once the way is free, and never dead', async () => {
      await gathered([...ofOthers(upTo(20)), debitOf(held, 13_000)]);
      await eventually(() => finished.length === 21);
      await publisher.publish(ofOthers(upTo(20).map((n) => 100 + n)));
      await eventually(() => finished.length === 41);
      // Again and again, and more often than anything else is tried.
      const tries = () => calls.filter((amounts) => amounts.includes(13_000)).length;
      await eventually(() => tries() > config.ATTEMPTS_MAX + 3);
      expect(finished).not.toContain(13_000);
      isHeld = false;
      await eventually(() => finished.includes(13_000));
      expect(finished.toSorted((a, b) => a - b)).toEqual([
        ...upTo(20),
        ...upTo(20).map((n) => 100 + n),
        1_000,
        13_000,
      ]);
      await expectEmpty(queues.commands, `${queues.commands}.dead`);
    });

    it('what names what it names is in no batch with others, which would all wait for it', async () => {
      await gathered([...ofOthers(upTo(5)), debitOf(held, 13_000)]);
      // Tried alone twice, it is known to be busy by itself.
      await eventually(() => calls.filter((amounts) => amounts.join() === '13000').length > 1);
      const before = calls.length;
      await publisher.publish([...ofOthers(upTo(20).map((n) => 100 + n)), debitOf(held, 14_000)]);
      await eventually(() => finished.length === 26);
      await eventually(() => calls.slice(before).some((amounts) => amounts.includes(14_000)));
      const mixed = calls.slice(before).filter((amounts) => amounts.length > 1 && amounts.includes(14_000));
      expect(mixed).toEqual([]);
      isHeld = false;
      await eventually(() => finished.length === 28);
      await expectEmpty(queues.commands, `${queues.commands}.dead`);
    });

    it('takes one place however often the saga sends it again', async () => {
      const orderId = randomUUIDv7();
      const again = () => debitOf(held, 13_000, orderId);
      await gathered([...ofOthers(upTo(3)), again()]);
      await eventually(() => calls.filter((amounts) => amounts.join() === '13000').length > 1);
      for (let time = 0; time < 10; time += 1) await publisher.publish([again()]);
      await publisher.publish(ofOthers([500]));
      await eventually(() => finished.includes(500));
      await closeAll();
      // Copies are acknowledged; what they are copies of is not.
      expect(await behind.left(queues.commands)).toBe(1);
    });

    it('stays in its queue when the process ends meanwhile', async () => {
      first.open();
      await publisher.publish([debitOf(held, 13_000)]);
      await eventually(() => calls.length > 2);
      await closeAll();
      expect(await behind.left(queues.commands)).toBe(1);
    });
  });

  describe('since its event is not confirmed', () => {
    it('is answered and goes on all the same, and its event stays owed', async () => {
      let confirmed = 0;
      const heard: CommandReply[] = [];
      const settled: number[] = [];
      script.debit = async (batch) => {
        settled.push(...batch.map(({ payload }) => payload.amount));
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      saga.replies = async (batch) => {
        heard.push(...batch);
        const isFirst = heard.length === batch.length;
        return {
          // Nobody has a queue for the event.
          publish: [
            eventOf(orderCompleted, orderCompleted.example.payload),
            ...(isFirst ? ofOthers([2]) : []),
          ],
          afterConfirm: async () => void (confirmed += 1),
        };
      };
      await publisher.publish(ofOthers([1]));
      await eventually(() => settled.includes(2) && heard.length === 2);
      const ranking = new RankingScript();
      const sales: unknown[] = [];
      ranking.sales = async (batch) => void sales.push(...batch);
      expect(confirmed).toBe(0);
      await start(startService({ service: 'ranking', config, script: ranking }));
      await publisher.publish(ofOthers([3]));
      await eventually(() => sales.length === 1 && confirmed === 1);
      await expectEmpty(queues.commands, queues.replies);
    });
  });

  describe('since it cannot be read or written', () => {
    it.each([
      ['of no parts', '[]'],
      ['of a part that ends before it begins', '[{"bytes":-2,"type":"wallet.debit"},{"bytes":2}]'],
      ['of no list', '{}'],
    ])('as a bundle %s it is parked, and its neighbours go on', async (_what, index) => {
      const handled: number[] = [];
      script.debit = async (batch) => {
        handled.push(...batch.map(({ payload }) => payload.amount));
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      const length = Buffer.alloc(4);
      length.writeUInt32BE(index.length);
      const body = Buffer.concat([length, Buffer.from(index)]);
      behind.channel.sendToQueue(queues.commands, body, { messageId: 'b', type: 'bundle' });
      await publisher.publish(ofOthers([1]));
      const [parked] = await eventually(async () => {
        const messages = await behind.takeAll(`${queues.commands}.dead`);
        return messages.length > 0 && messages;
      });
      expect(parked?.properties.headers?.['parked-reason']).toBe('malformed');
      await eventually(() => handled.length === 1);
      await expectEmpty(queues.commands);
    });

    it('as an answer that the protocol cannot carry it is a bug: parked after its tries, alone', async () => {
      const heard: unknown[] = [];
      const debited: number[] = [];
      script.debit = async (batch) => {
        debited.push(...batch.map(({ payload }) => payload.amount));
        return batch.map(({ payload }) => done({ balanceAfter: payload.amount }));
      };
      saga.replies = async (batch) => {
        heard.push(...batch);
        const isBad = batch.some(
          ({ payload }) => JSON.stringify(payload) === JSON.stringify(done({ balanceAfter: 13 })),
        );
        return { publish: isBad ? [debitOf(randomUUIDv7(), 99, 'x'.repeat(300))] : [] };
      };
      await publisher.publish(ofOthers(upTo(20)));
      const parked = await eventually(async () => {
        const messages = await behind.takeAll(`${queues.replies}.dead`);
        return messages.length > 0 && messages;
      });
      expect(parked).toHaveLength(1);
      expect(JSON.parse(parked[0]?.content.toString() ?? '')).toEqual(done({ balanceAfter: 13 }));
      expect(debited).not.toContain(99);
      await expectEmpty(queues.commands, queues.replies);
    });
  });
});
