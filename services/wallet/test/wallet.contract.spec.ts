import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adjustWallet,
  auditParts,
  auditProofs,
  audits,
  BOOKS,
  chargeWallet,
  debitWallet,
  finds,
  listCharges,
  lookAtBalances,
  operationReads,
  orderRows,
  pings,
  readBalance,
  readCharge,
  readHistory,
  readLoads,
  readWallet,
  refundWallet,
  type AnsweredContract,
  type Outcome,
} from '@jangteo/contracts';
import {
  contractClient,
  type ContractClient,
  eventually,
  promisedAnswers,
  type RunningService,
  startService,
} from '@jangteo/testkit';

let service: RunningService;
let client: ContractClient;

beforeAll(async () => {
  service = await startService('wallet', {
    env: {
      BALANCE_MAX: '1000',
      CHARGE_MAX: '600',
      CHARGE_WAITERS_MAX: '1',
      CHARGES_PENDING_PER_USER_MAX: '5',
      PAYMENT_RETRY_MS: '300',
      SWEEP_INTERVAL_MS: '100',
    },
  });
  client = await contractClient(service.namespace);
});
afterAll(async () => {
  await service.stop();
  await client.close();
});

const charge = (userId: string, amount: number, key: string = randomUUIDv7(), paymentMethod?: string) =>
  client.ask(chargeWallet, {
    operation: { key, fingerprint: String(amount) },
    chargeId: randomUUIDv7(),
    userId,
    amount,
    paymentMethod,
  });

const adjust = (userId: string, amount: number, key: string = randomUUIDv7()) =>
  client.ask(adjustWallet, {
    operation: { key, fingerprint: String(amount) },
    userId,
    adjustment: { amount, reason: 'A test' },
    actorId: userId,
  });

/** The id of a charge that was accepted. */
async function chargeId(userId: string, paymentMethod?: string): Promise<string> {
  const outcome = await charge(userId, 500, randomUUIDv7(), paymentMethod);
  if (!outcome.ok) throw new Error(`the charge was refused: ${outcome.refusal.code}`);
  return outcome.value.chargeId;
}

function orderOf(userId: string, amount = 30) {
  return { orderId: randomUUIDv7(), userId, amount };
}

type Order = ReturnType<typeof orderOf>;
const debit = (order: Order) => client.send(debitWallet, order, order.orderId);
const refund = (order: Order) => client.send(refundWallet, order, order.orderId);

/** Each answer that the contract allows, and what it takes to get it. */
const cases: [AnsweredContract, answer: string, run: (userId: string) => Promise<Outcome>][] = [
  [pings.wallet, 'ok', () => client.ask(pings.wallet, {})],
  [readLoads.wallet, 'ok', () => client.ask(readLoads.wallet, {})],
  [finds.wallet, 'ok', () => client.ask(finds.wallet, { q: randomUUIDv7() })],
  [operationReads.wallet, 'ok', () => client.ask(operationReads.wallet, { operationId: randomUUIDv7() })],
  [
    audits.wallet,
    'ok',
    () => client.ask(audits.wallet, { ...BOOKS.wallet, before: new Date().toISOString() }),
  ],
  [auditProofs.wallet, 'ok', () => client.ask(auditProofs.wallet, {})],
  [
    auditParts.wallet,
    'ok',
    () =>
      client.ask(auditParts.wallet, {
        before: new Date().toISOString(),
        column: 'payments',
        parts: [0, 4095],
      }),
  ],
  [chargeWallet, 'ok', (userId) => charge(userId, 500)],
  [chargeWallet, 'PAYMENT_DECLINED', (userId) => charge(userId, 500, randomUUIDv7(), 'tok_declined')],
  [chargeWallet, 'VALIDATION_FAILED', (userId) => charge(userId, 601)],
  [
    chargeWallet,
    'BALANCE_LIMIT_EXCEEDED',
    async (userId) => {
      await charge(userId, 600);
      return await charge(userId, 401);
    },
  ],
  [
    chargeWallet,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      await charge(userId, 10, `${userId}/key`);
      return await charge(userId, 11, `${userId}/key`);
    },
  ],
  [
    chargeWallet,
    'RATE_LIMITED',
    async (userId) => {
      const many = Array.from({ length: 20 }, () => charge(userId, 1, randomUUIDv7(), 'tok_unknown'));
      return (await Promise.all(many)).find(({ ok }) => !ok)!;
    },
  ],
  [
    chargeWallet,
    'IDEMPOTENCY_KEY_IN_USE',
    // Of more than may wait for one charge, the latest are told to come again. Whether two meet is chance.
    () =>
      eventually(async () => {
        const userId = randomUUIDv7();
        const repeats = Array.from({ length: 100 }, () =>
          charge(userId, 500, `${userId}/key`, 'tok_unknown'),
        );
        return (await Promise.all(repeats)).find(({ ok }) => !ok) ?? false;
      }),
  ],
  [
    readCharge,
    'ok',
    async (userId) => client.ask(readCharge, { userId, chargeId: await chargeId(userId, 'tok_unknown') }),
  ],
  [
    readCharge,
    'CHARGE_NOT_FOUND',
    async (userId) => client.ask(readCharge, { userId: randomUUIDv7(), chargeId: await chargeId(userId) }),
  ],
  [
    listCharges,
    'ok',
    async (userId) => {
      await charge(userId, 500);
      await charge(userId, 500, randomUUIDv7(), 'tok_declined');
      return await client.ask(listCharges, { userId, limit: 1, status: 'SUCCEEDED' });
    },
  ],
  [
    listCharges,
    'VALIDATION_FAILED',
    (userId) => client.ask(listCharges, { userId, limit: 1, cursor: 'nonsense' }),
  ],
  [adjustWallet, 'ok', (userId) => adjust(userId, 1_000)],
  [adjustWallet, 'INSUFFICIENT_BALANCE', (userId) => adjust(userId, -1)],
  [adjustWallet, 'BALANCE_LIMIT_EXCEEDED', (userId) => adjust(userId, 1_001)],
  [
    adjustWallet,
    'IDEMPOTENCY_KEY_REUSED',
    async (userId) => {
      await adjust(userId, 10, `${userId}/key`);
      return await adjust(userId, 11, `${userId}/key`);
    },
  ],
  [readBalance, 'ok', (userId) => client.ask(readBalance, { userId })],
  [readWallet, 'ok', (userId) => client.ask(readWallet, { userId })],
  [
    lookAtBalances,
    'ok',
    async (userId) => {
      await charge(userId, 500);
      const outcome = await client.ask(lookAtBalances, { userIds: [randomUUIDv7(), userId, userId] });
      expect(outcome).toEqual({ ok: true, value: { balances: [0, 500, 500] } });
      return outcome;
    },
  ],
  [
    readHistory,
    'ok',
    async (userId) => {
      await charge(userId, 500);
      await debit(orderOf(userId));
      return await client.ask(readHistory, { userId, limit: 1 });
    },
  ],
  [
    readHistory,
    'VALIDATION_FAILED',
    (userId) => client.ask(readHistory, { userId, limit: 1, cursor: 'nonsense' }),
  ],
  [
    debitWallet,
    'ok',
    async (userId) => {
      await charge(userId, 30);
      return await debit(orderOf(userId));
    },
  ],
  [debitWallet, 'INSUFFICIENT_BALANCE', (userId) => debit(orderOf(userId))],
  [
    debitWallet,
    'ORDER_TIMED_OUT',
    async (userId) => {
      const order = orderOf(userId);
      await refund(order);
      return await debit(order);
    },
  ],
  [
    refundWallet,
    'ok',
    async (userId) => {
      const order = orderOf(userId);
      await charge(userId, 30);
      await debit(order);
      return await refund(order);
    },
  ],
  [
    orderRows.wallet,
    'ok',
    async (userId) => {
      const order = orderOf(userId);
      await charge(userId, 30);
      await debit(order);
      await refund(order);
      const outcome = await client.ask(orderRows.wallet, { orderId: order.orderId });
      expect(outcome).toMatchObject({
        ok: true,
        value: {
          decided: [{ command: 'wallet.debit', balanceAfter: 0 }, { command: 'wallet.refund' }],
          rows: [
            { table: 'ledger', amount: -30, balanceBefore: 30, balanceAfter: 0 },
            { table: 'ledger', amount: 30, balanceBefore: 0, balanceAfter: 30 },
          ],
        },
      });
      return outcome;
    },
  ],
];

describe('the wallet alone', () => {
  it.each(cases.map(([contract, answer, run]) => [contract.type, answer, contract, run] as const))(
    'answers %s with %s as the contract says',
    async (_type, answer, contract, run) => {
      const outcome = await run(randomUUIDv7());
      expect(contract.outcome.parse(outcome)).toEqual(outcome);
      expect(outcome.ok ? 'ok' : outcome.refusal.code).toBe(answer);
    },
  );

  it('was asked for every answer of every message of its contract', () => {
    const met = cases.map(([{ type }, answer]) => `${type} ${answer}`);
    expect(met.toSorted()).toEqual(promisedAnswers('wallet'));
  });

  it.each([
    ['an amount of 0', { amount: 0 }],
    ['a negative amount', { amount: -1 }],
    ['a fraction', { amount: 1.5 }],
    ['more than a number holds exactly', { amount: 2 ** 53 }],
    ['an amount in words', { amount: '100' }],
    ['no user', { userId: undefined }],
    ['a user id that is none', { userId: '1; DROP TABLE wallets' }],
    ['a payment method of no letters', { paymentMethod: '' }],
    ['a payment method that is no token', { paymentMethod: 'a card\u0000' }],
  ])('refuses a charge with %s and changes nothing', async (_title, wrong) => {
    const userId = randomUUIDv7();
    const operation = { key: userId, fingerprint: '' };
    const payload = { operation, chargeId: randomUUIDv7(), userId, amount: 5, ...wrong };
    const outcome = await client.ask(chargeWallet, payload as never);
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'VALIDATION_FAILED' } });
    expect(await client.ask(readBalance, { userId })).toEqual({
      ok: true,
      value: { userId, currentBalance: 0 },
    });
  });

  it('refuses what the sandbox has no payment method for as declined, and says what there is', async () => {
    const outcome = await charge(randomUUIDv7(), 5, randomUUIDv7(), 'tok_gold');
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'PAYMENT_DECLINED' } });
    expect(JSON.stringify(outcome)).toContain('tok_ok, tok_declined and tok_unknown');
  });

  it('answers PENDING while the outcome is unknown, logs it, and settles it by itself', async () => {
    const userId = randomUUIDv7();
    const key = `${userId}/unknown`;
    const first = await charge(userId, 500, key, 'tok_unknown');
    expect(first).toEqual({ ok: true, value: { chargeId: expect.any(String), status: 'PENDING' } });
    const id = first.ok ? first.value.chargeId : '';
    await eventually(async () => {
      const outcome = await client.ask(readCharge, { chargeId: id });
      return outcome.ok && outcome.value.status === 'SUCCEEDED';
    });
    expect(await client.ask(readBalance, { userId })).toMatchObject({ value: { currentBalance: 500 } });
    expect(await charge(userId, 500, key, 'tok_unknown')).toEqual(first);
    expect(await service.logs()).toContain(`payments with unknown outcome: charge ${id}`);
  });

  it('shows what became of charges, and what is pending, in its metrics', async () => {
    await charge(randomUUIDv7(), 1);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/^wallet_charges_settled_total\{status="SUCCEEDED"\} [1-9]/m);
    expect(metrics).toMatch(/^wallet_payment_seconds_count\{provider="sandbox",result="paid"\} [1-9]/m);
    expect(metrics).toMatch(/^wallet_charge_oldest_pending_age_seconds\{provider="sandbox"\} \d/m);
  });

  it('puts a command that breaks the contract aside, alone, and goes on', async () => {
    const userId = randomUUIDv7();
    await charge(userId, 100);
    const queue = client.commandQueue(debitWallet);
    await client.sendRaw(queue, '{"amount":-1}', {
      type: debitWallet.type,
      messageId: 'bad',
      correlationId: randomUUIDv7(),
      headers: { 'schema-version': debitWallet.version },
    });
    expect(await debit(orderOf(userId))).toEqual({ ok: true, value: { balanceAfter: 70 } });
    const parked = await eventually(async () => {
      const letters = await client.deadLetters(queue);
      return letters.length > 0 && letters;
    });
    expect(parked.map(({ type, body }) => [type, body])).toEqual([[debitWallet.type, '{"amount":-1}']]);
  });

  it('keeps what it answered when it is killed, and answers repeats from it', async () => {
    const userId = randomUUIDv7();
    const order = orderOf(userId);
    const charged = await charge(userId, 100, `${userId}/kill`);
    const debited = await debit(order);
    await service.kill();
    await service.restart();
    expect(await charge(userId, 100, `${userId}/kill`)).toEqual(charged);
    expect(await debit(order)).toEqual(debited);
    expect(await client.ask(readBalance, { userId })).toMatchObject({ value: { currentBalance: 70 } });
  });

  it('settles once what was pending when it was killed', async () => {
    const userId = randomUUIDv7();
    const id = await chargeId(userId, 'tok_unknown');
    await service.kill();
    await service.restart();
    await eventually(async () => {
      const outcome = await client.ask(readCharge, { chargeId: id });
      return outcome.ok && outcome.value.status === 'SUCCEEDED';
    });
    expect(await client.ask(readHistory, { userId, limit: 10 })).toMatchObject({
      value: { transactions: [{ amount: 500, transactionType: 'CHARGE' }] },
    });
  });
});
