import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { done, readBalance } from '@jangteo/contracts';
import { eventually, pace } from '@jangteo/infra';
import { RequestClient, type CommandReply, type MessagingConfig } from '../src/index.js';
import {
  backstage,
  gate,
  queuesIn,
  SagaScript,
  startGateway,
  startService,
  testConfig,
  WalletScript,
  type Backstage,
  type TestService,
} from './fixture.js';
import { debit, upTo } from './messages.js';

const here = await pace();
const { userId } = readBalance.example.payload;

describe('a shutdown', () => {
  let config: MessagingConfig;
  let queues: ReturnType<typeof queuesIn>;
  let behind: Backstage;
  let script: WalletScript;
  let replies: CommandReply[];
  let saga: TestService;

  beforeEach(async () => {
    config = testConfig({ SHUTDOWN_DEADLINE_MS: 1_000 });
    queues = queuesIn(config);
    behind = await backstage(config);
    script = new WalletScript();
    replies = [];
    const sagaScript = new SagaScript();
    sagaScript.replies = async (batch) => void replies.push(...batch);
    saga = await startService({ service: 'order', config, script: sagaScript });
  });

  afterEach(async () => {
    await saga.close();
    await behind.cleanUp();
  });

  const startWallet = (): Promise<TestService> => startService({ service: 'wallet', config, script });

  it('finishes the batch in work, gives back what had only gathered, and takes nothing new', async () => {
    const held = gate();
    const seen: number[] = [];
    script.debit = async (batch) => {
      seen.push(...batch.map(({ payload }) => payload.amount));
      await held.promise;
      return batch.map(({ payload }) => done({ balanceAfter: payload.amount }));
    };
    const wallet = await startWallet();
    await saga.publisher.publish([debit(1)]);
    await eventually(() => seen.length === 1);
    await saga.publisher.publish(upTo(10).map((n) => debit(1 + n)));
    await eventually(async () => (await behind.ready(queues.commands)) === 0);
    const closing = wallet.close();
    // What had gathered is there for another replica before the batch in work is done.
    await eventually(async () => (await behind.ready(queues.commands)) === 10);
    await saga.publisher.publish([debit(12)]);
    held.open();
    await closing;
    await eventually(() => replies.length === 1);
    expect(seen).toEqual([1]);
    expect(await behind.left(queues.commands)).toBe(11);

    const second = await startWallet();
    await eventually(() => replies.length === 12);
    await second.close();
    expect(seen.toSorted((a, b) => a - b)).toEqual(upTo(12));
    expect(await behind.left(queues.commands)).toBe(0);
    expect(await behind.ready(`${queues.commands}.dead`)).toBe(0);
  });

  it('does not wait for a hanging batch beyond its deadline, and leaves it to be delivered again', async () => {
    let calls = 0;
    script.debit = async (batch) => {
      calls += 1;
      if (calls === 1) await gate().promise;
      return batch.map(() => done({ balanceAfter: 0 }));
    };
    const wallet = await startWallet();
    await saga.publisher.publish([debit(1)]);
    await eventually(() => calls === 1);
    const startedAt = performance.now();
    await wallet.close();
    expect(performance.now() - startedAt).toBeLessThan(here(3_000));
    await eventually(async () => (await behind.ready(queues.commands)) === 1);
    const second = await startWallet();
    await eventually(() => replies.length === 1);
    await second.close();
  });

  it('begins no failed batch again', async () => {
    const held = gate();
    let calls = 0;
    script.debit = async () => {
      calls += 1;
      await held.promise;
      throw new Error('a bug');
    };
    const wallet = await startWallet();
    await saga.publisher.publish([debit(1)]);
    await eventually(() => calls === 1);
    const closing = wallet.close();
    held.open();
    await closing;
    expect(calls).toBe(1);
    expect(await behind.left(queues.commands)).toBe(1);
    expect(await behind.ready(`${queues.commands}.dead`)).toBe(0);
  });

  it('lets the gateway ask until HTTP has drained', async () => {
    const answers: boolean[] = [];

    @Injectable()
    class LastRequests implements OnModuleDestroy, BeforeApplicationShutdown {
      constructor(private readonly client: RequestClient) {}

      async onModuleDestroy(): Promise<void> {
        answers.push((await this.client.ask(readBalance, { userId })).ok);
      }

      async beforeApplicationShutdown(): Promise<void> {
        answers.push((await this.client.ask(readBalance, { userId })).ok);
      }
    }

    const wallet = await startWallet();
    const gateway = await startGateway(config, [LastRequests]);
    await gateway.close();
    expect(answers).toEqual([true, true]);
    await wallet.close();
  });
});
