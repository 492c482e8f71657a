import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chargeWallet, debitWallet, pings, queueName, readBalance } from '@jangteo/contracts';
import {
  contractClient,
  eventually,
  startService,
  type ContractClient,
  type RunningService,
} from '../src/index.js';

describe('a service started for a test', () => {
  let wallet: RunningService;
  let client: ContractClient;

  beforeAll(async () => {
    wallet = await startService('wallet');
    client = await contractClient(wallet.namespace);
  });

  afterAll(async () => {
    await wallet?.stop();
    await client?.close();
  });

  it('answers requests and commands', async () => {
    expect(await client.ask(pings.wallet, {})).toEqual({ ok: true, value: { service: 'wallet' } });
    const [userId, chargeId, orderId] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
    const operation = { key: chargeId, fingerprint: '' };
    await client.ask(chargeWallet, { operation, chargeId, userId, amount: 1_000 });
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => client.send(debitWallet, { orderId, userId, amount: 400 }, orderId)),
    );
    expect(outcomes).toEqual(Array(3).fill({ ok: true, value: { balanceAfter: 600 } }));
  });

  it('keeps its data when it is killed and started again', async () => {
    const userId = randomUUIDv7();
    const chargeId = randomUUIDv7();
    await client.ask(chargeWallet, {
      operation: { key: chargeId, fingerprint: '' },
      chargeId,
      userId,
      amount: 7,
    });
    const killed = wallet.pid;
    await wallet.kill();
    expect(() => wallet.pid).toThrow('wallet does not run');
    await wallet.restart();
    expect(wallet.pid).not.toBe(killed);
    expect(await client.ask(readBalance, { userId })).toMatchObject({ value: { currentBalance: 7 } });
  });

  it('shows what was put into its dead letters', async () => {
    const queue = queueName(wallet.namespace, 'wallet', 'commands');
    await client.sendRaw(queue, 'not json', { type: debitWallet.type, messageId: 'a', correlationId: 'b' });
    const letters = await eventually(async () => {
      const found = await client.deadLetters(queue);
      return found.length > 0 && found;
    });
    expect(letters).toEqual([expect.objectContaining({ type: debitWallet.type, body: 'not json' })]);
    expect(Object.values(await client.queueCounts())).not.toContain(1);
  });

  it('says why it did not start, with the end of its log', async () => {
    await expect(startService('wallet', { env: { DATABASE_POOL_SIZE: 'many' } })).rejects.toThrow(
      /DATABASE_POOL_SIZE/,
    );
  });
});
