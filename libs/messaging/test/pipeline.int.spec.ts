import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DELIVERY_LIMIT,
  done,
  readBalance,
  refuse,
  type debitWallet,
  type OutcomeOf,
  type PayloadOf,
} from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import {
  answerTo,
  DEFERRED,
  TransientFailure,
  UpstreamFailure,
  type CommandReply,
  type Delivery,
  type MessagingConfig,
  type ReplyAddress,
} from '../src/index.js';
import { MessageWriter } from '../src/outbound-messages.js';
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

type Debit = Delivery<PayloadOf<typeof debitWallet>>;

const { userId } = readBalance.example.payload;

describe('the batch pipeline', () => {
  let config: MessagingConfig;
  let queues: ReturnType<typeof queuesIn>;
  let behind: Backstage;
  let script: WalletScript;
  let saga: SagaScript;
  const running: { close(): Promise<void> }[] = [];

  async function start<S extends { close(): Promise<void> }>(starting: Promise<S>): Promise<S> {
    const started = await starting;
    running.push(started);
    return started;
  }

  const startWallet = (): Promise<TestService> => start(startService({ service: 'wallet', config, script }));
  const startSaga = (): Promise<TestService> =>
    start(startService({ service: 'order', config, script: saga }));

  beforeEach(async () => {
    config = testConfig();
    queues = queuesIn(config);
    behind = await backstage(config);
    script = new WalletScript();
    saga = new SagaScript();
  });

  afterEach(async () => {
    await closeAll();
    await behind.cleanUp();
  });

  async function closeAll(): Promise<void> {
    for (const one of running.splice(0).reverse()) await one.close();
  }

  /** Everything was acknowledged: what stays unacknowledged is ready again once its consumer has gone. */
  async function expectEmpty(queue: string): Promise<void> {
    await closeAll();
    expect(await behind.left(queue)).toBe(0);
  }

  describe('requests', () => {
    it('answers a request with the outcome of its handler', async () => {
      await startWallet();
      const { client } = await start(startGateway(config));
      expect(await client.ask(readBalance, { userId })).toEqual(done({ userId, currentBalance: 1 }));
    });

    it('answers each of many requests with its own outcome', async () => {
      script.balance = async (batch) =>
        batch.map(({ payload, trace }) =>
          done({ userId: payload.userId, currentBalance: Number(trace.requestId) }),
        );
      await startWallet();
      const { client } = await start(startGateway(config));
      const answers = await Promise.all(
        upTo(300).map((n) => client.ask(readBalance, { userId }, { trace: { requestId: String(n) } })),
      );
      expect(answers.map((answer) => answer.ok && answer.value.currentBalance)).toEqual(upTo(300));
    });

    it('answers a deferred request later, from another message', async () => {
      let address: ReplyAddress | undefined;
      script.balance = async ([first]) => {
        address = first?.replyAddress;
        return { outcomes: [DEFERRED] };
      };
      const { publisher } = await startWallet();
      const { client } = await start(startGateway(config));
      const answer = client.ask(readBalance, { userId });
      const to = await eventually(() => address ?? false);
      await publisher.publish([answerTo(to, done({ userId, currentBalance: 9 }))]);
      expect(await answer).toEqual(done({ userId, currentBalance: 9 }));
    });

    it('answers INTERNAL and parks the request when its handler keeps throwing', async () => {
      script.balance = async () => {
        throw new Error('a bug');
      };
      await startWallet();
      const { client } = await start(startGateway(config));
      const failure = await client.ask(readBalance, { userId }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UpstreamFailure);
      expect((failure as UpstreamFailure).refusal?.code).toBe('INTERNAL');
      const parked = await eventually(async () => {
        const messages = await behind.takeAll(`${queues.requests}.dead`);
        return messages.length > 0 && messages;
      });
      expect(parked[0]?.properties.headers?.['parked-error']).toContain('a bug');
    });

    it('neither handles nor parks a request whose asker has given up', async () => {
      const held = gate();
      const seen: (string | undefined)[] = [];
      script.balance = async (batch) => {
        seen.push(...batch.map(({ trace }) => trace.requestId));
        await held.promise;
        return batch.map(() => done({ userId, currentBalance: 1 }));
      };
      await startWallet();
      const { client } = await start(startGateway(config));
      const first = client.ask(readBalance, { userId }, { trace: { requestId: 'held' } });
      await eventually(() => seen.length === 1);
      const late = client.ask(readBalance, { userId }, { deadlineMs: 50, trace: { requestId: 'late' } });
      await expect(late).rejects.toThrow('no answer within 50 ms');
      // By the service's own clock it has until 50 ms after it arrived.
      await new Promise((resolve) => setTimeout(resolve, 60));
      const next = client.ask(readBalance, { userId }, { trace: { requestId: 'next' } });
      held.open();
      await Promise.all([first, next]);
      expect(seen).toEqual(['held', 'next']);
      await expectEmpty(queues.requests);
      expect(await behind.ready(`${queues.requests}.dead`)).toBe(0);
    });

    it('refuses an outcome that breaks the contract before anybody gets it', async () => {
      script.balance = async (batch) =>
        batch.map(() => refuse('OUT_OF_STOCK')) as unknown as OutcomeOf<typeof readBalance>[];
      await startWallet();
      const { client } = await start(startGateway(config));
      await expect(client.ask(readBalance, { userId })).rejects.toThrow('INTERNAL');
    });
  });

  describe('commands and replies', () => {
    it('brings the outcome of each command to the saga, with the order id and the command type', async () => {
      const replies: CommandReply[] = [];
      saga.replies = async (batch) => void replies.push(...batch);
      script.debit = async (batch) =>
        batch.map(({ payload }) =>
          payload.amount % 2 === 0
            ? done({ balanceAfter: payload.amount })
            : refuse('INSUFFICIENT_BALANCE', 'too little'),
        );
      await startWallet();
      const { publisher } = await startSaga();
      const commands = upTo(50).map((amount) => debit(amount));
      await publisher.publish(commands);
      await eventually(() => replies.length === 50);
      for (const [index, command] of commands.entries()) {
        const amount = index + 1;
        const orderId = command.kind === 'command' ? command.correlationId : '';
        const reply = replies.find(({ correlationId }) => correlationId === orderId);
        expect(reply?.type).toBe('wallet.debit');
        expect(reply?.payload).toEqual(
          amount % 2 === 0 ? done({ balanceAfter: amount }) : refuse('INSUFFICIENT_BALANCE', 'too little'),
        );
      }
      await expectEmpty(queues.commands);
    });

    it('gathers while a batch is held: 1, then all that came meanwhile', async () => {
      const held = gate();
      const sizes: number[] = [];
      script.debit = async (batch) => {
        sizes.push(batch.length);
        if (sizes.length === 1) await held.promise;
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      const { publisher } = await startWallet();
      await startSaga();
      await publisher.publish([debit(1)]);
      await eventually(() => sizes.length === 1);
      await publisher.publish(upTo(100).map((n) => debit(n)));
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      held.open();
      await eventually(() => sizes.reduce((sum, size) => sum + size, 0) === 101);
      expect(sizes).toEqual([1, 100]);
    });

    it('takes no more into a batch than its largest size', async () => {
      config = testConfig({ BATCH_SIZE_MAX: 40 });
      queues = queuesIn(config);
      const held = gate();
      const sizes: number[] = [];
      script.debit = async (batch) => {
        sizes.push(batch.length);
        if (sizes.length === 1) await held.promise;
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      const { publisher } = await startWallet();
      await startSaga();
      await publisher.publish([debit(1)]);
      await eventually(() => sizes.length === 1);
      await publisher.publish(upTo(100).map((n) => debit(n)));
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      held.open();
      await eventually(() => sizes.reduce((sum, size) => sum + size, 0) === 101);
      expect(sizes).toEqual([1, 40, 40, 20]);
    });

    it('hands events of several types to one batcher', async () => {
      const ranking = new RankingScript();
      const heard: number[] = [];
      ranking.sales = async (batch) =>
        void heard.push(...batch.map(({ payload }) => (payload as { totalPrice: number }).totalPrice));
      await start(startService({ service: 'ranking', config, script: ranking }));
      const { publisher } = await startSaga();
      await publisher.publish(upTo(20).map((price) => sale(price)));
      await eventually(() => heard.length === 20);
      expect(heard.toSorted((a, b) => a - b)).toEqual(upTo(20));
      await expectEmpty(queues.events);
    });
  });

  describe('when something is wrong with a message', () => {
    it('parks each bad message with its reason and lets its neighbours through', async () => {
      await startSaga();
      const wallet = await startWallet();
      await wallet.close();
      const handled: number[] = [];
      script.debit = async (batch) => {
        handled.push(...batch.map(({ payload }) => payload.amount));
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      const bad: [string, Buffer, object][] = [
        ['malformed', Buffer.from('{'), { type: 'wallet.debit' }],
        ['unknown-type', Buffer.from('{}'), { type: 'wallet.plunder' }],
        ['unknown-version', Buffer.from('{}'), { type: 'wallet.debit', headers: { 'schema-version': 7 } }],
        ['invalid-payload', Buffer.from('{"amount":-1}'), { type: 'wallet.debit' }],
      ];
      const { publisher } = await start(startGateway(config));
      await publisher.publish([debit(1)]);
      for (const [reason, body, properties] of bad) {
        behind.channel.sendToQueue(queues.commands, body, {
          messageId: reason,
          correlationId: 'order',
          headers: { 'schema-version': 1 },
          ...properties,
        });
      }
      await publisher.publish([debit(2)]);
      await startWallet();
      await eventually(() => handled.length === 2);
      const parked = await eventually(async () => {
        const count = await behind.ready(`${queues.commands}.dead`);
        return count === 4 && behind.takeAll(`${queues.commands}.dead`);
      });
      const reasons = parked.map(({ properties }) => properties.headers?.['parked-reason'] as string);
      expect(reasons.toSorted()).toEqual(bad.map(([reason]) => reason).toSorted());
      expect(parked[0]?.properties.headers?.['parked-queue']).toBe(queues.commands);
      expect(parked[0]?.properties.headers?.['parked-message-id']).toBe(reasons[0]);
      await expectEmpty(queues.commands);
      expect(handled.toSorted((a, b) => a - b)).toEqual([1, 2]);
    });

    it('isolates the message that makes a batch throw, parks it alone, and handles the others once', async () => {
      const held = gate();
      const finished: number[] = [];
      let isFirst = true;
      script.debit = async (batch) => {
        if (isFirst) {
          isFirst = false;
          await held.promise;
        }
        if (batch.some(({ payload }) => payload.amount === 13)) throw new Error('amount 13 crashes');
        finished.push(...batch.map(({ payload }) => payload.amount));
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      await startSaga();
      const { publisher } = await startWallet();
      await publisher.publish([debit(1_000)]);
      await eventually(() => !isFirst);
      await publisher.publish(upTo(20).map((amount) => debit(amount)));
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      held.open();
      await eventually(() => finished.length === 20);
      const parked = await eventually(async () => {
        const messages = await behind.takeAll(`${queues.commands}.dead`);
        return messages.length > 0 && messages;
      });
      expect(parked).toHaveLength(1);
      expect(JSON.parse(parked[0]?.content.toString() ?? '')).toMatchObject({ amount: 13 });
      expect(parked[0]?.properties.headers?.['parked-error']).toContain('amount 13 crashes');
      expect(finished.toSorted((a, b) => a - b)).toEqual([...upTo(20).filter((n) => n !== 13), 1_000]);
      await expectEmpty(queues.commands);
    });

    it('gives their turn to those behind one that brings the process down whenever it is tried', async () => {
      const wallets: TestService[] = [];
      const finished = new Set<number>();
      let falls = 0;
      script.debit = async (batch) => {
        if (batch.some(({ payload }) => payload.amount === 1)) {
          falls += 1;
          // As far as the broker can tell, and whatever was not acknowledged comes again.
          wallets[0]?.broker.consuming.drop('the process fell');
          throw new TransientFailure('the process fell');
        }
        for (const { payload } of batch) finished.add(payload.amount);
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      const { publisher } = await startSaga();
      wallets.push(await startWallet());
      await publisher.publish(upTo(10).map((amount) => debit(amount)));
      await eventually(() => finished.size === 9, { deadlineMs: 60_000 });
      expect([...finished]).not.toContain(1);
      expect(falls).toBeLessThan(DELIVERY_LIMIT);
    });

    it('works alone on what was sent again after it had failed', async () => {
      const held = gate();
      const sizes: number[] = [];
      script.debit = async (batch) => {
        sizes.push(batch.length);
        if (sizes.length === 1) await held.promise;
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      await startSaga();
      const { publisher, broker } = await startWallet();
      await publisher.publish([debit(1)]);
      await eventually(() => sizes.length === 1);
      const writer = new MessageWriter(broker.options);
      const frames = upTo(4).map((amount) => writer.outgoing(debit(amount)));
      for (const { options } of frames.slice(2)) {
        options.headers = { ...options.headers, 'sent-again': 'x', 'original-sender': broker.senders.own };
      }
      await publisher.send(frames);
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      held.open();
      await eventually(() => sizes.length === 4);
      expect(sizes).toEqual([1, 2, 1, 1]);
      await expectEmpty(queues.commands);
    });

    it('retries a whole batch as long as a resource is away, and parks nothing', async () => {
      const held = gate();
      const sizes: number[] = [];
      script.debit = async (batch) => {
        sizes.push(batch.length);
        if (sizes.length === 1) await held.promise;
        else if (sizes.length <= 6) throw new TransientFailure('the database is away');
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      await startSaga();
      const { publisher } = await startWallet();
      await publisher.publish([debit(1)]);
      await eventually(() => sizes.length === 1);
      await publisher.publish(upTo(10).map((amount) => debit(amount)));
      await eventually(async () => (await behind.ready(queues.commands)) === 0);
      held.open();
      await eventually(() => sizes.length === 7);
      expect(sizes).toEqual([1, 10, 10, 10, 10, 10, 10]);
      await expectEmpty(queues.commands);
      expect(await behind.ready(`${queues.commands}.dead`)).toBe(0);
    });

    it('tries a throwing message ATTEMPTS_MAX times', async () => {
      const attempts: Debit[] = [];
      script.debit = async (batch) => {
        attempts.push(...batch);
        throw new Error('a bug');
      };
      await startSaga();
      const { publisher } = await startWallet();
      await publisher.publish([debit(1)]);
      await eventually(async () => (await behind.ready(`${queues.commands}.dead`)) === 1);
      expect(attempts).toHaveLength(config.ATTEMPTS_MAX);
      await expectEmpty(queues.commands);
    });

    it('does not acknowledge a batch whose replies found no queue, until they find one', async () => {
      let handled = 0;
      let confirmed = 0;
      script.debit = async (batch) => {
        handled += 1;
        const afterConfirm = async (): Promise<void> => void (confirmed += 1);
        return { outcomes: batch.map(() => done({ balanceAfter: 0 })), afterConfirm };
      };
      const { publisher } = await startWallet();
      await publisher.publish([debit(1)]);
      await eventually(() => handled === 1);
      const replies: CommandReply[] = [];
      saga.replies = async (batch) => void replies.push(...batch);
      expect(confirmed).toBe(0);
      await startSaga();
      await eventually(() => replies.length === 1);
      await eventually(() => confirmed === 1);
      expect(handled).toBe(1);
      await expectEmpty(queues.commands);
    });

    it('leaves a batch in its queue when it ends before the replies have found theirs', async () => {
      let handled = 0;
      script.debit = async (batch) => {
        handled += 1;
        return batch.map(() => done({ balanceAfter: 0 }));
      };
      const wallet = await startWallet();
      await wallet.publisher.publish([debit(1)]);
      await eventually(() => handled === 1);
      await closeAll();
      expect(await behind.left(queues.commands)).toBe(1);
    });

    it('delivers again what a hanging handler holds, and ignores what that one returns later', async () => {
      config = testConfig({ BATCH_DEADLINE_MS: 200 });
      queues = queuesIn(config);
      const held = gate();
      const replies: CommandReply[] = [];
      let calls = 0;
      saga.replies = async (batch) => void replies.push(...batch);
      script.debit = async (batch) => {
        calls += 1;
        const balanceAfter = calls;
        if (calls === 1) await held.promise;
        return batch.map(() => done({ balanceAfter }));
      };
      const { publisher } = await startSaga();
      await startWallet();
      await publisher.publish([debit(1)]);
      await eventually(() => replies.length === 1);
      held.open();
      await publisher.publish([debit(2)]);
      await eventually(() => replies.length === 2);
      expect(replies.map(({ payload }) => payload)).toEqual([
        done({ balanceAfter: 2 }),
        done({ balanceAfter: 3 }),
      ]);
      await expectEmpty(queues.commands);
    });

    it('declares a missing dead-letter queue anew before it parks', async () => {
      script.debit = async () => {
        throw new Error('a bug');
      };
      const { publisher } = await startWallet();
      await behind.channel.deleteQueue(`${queues.commands}.dead`);
      await publisher.publish([debit(1)]);
      await eventually(async () => (await behind.ready(`${queues.commands}.dead`)) === 1);
      await expectEmpty(queues.commands);
      expect(await behind.takeAll(`${queues.commands}.dead`)).toHaveLength(1);
    });
  });
});
