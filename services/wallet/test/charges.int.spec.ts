import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { done, HOUR_MS, listCharges, readBalance, readCharge, refuse } from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import {
  eventually,
  NOT_THE_CLOCK,
  patientDatabase,
  testDatabase,
  withClient,
  type TestDatabase,
} from '@jangteo/testkit';
import { register } from 'prom-client';
import { takeChargesToAskAbout } from '../src/charge.queries.js';
import { migrations } from '../src/migrations/index.js';
import type { Verdict } from '../src/domain/settlement.js';
import type { Payment, PaymentResult } from '../src/payment.provider.js';
import { RecordingProvider, SETTINGS, WalletProcess, type ChargeAsked } from './wallet-in-process.js';

const { BALANCE_MAX } = SETTINGS;
/** Short enough that a charge whose process died is taken over while a test waits. */
const QUICK = { PAYMENT_DEADLINE_MS: 500 };
const LOOK = { everyMs: 20, deadlineMs: 10_000 };

let scratch: TestDatabase;
let database: Database;
const processes: WalletProcess[] = [];

beforeAll(async () => {
  scratch = await testDatabase('wallet');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.stop()));
  await expectBooks();
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

/** Sets the clock that this process reads; its timers go on. */
function setClock(aheadMs: number): void {
  jest.useRealTimers();
  const now = Date.now() + aheadMs;
  jest.useFakeTimers({ now, doNotFake: [...NOT_THE_CLOCK] });
}

type Options = ConstructorParameters<typeof WalletProcess>[2];

function start(provider: RecordingProvider, options: Options = {}): WalletProcess {
  const process = new WalletProcess(database, provider, options);
  processes.push(process);
  return process;
}

function chargeOf(userId: string, amount: number, key: string = randomUUIDv7()): ChargeAsked {
  return { operation: { key, fingerprint: String(amount) }, chargeId: randomUUIDv7(), userId, amount };
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

async function balanceOf(process: WalletProcess, userId: string): Promise<number> {
  const [outcome] = await process.ask(readBalance, [{ userId }]);
  return outcome?.ok === true ? outcome.value.currentBalance : Number.NaN;
}

async function statusOf({ ask }: WalletProcess, chargeId: string): Promise<string> {
  const [outcome] = await ask(readCharge, [{ chargeId }]);
  return outcome?.ok === true ? outcome.value.status : String(outcome?.refusal.code);
}

async function pendingOf(userId: string): Promise<number> {
  const rows = await database.rows("SELECT 1 AS one FROM charges WHERE user_id = $1 AND status = 'PENDING'", [
    userId,
  ]);
  return rows.length;
}

/** Sweeps as the service does until a charge has come to its end; each time until what was heard is written. */
async function settled(process: WalletProcess, chargeId: string): Promise<string> {
  return await eventually(async () => {
    await process.sweeper.sweep();
    await process.settlements.idle();
    const status = await statusOf(process, chargeId);
    return status !== 'PENDING' && status;
  }, LOOK);
}

/**
 * Expects what is credited to be what succeeded, and what is held to be what is pending: for each charge, and no other.
 */
async function expectBooks(): Promise<void> {
  const credits = await database.rows(
    `SELECT charge_id, status, charges.amount, ledger.amount AS credited
     FROM charges FULL JOIN (SELECT * FROM ledger WHERE type = 'CHARGE') AS ledger USING (charge_id)
     WHERE ledger.amount IS DISTINCT FROM CASE WHEN status = 'SUCCEEDED' THEN charges.amount END`,
  );
  const holds = await database.rows(
    `SELECT user_id, held, sum(amount) FROM wallets
     LEFT JOIN (SELECT user_id, amount FROM charges WHERE status = 'PENDING') AS pending USING (user_id)
     GROUP BY user_id, held HAVING held <> coalesce(sum(amount), 0)`,
  );
  expect({ credits, holds }).toEqual({ credits: [], holds: [] });
}

const pendingAnswer = (chargeId: string) => done({ chargeId, status: 'PENDING' as const });

describe('a charge', () => {
  it('is answered with the balance once the provider has taken the payment, which names everything', async () => {
    const provider = new RecordingProvider();
    const process = start(provider);
    const asked = { ...chargeOf(randomUUIDv7(), 700), paymentMethod: 'card_7' };
    const { userId, chargeId } = asked;
    expect(await process.charge([asked])).toEqual([
      done({ userId, currentBalance: 700, chargeId, status: 'SUCCEEDED' }),
    ]);
    expect(provider.asked).toEqual([
      expect.objectContaining({
        chargeId,
        userId,
        amount: 700,
        currency: 'krw',
        paymentMethod: 'card_7',
        attempt: 1,
        ageMs: expect.any(Number),
      }),
    ]);
    expect(await statusOf(process, chargeId)).toBe('SUCCEEDED');
  });

  it('leaves the balance as it was when the payment is declined, and its room is free again', async () => {
    const provider = new RecordingProvider();
    provider.answer = () => ({ kind: 'declined', detail: 'Your card was declined.' });
    const process = start(provider);
    const asked = chargeOf(randomUUIDv7(), BALANCE_MAX);
    expect(await process.charge([asked])).toEqual([refuse('PAYMENT_DECLINED', 'Your card was declined.')]);
    expect(await balanceOf(process, asked.userId)).toBe(0);
    expect(await statusOf(process, asked.chargeId)).toBe('DECLINED');
    provider.answer = () => ({ kind: 'paid' });
    await process.charge([chargeOf(asked.userId, BALANCE_MAX)]);
    expect(await balanceOf(process, asked.userId)).toBe(BALANCE_MAX);
  });

  it('takes exactly one payment when two that fit only alone race at the largest balance', async () => {
    const provider = new RecordingProvider();
    provider.answer = async () => await new Promise((resolve) => setTimeout(resolve, 50, { kind: 'paid' }));
    const both = [start(provider), start(provider)];
    for (const userId of times(5, () => randomUUIDv7())) {
      const asked = both.map(() => chargeOf(userId, BALANCE_MAX / 2 + 1));
      const answers = await Promise.all(both.map((process, i) => process.charge([asked[i] as ChargeAsked])));
      const refused = answers.flat().filter(({ ok }) => !ok);
      expect(refused).toEqual([refuse('BALANCE_LIMIT_EXCEEDED')]);
      expect(asked.filter(({ chargeId }) => provider.taken.has(chargeId))).toHaveLength(1);
      expect(await balanceOf(both[0] as WalletProcess, userId)).toBe(BALANCE_MAX / 2 + 1);
    }
  });

  it('counts pending charges when many race for what room there is', async () => {
    const provider = new RecordingProvider();
    const process = start(provider, { PAYMENT_CONCURRENCY_MAX: 3 });
    const userId = randomUUIDv7();
    const asked = times(30, () => chargeOf(userId, BALANCE_MAX / 10));
    const answers = await Promise.all(asked.map((one) => process.charge([one])));
    expect(answers.flat().filter(({ ok }) => ok)).toHaveLength(10);
    expect(provider.taken.size).toBe(10);
    expect(await balanceOf(process, userId)).toBe(BALANCE_MAX);
  });

  it("reads as not found to another user, and as it is to its own and to who may see everybody's", async () => {
    const process = start(new RecordingProvider());
    const asked = chargeOf(randomUUIDv7(), 5);
    const { chargeId, userId, amount } = asked;
    await process.charge([asked]);
    const view = done({ chargeId, amount, status: 'SUCCEEDED', createdAt: expect.any(String) });
    expect(
      await process.ask(readCharge, [
        { chargeId, userId },
        { chargeId, userId: randomUUIDv7() },
        { chargeId },
        { chargeId: randomUUIDv7(), userId },
      ]),
    ).toEqual([view, refuse('CHARGE_NOT_FOUND'), view, refuse('CHARGE_NOT_FOUND')]);
  });
});

describe('a charge whose outcome is not known', () => {
  const unknownAtFirst = ({ attempt }: Payment): PaymentResult =>
    attempt < 3 ? { kind: 'unknown', detail: 'no answer' } : { kind: 'paid' };

  it('is pending, is asked about under the same key until it is known, and is credited once', async () => {
    const provider = new RecordingProvider();
    provider.answer = unknownAtFirst;
    const process = start(provider);
    const asked = chargeOf(randomUUIDv7(), 700);
    expect(await process.charge([asked])).toEqual([pendingAnswer(asked.chargeId)]);
    expect(await balanceOf(process, asked.userId)).toBe(0);
    expect(await settled(process, asked.chargeId)).toBe('SUCCEEDED');
    await process.sweeper.sweep();
    expect(provider.asked.map(({ chargeId, attempt }) => [chargeId, attempt])).toEqual([
      [asked.chargeId, 1],
      [asked.chargeId, 2],
      [asked.chargeId, 3],
    ]);
    expect(await balanceOf(process, asked.userId)).toBe(700);
  });

  describe('and whose wallet somebody holds', () => {
    /** How many transactions met the lock meanwhile, and how many did not. */
    async function whileHeld(
      userId: string,
      work: () => Promise<void>,
    ): Promise<{ met: number; done: number }> {
      const decided = jest.spyOn(database, 'decided');
      await database.transaction(async (holder) => {
        await holder.rows('SELECT FROM wallets WHERE user_id = $1 FOR UPDATE', [userId]);
        await work();
      });
      const results = await Promise.allSettled(decided.mock.results.map(({ value }) => value as unknown));
      decided.mockRestore();
      const met = results.filter(({ status }) => status === 'rejected').length;
      return { met, done: results.length - met };
    }
    /** Charges that are pending, and what adds their verdict. */
    async function pendingCharges(asked: readonly ChargeAsked[]) {
      const provider = new RecordingProvider();
      provider.answer = () => ({ kind: 'unknown' });
      const process = start(provider, { PAYMENT_RETRY_MS: 60_000, PAYMENT_CONCURRENCY_MAX: 100 });
      await process.charge(asked);
      await process.settlements.idle();
      const isSettled = async ({ chargeId }: ChargeAsked) =>
        (await statusOf(process, chargeId)) === 'SUCCEEDED';
      const add = (charges: readonly ChargeAsked[], kind: Verdict['kind'] = 'paid') => {
        for (const { chargeId, userId } of charges) process.settlements.add({ chargeId, userId, kind });
      };
      const areSettled = (charges: readonly ChargeAsked[]) =>
        eventually(async () => (await Promise.all(charges.map(isSettled))).every(Boolean), LOOK);
      return { process, add, isSettled, areSettled };
    }

    it('keeps no other from being settled, however often one of that wallet comes, and is settled once it is free', async () => {
      const userId = randomUUIDv7();
      const held = times(20, () => chargeOf(userId, 10));
      const free = times(20, () => chargeOf(randomUUIDv7(), 10));
      const { add, isSettled, areSettled } = await pendingCharges([...held, ...free]);
      const { met } = await whileHeld(userId, async () => {
        for (const [n, one] of free.entries()) {
          add([held[n]!, one]);
          add([held[n]!], 'late');
          await areSettled([one]);
        }
        expect(await isSettled(held[0]!)).toBe(false);
      });
      // Tried less and less often, and not with every other charge.
      expect(met).toBeLessThan(held.length);
      await areSettled(held);
    });

    it('costs those that came with it one transaction more', async () => {
      const userId = randomUUIDv7();
      const [held, free] = [[chargeOf(userId, 10)], times(50, () => chargeOf(randomUUIDv7(), 10))];
      const { add, areSettled } = await pendingCharges([...held, ...free]);
      const { done: settled } = await whileHeld(userId, async () => {
        add([...held, ...free]);
        await areSettled(free);
      });
      // That of the held wallet may wait for the end of it, and count too.
      expect(settled).toBeLessThanOrEqual(2);
      await areSettled(held);
    });

    it('is left to the sweeper where its process ends before the wallet is free', async () => {
      const asked = chargeOf(randomUUIDv7(), 10);
      const { process, add } = await pendingCharges([asked]);
      await whileHeld(asked.userId, async () => {
        add([asked]);
        await process.stop();
      });
      expect(await statusOf(process, asked.chargeId)).toBe('PENDING');
    });
  });

  it('is credited not at all when it turns out to be declined', async () => {
    const provider = new RecordingProvider();
    provider.answer = ({ attempt }) => ({ kind: attempt === 1 ? 'unknown' : 'declined' });
    const process = start(provider);
    const asked = chargeOf(randomUUIDv7(), 700);
    await process.charge([asked]);
    expect(await settled(process, asked.chargeId)).toBe('DECLINED');
    expect(await balanceOf(process, asked.userId)).toBe(0);
  });

  it('keeps its room, so that a charge beside it which would pass the largest balance is not paid', async () => {
    const provider = new RecordingProvider();
    provider.answer = ({ attempt }) => ({ kind: attempt === 1 ? 'unknown' : 'paid' });
    const process = start(provider);
    const asked = chargeOf(randomUUIDv7(), BALANCE_MAX);
    await process.charge([asked]);
    const second = chargeOf(asked.userId, 1);
    expect(await process.charge([second])).toEqual([refuse('BALANCE_LIMIT_EXCEEDED')]);
    expect(await settled(process, asked.chargeId)).toBe('SUCCEEDED');
    expect(provider.timesAsked(second.chargeId)).toBe(0);
  });

  it('is what a provider that throws, or does not answer in time, leaves behind', async () => {
    const provider = new RecordingProvider();
    const process = start(provider, QUICK);
    provider.answer = () => Promise.reject(new Error('socket hang up'));
    const [first, second] = [chargeOf(randomUUIDv7(), 1), chargeOf(randomUUIDv7(), 1)];
    expect(await process.charge([first])).toEqual([pendingAnswer(first.chargeId)]);
    provider.answer = () => new Promise(() => undefined);
    expect(await process.charge([second])).toEqual([pendingAnswer(second.chargeId)]);
    provider.answer = () => ({ kind: 'paid' });
    expect(await settled(process, first.chargeId)).toBe('SUCCEEDED');
    expect(await settled(process, second.chargeId)).toBe('SUCCEEDED');
  });

  it('is answered before its asker gives up, and credited when the provider has answered after all', async () => {
    const provider = new RecordingProvider();
    const process = start(provider);
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const asked = chargeOf(randomUUIDv7(), 700);
    expect(await process.charge([asked], 200)).toEqual([pendingAnswer(asked.chargeId)]);
    gate.resolve({ kind: 'paid' });
    await eventually(async () => (await statusOf(process, asked.chargeId)) === 'SUCCEEDED', LOOK);
    expect(provider.timesAsked(asked.chargeId)).toBe(1);
  });

  it('is asked about by one of several sweepers at a time, each charge once a round', async () => {
    const provider = new RecordingProvider();
    provider.answer = unknownAtFirst;
    const all = times(4, () => start(provider));
    const asked = times(40, () => chargeOf(randomUUIDv7(), 10));
    await (all[0] as WalletProcess).charge(asked);
    await eventually(async () => {
      await Promise.all(all.map(({ sweeper }) => sweeper.sweep()));
      return provider.taken.size === 40;
    }, LOOK);
    await Promise.all(all.map(({ settlements }) => settlements.idle()));
    expect(asked.map(({ chargeId }) => provider.timesAsked(chargeId))).toEqual(times(40, () => 3));
  });

  it('is counted, and its age, while its provider never answers and there is always one to ask about', async () => {
    const provider = new RecordingProvider();
    const process = start(provider, { ...QUICK, PAYMENT_CONCURRENCY_MAX: 2, SWEEP_INTERVAL_MS: 10 });
    provider.answer = () => ({ kind: 'unknown' });
    const userId = randomUUIDv7();
    await process.charge(times(40, () => chargeOf(userId, 1)));
    provider.answer = () => new Promise(() => undefined);
    register.resetMetrics();
    process.sweeper.onApplicationBootstrap();
    const shown = async (name: string): Promise<number> => {
      const { values = [] } = (await register.getSingleMetric(name)?.get()) ?? {};
      return values.find(({ labels }) => labels['provider'] === provider.name)?.value ?? 0;
    };
    await eventually(async () => (await shown('wallet_charges_pending')) >= 40, LOOK);
    const ageSeconds = () => shown('wallet_charge_oldest_pending_age_seconds');
    const before = await ageSeconds();
    await eventually(async () => (await ageSeconds()) > before, LOOK);
    provider.answer = () => ({ kind: 'paid' });
    await eventually(async () => (await pendingOf(userId)) === 0, LOOK);
    expect(await balanceOf(process, userId)).toBe(40);
  });

  it('is waited for as long as its asker waits, whatever the clock is set to meanwhile', async () => {
    const provider = new RecordingProvider();
    const process = start(provider);
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const asked = chargeOf(randomUUIDv7(), 700);
    try {
      const charging = process.charge([asked], HOUR_MS);
      setClock(36 * HOUR_MS);
      await eventually(() => provider.timesAsked(asked.chargeId) === 1, LOOK);
      // Answers are written one after the other: one that was hurried would have been before this.
      provider.answer = () => ({ kind: 'paid' });
      await process.charge([chargeOf(randomUUIDv7(), 1)]);
      gate.resolve({ kind: 'paid' });
      expect(await charging).toMatchObject([{ value: { status: 'SUCCEEDED' } }]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is as old as the database says, whatever clocks the processes have that store it and ask', async () => {
    const provider = new RecordingProvider();
    provider.answer = () => ({ kind: 'unknown' });
    const asked = chargeOf(randomUUIDv7(), 10);
    const ages = () => provider.asked.map(({ ageMs }) => Math.round(ageMs / HOUR_MS));
    const sweepIsDue =
      'UPDATE charges SET ask_again_at = now(), created_at = created_at - $2::interval WHERE charge_id = $1';
    try {
      setClock(36 * HOUR_MS);
      const one = start(provider);
      await one.charge([asked]);
      // What the provider has said is written down after it was asked, and with it when it is asked again.
      await one.settlements.idle();
      setClock(-36 * HOUR_MS);
      const other = start(provider);
      await database.rows(sweepIsDue, [asked.chargeId, '0 hours']);
      await other.sweeper.sweep();
      await other.settlements.idle();
      expect(ages()).toEqual([0, 0]);
      await database.rows(sweepIsDue, [asked.chargeId, '25 hours']);
      await other.sweeper.sweep();
      expect(ages()).toEqual([0, 0, 25]);
      provider.answer = () => ({ kind: 'paid' });
      expect(await settled(other, asked.chargeId)).toBe('SUCCEEDED');
    } finally {
      jest.useRealTimers();
    }
    const [entry] = await database.rows<{ isNow: boolean }>(
      `SELECT created_at BETWEEN now() - interval '1 hour' AND now() AS "isNow" FROM ledger WHERE charge_id = $1`,
      [asked.chargeId],
    );
    expect(entry).toEqual({ isNow: true });
  });

  it('is left to its own provider when another one is in use by now', async () => {
    const provider = new RecordingProvider();
    provider.answer = () => ({ kind: 'unknown' });
    const asked = chargeOf(randomUUIDv7(), 10);
    await start(provider).charge([asked]);
    const other = Object.assign(new RecordingProvider(), { name: 'another' });
    const process = start(other);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await process.sweeper.sweep();
    expect(other.asked).toEqual([]);
    const limited = start(other, { CHARGES_PENDING_PER_USER_MAX: 1 });
    expect(await limited.charge([chargeOf(asked.userId, 10)])).toMatchObject([{ ok: true }]);
    provider.answer = () => ({ kind: 'paid' });
    expect(await settled(start(provider), asked.chargeId)).toBe('SUCCEEDED');
  });
});

describe('a charge whose process died', () => {
  it('before the provider was asked is paid once by who sweeps next', async () => {
    const provider = new RecordingProvider();
    const asked = chargeOf(randomUUIDv7(), 700);
    void start(provider, { ...QUICK, dies: 'before the call' }).charge([asked]);
    const next = start(provider, QUICK);
    expect(await eventually(() => settledIfThere(next, asked.chargeId), LOOK)).toBe('SUCCEEDED');
    expect(provider.timesAsked(asked.chargeId)).toBe(1);
    expect(await balanceOf(next, asked.userId)).toBe(700);
  });

  it('between payment and credit is credited once by who sweeps next, under the same key', async () => {
    const provider = new RecordingProvider();
    const asked = chargeOf(randomUUIDv7(), 700);
    void start(provider, { ...QUICK, dies: 'before settling' }).charge([asked]);
    const next = start(provider, QUICK);
    expect(await eventually(() => settledIfThere(next, asked.chargeId), LOOK)).toBe('SUCCEEDED');
    expect(provider.timesAsked(asked.chargeId)).toBe(2);
    expect([...provider.taken]).toEqual([[asked.chargeId, 700]]);
    expect(await balanceOf(next, asked.userId)).toBe(700);
  });

  it('is not asked about while its own process may still be at it', async () => {
    const provider = new RecordingProvider();
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const first = start(provider);
    const asked = chargeOf(randomUUIDv7(), 700);
    const answer = first.charge([asked]);
    await eventually(() => provider.timesAsked(asked.chargeId) === 1, LOOK);
    await start(provider).sweeper.sweep();
    expect(provider.timesAsked(asked.chargeId)).toBe(1);
    gate.resolve({ kind: 'paid' });
    expect(await answer).toMatchObject([{ ok: true }]);
  });

  async function settledIfThere(process: WalletProcess, chargeId: string): Promise<string | false> {
    return (await statusOf(process, chargeId)) === 'CHARGE_NOT_FOUND'
      ? false
      : await settled(process, chargeId);
  }
});

describe('the repeat of a charge', () => {
  it('gets the first answer: of a success, a decline, and a refusal, though others are true by now', async () => {
    const provider = new RecordingProvider();
    const process = start(provider);
    const userId = randomUUIDv7();
    const [paid, declined, refused] = [
      chargeOf(userId, 10),
      chargeOf(userId, 11),
      chargeOf(userId, BALANCE_MAX),
    ];
    const first = await process.charge([paid]);
    provider.answer = () => ({ kind: 'declined' });
    const second = await process.charge([declined]);
    provider.answer = () => ({ kind: 'paid' });
    const third = await process.charge([refused]);
    await process.charge([chargeOf(userId, 12)]);
    const again = [paid, declined, refused].map((asked) => ({ ...asked, chargeId: randomUUIDv7() }));
    expect(await process.charge(again)).toEqual([...first, ...second, ...third]);
    expect(await start(provider).charge(again)).toEqual([...first, ...second, ...third]);
    expect(provider.taken.size).toBe(2);
    expect(await balanceOf(process, userId)).toBe(22);
  });

  it('gets PENDING for ever where that was the first answer, while the charge itself tells the truth', async () => {
    const provider = new RecordingProvider();
    provider.answer = ({ attempt }) => ({ kind: attempt === 1 ? 'unknown' : 'paid' });
    const process = start(provider);
    const asked = chargeOf(randomUUIDv7(), 10);
    const first = await process.charge([asked]);
    expect(first).toEqual([pendingAnswer(asked.chargeId)]);
    expect(await process.charge([asked])).toEqual(first);
    expect(await settled(process, asked.chargeId)).toBe('SUCCEEDED');
    expect(await process.charge([asked])).toEqual(first);
  });

  it('waits for the first answer while there is none, in this process and in another', async () => {
    const provider = new RecordingProvider();
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const [process, other] = [start(provider), start(provider)];
    const asked = chargeOf(randomUUIDv7(), 10);
    const { userId, chargeId } = asked;
    const answers = [process.charge([asked, asked])];
    await eventually(() => provider.asked.length === 1, LOOK);
    answers.push(process.charge([asked]), other.charge([asked]));
    await eventually(async () => (await waitersOf(chargeId)) === 4, LOOK);
    gate.resolve({ kind: 'paid' });
    const succeeded = done({ userId, currentBalance: 10, chargeId, status: 'SUCCEEDED' });
    expect((await Promise.all(answers)).flat()).toEqual(times(4, () => succeeded));
    expect(await other.charge([asked])).toEqual([succeeded]);
    expect(provider.asked).toHaveLength(1);
  });

  async function waitersOf(chargeId: string): Promise<number> {
    const [row] = await database.rows<{ waiting: number }>(
      'SELECT json_array_length(waiters) AS waiting FROM charges WHERE charge_id = $1',
      [chargeId],
    );
    return row?.waiting ?? 0;
  }

  it('is told that it is pending once it can wait no longer, even when the process of the first died', async () => {
    const provider = new RecordingProvider();
    const asked = chargeOf(randomUUIDv7(), 10);
    void start(provider, { dies: 'before the call' }).charge([asked]);
    await eventually(async () => (await waitersOf(asked.chargeId)) === 1, LOOK);
    const next = start(provider);
    expect(await next.charge([asked], 300)).toEqual([pendingAnswer(asked.chargeId)]);
  });

  it('lets so many wait and tells the latest to come again, when a hundred ask before there is an answer', async () => {
    const provider = new RecordingProvider();
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const process = start(provider);
    const asked = chargeOf(randomUUIDv7(), 10);
    const first = process.charge([asked]);
    await eventually(() => provider.asked.length === 1, LOOK);
    const later = process.charge(times(99, () => asked));
    await eventually(async () => (await waitersOf(asked.chargeId)) === 50, LOOK);
    gate.resolve({ kind: 'unknown' });
    expect(await first).toEqual([pendingAnswer(asked.chargeId)]);
    expect(await later).toEqual([
      ...times(49, () => pendingAnswer(asked.chargeId)),
      ...times(50, () => refuse('IDEMPOTENCY_KEY_IN_USE')),
    ]);
  });

  it('has one effect when the same charges come many times at once, in several processes', async () => {
    const provider = new RecordingProvider();
    const all = times(3, () => start(provider));
    const asked = times(10, () => chargeOf(randomUUIDv7(), 10));
    const rounds = await Promise.all(all.flatMap((process) => times(2, () => process.charge(asked))));
    for (const answers of rounds) {
      expect(answers).toMatchObject(asked.map(({ chargeId }) => ({ ok: true, value: { chargeId } })));
    }
    expect(asked.map(({ chargeId }) => provider.timesAsked(chargeId))).toEqual(asked.map(() => 1));
    const [first] = all;
    const balances = await Promise.all(asked.map(({ userId }) => balanceOf(first as WalletProcess, userId)));
    expect(balances).toEqual(asked.map(() => 10));
  });

  it('is refused when it asks for something else', async () => {
    const process = start(new RecordingProvider());
    const asked = chargeOf(randomUUIDv7(), 10);
    await process.charge([asked]);
    const other = chargeOf(asked.userId, 11, asked.operation.key);
    expect(await process.charge([other])).toEqual([refuse('IDEMPOTENCY_KEY_REUSED')]);
  });
});

describe('the charges of one user', () => {
  it('take turns with those of others at the provider, however many there are', async () => {
    const provider = new RecordingProvider();
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const process = start(provider, { PAYMENT_CONCURRENCY_MAX: 1 });
    const [crowd, other] = [randomUUIDv7(), randomUUIDv7()];
    const many = process.charge(times(9, () => chargeOf(crowd, 1)));
    await eventually(() => provider.asked.length === 1, LOOK);
    const one = process.charge([chargeOf(other, 1)]);
    await eventually(async () => (await pendingOf(other)) === 1, LOOK);
    gate.resolve({ kind: 'paid' });
    await Promise.all([many, one]);
    expect(provider.asked.map(({ userId }) => userId).indexOf(other)).toBeLessThan(9);
  });

  it('take turns with those of others where they are asked about again, though they have waited longer', async () => {
    const provider = new RecordingProvider();
    const process = start(provider, { PAYMENT_RETRY_MS: 600_000, PAYMENT_RETRY_MS_MAX: 600_000 });
    provider.answer = () => ({ kind: 'unknown', detail: 'lost' });
    const [crowd, other] = [randomUUIDv7(), randomUUIDv7()];
    await process.charge(times(9, () => chargeOf(crowd, 1)));
    await process.charge([chargeOf(other, 1)]);
    await database.rows(
      `UPDATE charges SET ask_again_at = now() - CASE user_id WHEN $1 THEN interval '2 h' ELSE interval '1 h' END
       WHERE user_id IN ($1, $2)`,
      [crowd, other],
    );
    const search = { provider: provider.name, leaseMs: 1, limit: 2 };
    const taken = await takeChargesToAskAbout(database, search);
    expect(taken.map(({ userId }) => userId).sort()).toEqual([crowd, other].sort());
    provider.answer = () => ({ kind: 'paid' });
    for (const { chargeId } of taken) expect(await settled(process, chargeId)).toBe('SUCCEEDED');
  });

  it('are no more than may be pending, and begin again under the same key once one is settled', async () => {
    const provider = new RecordingProvider();
    const process = start(provider, { CHARGES_PENDING_PER_USER_MAX: 2 });
    provider.answer = () => ({ kind: 'unknown', detail: 'lost' });
    const [userId, other] = [randomUUIDv7(), randomUUIDv7()];
    const [first, second, third] = times(3, () => chargeOf(userId, 1));
    await process.charge([first!]);
    const told = await process.charge([second!, third!, chargeOf(other, 1)]);
    expect(told.map((outcome) => outcome.ok || outcome.refusal.code)).toEqual([true, 'RATE_LIMITED', true]);
    expect(await process.charge([third!])).toMatchObject([{ refusal: { code: 'RATE_LIMITED' } }]);
    provider.answer = () => ({ kind: 'paid' });
    expect(await settled(process, first!.chargeId)).toBe('SUCCEEDED');
    expect(await process.charge([third!])).toMatchObject([{ ok: true }]);
  });
});

describe('the list of charges', () => {
  /** Its pages, as numbers of the user's charges, oldest 0. */
  const pagesOf = async (
    process: WalletProcess,
    asked: readonly ChargeAsked[],
    status?: 'SUCCEEDED' | 'DECLINED',
  ): Promise<number[][]> => {
    const pages: number[][] = [];
    for (let cursor: string | undefined; ;) {
      const page = {
        userId: asked[0]!.userId,
        limit: 2,
        ...(status && { status }),
        ...(cursor && { cursor }),
      };
      const [outcome] = await process.ask(listCharges, [page]);
      if (outcome?.ok !== true || pages.length > asked.length) throw new Error(JSON.stringify(pages));
      const { charges, next } = outcome.value;
      pages.push(charges.map((charge) => asked.findIndex(({ chargeId }) => chargeId === charge.chargeId)));
      if (next === undefined) return pages;
      cursor = next;
    }
  };

  it('has each once, newest first, page by page, of any status and of one that few have', async () => {
    const provider = new RecordingProvider();
    const process = start(provider);
    const userId = randomUUIDv7();
    const byId = (one: ChargeAsked, other: ChargeAsked) => (one.chargeId < other.chargeId ? -1 : 1);
    const asked = times(5, () => chargeOf(userId, 10)).toSorted(byId);
    const few = new Set([asked[0]!.chargeId, asked[2]!.chargeId, asked[3]!.chargeId]);
    provider.answer = ({ chargeId }) =>
      few.has(chargeId) ? { kind: 'declined', reason: 'no' } : { kind: 'paid' };
    await process.charge(asked);
    expect(await pagesOf(process, asked)).toEqual([[4, 3], [2, 1], [0]]);
    expect(await pagesOf(process, asked, 'DECLINED')).toEqual([[3, 2], [0]]);
    expect(await pagesOf(process, asked, 'SUCCEEDED')).toEqual([[4, 1]]);
  });
});

describe('stopping', () => {
  it('lets payments in work be settled, and answers who waits for others that they are pending', async () => {
    const provider = new RecordingProvider();
    const gate = Promise.withResolvers<PaymentResult>();
    provider.answer = () => gate.promise;
    const process = start(provider, { PAYMENT_CONCURRENCY_MAX: 1 });
    const asked = times(2, () => chargeOf(randomUUIDv7(), 10));
    const answers = asked.map((one) => process.charge([one]));
    for (const { chargeId } of asked) {
      await eventually(async () => (await statusOf(process, chargeId)) === 'PENDING', LOOK);
    }
    await eventually(() => provider.asked.length === 1, LOOK);
    const stopped = process.stop();
    gate.resolve({ kind: 'paid' });
    await stopped;
    const first = provider.asked[0]?.chargeId;
    const statuses = (await Promise.all(answers)).flat().map((answer) => answer.ok && answer.value.status);
    expect(statuses).toEqual(asked.map(({ chargeId }) => (chargeId === first ? 'SUCCEEDED' : 'PENDING')));
    expect(provider.asked).toHaveLength(1);
    const next = start(provider, QUICK);
    await database.rows("UPDATE charges SET ask_again_at = now() WHERE status = 'PENDING'");
    for (const { chargeId } of asked) expect(await settled(next, chargeId)).toBe('SUCCEEDED');
  });
});

describe('the migration', () => {
  it('keeps what was charged before there was a provider, and its answers', async () => {
    const older = await testDatabase('wallet');
    const [tables] = migrations;
    await migrate(older.url, tables === undefined ? [] : [tables]);
    const asked = chargeOf(randomUUIDv7(), 70);
    const { userId, chargeId, operation } = asked;
    const answer = done({ userId, currentBalance: 70, chargeId, status: 'SUCCEEDED' });
    await withClient(older.url, async (client) => {
      await client.query('INSERT INTO wallets VALUES ($1, 70, 1)', [userId]);
      await client.query("INSERT INTO charges VALUES ($1, $2, 70, 'SUCCEEDED', now())", [chargeId, userId]);
      await client.query(
        `INSERT INTO ledger VALUES (gen_random_uuid(), $2, 1, 'CHARGE', 70, 0, 70, NULL, $1, now())`,
        [chargeId, userId],
      );
      await client.query('INSERT INTO outcomes VALUES ($1, $2, $3)', [
        operation.key,
        operation.fingerprint,
        answer,
      ]);
      await client.query("INSERT INTO outcomes VALUES ('refused', '', $1)", [
        refuse('BALANCE_LIMIT_EXCEEDED'),
      ]);
    });
    await migrate(older.url, migrations);
    const olderDatabase = new Database(readConfig(databaseEnv, patientDatabase(older.url)));
    const process = new WalletProcess(olderDatabase, new RecordingProvider());
    expect(await process.charge([{ ...asked, chargeId: randomUUIDv7() }])).toEqual([answer]);
    expect(await statusOf(process, chargeId)).toBe('SUCCEEDED');
    await process.stop();
    await olderDatabase.onApplicationShutdown();
    await older.drop();
  });
});
