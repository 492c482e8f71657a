import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adjustWallet,
  debitWallet,
  done,
  readBalance,
  readHistory,
  readWallet,
  refundWallet,
  refuse,
  type Outcome,
} from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig } from '@jangteo/service';
import {
  locksLowerFirst,
  patientDatabase,
  testDatabase,
  withClient,
  type Ask,
  type TestDatabase,
} from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import { SandboxProvider } from '../src/sandbox.provider.js';
import { SETTINGS, WalletProcess, type ChargeAsked } from './wallet-in-process.js';

const { BALANCE_MAX } = SETTINGS;
let scratch: TestDatabase;
let database: Database;
let process: WalletProcess;
let ask: Ask;

beforeAll(async () => {
  scratch = await testDatabase('wallet');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
  process = new WalletProcess(database, new SandboxProvider());
  ({ ask } = process);
});
afterAll(async () => {
  await process.stop();
  await database.onApplicationShutdown();
  await scratch.drop();
});

const charge = (...asked: ChargeAsked[]) => process.charge(asked);

function chargeOf(userId: string, amount: number, key: string = randomUUIDv7()): ChargeAsked {
  return { operation: { key, fingerprint: String(amount) }, chargeId: randomUUIDv7(), userId, amount };
}

function orderOf(userId: string, amount: number) {
  return { orderId: randomUUIDv7(), userId, amount };
}

/** A new user with this much money, in minor units. */
async function userWith(balance: number): Promise<string> {
  const userId = randomUUIDv7();
  await charge(chargeOf(userId, balance));
  return userId;
}

async function balanceOf(userId: string): Promise<number> {
  const [outcome] = await ask(readBalance, [{ userId }]);
  return outcome?.ok === true ? outcome.value.currentBalance : Number.NaN;
}

async function pageOf(userId: string, limit = 100, cursor?: string) {
  const [outcome] = await ask(readHistory, [{ userId, limit, cursor }]);
  if (outcome?.ok !== true) throw new Error(`history was refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

const amountsOf = async (userId: string): Promise<number[]> =>
  (await pageOf(userId)).transactions.map(({ amount }) => amount);

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const accepted = (outcomes: readonly Outcome[]): number => outcomes.filter(({ ok }) => ok).length;

describe('charging', () => {
  it('makes a wallet with the first charge and adds later ones', async () => {
    const userId = randomUUIDv7();
    expect(await balanceOf(userId)).toBe(0);
    const [first, second] = [chargeOf(userId, 300), chargeOf(userId, 200)];
    expect(await charge(first, second)).toEqual([
      done({ userId, currentBalance: 300, chargeId: first.chargeId, status: 'SUCCEEDED' }),
      done({ userId, currentBalance: 500, chargeId: second.chargeId, status: 'SUCCEEDED' }),
    ]);
    expect(await balanceOf(userId)).toBe(500);
  });

  it('changes nothing when the balance would pass the largest one', async () => {
    const userId = await userWith(BALANCE_MAX);
    expect(await charge(chargeOf(userId, 1))).toEqual([refuse('BALANCE_LIMIT_EXCEEDED')]);
    expect(await balanceOf(userId)).toBe(BALANCE_MAX);
    expect(await amountsOf(userId)).toEqual([BALANCE_MAX]);
  });

  it('is told apart from money that was given, and from payments that were declined', async () => {
    const [charged, given, declined] = times(3, () => randomUUIDv7()) as [string, string, string];
    await charge(chargeOf(charged, 10));
    await ask(debitWallet, [orderOf(charged, 10)]);
    const adjustment = { amount: 10, reason: 'a present' };
    const operation = { key: randomUUIDv7(), fingerprint: '' };
    await ask(adjustWallet, [{ operation, userId: given, adjustment }]);
    await charge({ ...chargeOf(declined, 10), paymentMethod: 'tok_declined' });
    const asked = [charged, given, declined, randomUUIDv7()].map((userId) => ({ userId }));
    expect(await ask(readWallet, asked)).toEqual([
      done({ currentBalance: 0, pendingCharges: 0, hasCharged: true }),
      done({ currentBalance: 10, pendingCharges: 0, hasCharged: false }),
      done({ currentBalance: 0, pendingCharges: 0, hasCharged: false }),
      done({ currentBalance: 0, pendingCharges: 0, hasCharged: false }),
    ]);
  });

  it('answers a repeat as the first time and refuses another charge under its key', async () => {
    const userId = await userWith(100);
    const asked = chargeOf(userId, 50);
    const first = await charge(asked);
    await charge(chargeOf(userId, 7));
    const repeated = { ...asked, chargeId: randomUUIDv7() };
    expect(await charge(repeated)).toEqual(first);
    const other = chargeOf(userId, 51, asked.operation.key);
    expect(await charge(other)).toEqual([refuse('IDEMPOTENCY_KEY_REUSED')]);
    expect(await balanceOf(userId)).toBe(157);
  });

  it('makes one wallet when the first charges of a user come at once', async () => {
    const userIds = times(5, () => randomUUIDv7());
    await Promise.all(
      times(20, (i) =>
        charge(...userIds.toSorted(() => (i % 2 === 0 ? 1 : -1)).map((id) => chargeOf(id, 10))),
      ),
    );
    expect(await Promise.all(userIds.map(balanceOf))).toEqual(userIds.map(() => 200));
  });
});

describe('paying for orders', () => {
  it('lets exactly ten of fifty parallel orders pay from a wallet with money for ten', async () => {
    const userId = await userWith(1_000);
    const answers = await Promise.all(times(50, () => ask(debitWallet, [orderOf(userId, 100)])));
    expect(accepted(answers.flat())).toBe(10);
    expect(await balanceOf(userId)).toBe(0);
  });

  it('locks wallets in the order of their ids, whatever order names them', async () => {
    const users = [await userWith(100), await userWith(100)].toSorted();
    const rows = { table: 'wallets', key: 'user_id', ids: [users[0]!, users[1]!] } as const;
    for (const named of [users, users.toReversed()]) {
      const debits = named.map((userId) => orderOf(userId, 1));
      expect(await locksLowerFirst(scratch.url, rows, () => ask(debitWallet, debits))).toBe(true);
    }
  });

  it('stays exact while charges, debits and refunds of the same wallets run at once', async () => {
    const userIds = await Promise.all(times(4, () => userWith(10_000)));
    const orders = times(80, (i) => orderOf(userIds[i % 4] as string, 100));
    const reversed = orders.toReversed();
    await Promise.all([
      ...times(8, (i) => ask(debitWallet, orders.slice(i * 10, i * 10 + 10))),
      ...times(8, (i) => ask(refundWallet, reversed.slice(i * 10, i * 10 + 5))),
      ...times(8, () => charge(...userIds.map((userId) => chargeOf(userId, 1)))),
    ]);
    const refunded = times(8, (i) => reversed.slice(i * 10, i * 10 + 5)).flat();
    for (const userId of userIds) {
      const kept = orders.filter((order) => order.userId === userId && !refunded.includes(order)).length;
      expect(await balanceOf(userId)).toBe(10_000 + 8 - 100 * kept);
    }
  });

  it('has one effect when a batch is delivered twice, in one batch and at once', async () => {
    const userId = await userWith(1_000);
    const orders = times(5, () => orderOf(userId, 100));
    const batch = [...orders, ...orders];
    const [one, two] = await Promise.all([ask(debitWallet, batch), ask(debitWallet, batch)]);
    expect(two).toEqual(one);
    expect(one.slice(5)).toEqual(one.slice(0, 5));
    expect(await ask(debitWallet, batch)).toEqual(one);
    expect(await balanceOf(userId)).toBe(500);
  });

  it('answers a repeated debit with its refusal even when the money is there by now', async () => {
    const userId = await userWith(50);
    const order = orderOf(userId, 100);
    const first = await ask(debitWallet, [order]);
    expect(first).toEqual([refuse('INSUFFICIENT_BALANCE', '100 is due, 50 is there')]);
    await charge(chargeOf(userId, 1_000));
    expect(await ask(debitWallet, [order])).toEqual(first);
    expect(await balanceOf(userId)).toBe(1_050);
  });

  it('refuses a user who never charged, and makes no wallet', async () => {
    const order = orderOf(randomUUIDv7(), 1);
    const [outcome] = await ask(debitWallet, [order]);
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'INSUFFICIENT_BALANCE' } });
    expect(await database.rows('SELECT FROM wallets WHERE user_id = $1', [order.userId])).toEqual([]);
  });
});

describe('refunding', () => {
  it('gives back once what the order took, past the largest balance too', async () => {
    const userId = await userWith(BALANCE_MAX);
    const order = orderOf(userId, 300);
    await ask(debitWallet, [order]);
    await charge(chargeOf(userId, 300));
    const refunds = [order, order];
    expect(await ask(refundWallet, refunds)).toEqual([done({ refunded: 300 }), done({ refunded: 300 })]);
    expect(await ask(refundWallet, refunds)).toEqual([done({ refunded: 300 }), done({ refunded: 300 })]);
    expect(await balanceOf(userId)).toBe(BALANCE_MAX + 300);
    expect((await amountsOf(userId)).slice(0, 3)).toEqual([300, 300, -300]);
  });

  it('bars the debit that it overtook', async () => {
    const order = orderOf(await userWith(500), 100);
    expect(await ask(refundWallet, [order])).toEqual([done({ refunded: 0 })]);
    const [late] = await ask(debitWallet, [order]);
    expect(late).toMatchObject({ ok: false, refusal: { code: 'ORDER_TIMED_OUT' } });
    expect(await balanceOf(order.userId)).toBe(500);
  });

  it('nets every order to 0 when its debit and its refund race', async () => {
    const rich = await userWith(10_000);
    const nobody = randomUUIDv7();
    const orders = times(60, (i) => orderOf(i % 3 === 0 ? nobody : rich, 100));
    await Promise.all(orders.flatMap((order) => [ask(debitWallet, [order]), ask(refundWallet, [order])]));
    expect(await balanceOf(rich)).toBe(10_000);
    const net = await database.rows<{ open: number }>(
      `SELECT count(*) AS open FROM (
         SELECT FROM ledger WHERE order_id = ANY($1) GROUP BY order_id HAVING sum(amount) <> 0) AS unsettled`,
      [orders.map(({ orderId }) => orderId)],
    );
    expect(net).toEqual([{ open: 0 }]);
  });
});

describe('history', () => {
  it('lists movements newest first, each balance going on from the one before, page by page', async () => {
    const userId = await userWith(1_000);
    await ask(
      debitWallet,
      times(6, (i) => orderOf(userId, i + 1)),
    );
    const all = (await pageOf(userId)).transactions;
    expect(all.map(({ amount }) => amount)).toEqual([-6, -5, -4, -3, -2, -1, 1_000]);
    expect(all.map(({ balanceBefore }) => balanceBefore)).toEqual([
      ...all.slice(1).map(({ balanceAfter }) => balanceAfter),
      0,
    ]);

    const first = await pageOf(userId, 3);
    await charge(chargeOf(userId, 5));
    const second = await pageOf(userId, 3, first.next);
    const third = await pageOf(userId, 3, second.next);
    expect([...first.transactions, ...second.transactions, ...third.transactions]).toEqual(all);
    expect(third.next).toBeUndefined();
  });

  it('answers a batch of pages of many users, an unusable cursor and an unknown user among them', async () => {
    const [ann, bob] = [await userWith(10), await userWith(20)];
    const payloads = [
      { userId: bob, limit: 1 },
      { userId: ann, limit: 1, cursor: 'nonsense' },
      { userId: ann, limit: 1, cursor: Buffer.from('[1.5]').toString('base64url') },
      { userId: randomUUIDv7(), limit: 1 },
      { userId: ann, limit: 1 },
      { userId: bob, limit: 1 },
    ];
    const outcomes = await ask(readHistory, payloads);
    const seen = outcomes.map((outcome) =>
      outcome.ok ? outcome.value.transactions.map(({ amount }) => amount) : outcome.refusal.code,
    );
    expect(seen).toEqual([[20], 'VALIDATION_FAILED', 'VALIDATION_FAILED', [], [10], [20]]);
  });
});

describe('history of a time', () => {
  it('has what is from a moment on and before another one, whatever their years', async () => {
    const userId = await userWith(10);
    const whole = { from: '0000-01-01T00:00:00Z', to: '9999-12-31T23:59:59.999999Z' };
    const asked = [whole, { from: whole.to }, { to: whole.from }].map((time) => ({
      userId,
      limit: 9,
      ...time,
    }));
    const outcomes = await ask(readHistory, asked);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.transactions.length)).toEqual([1, 0, 0]);
  });

  it('has a row from its very moment on, and not before it', async () => {
    const userId = await userWith(10);
    // Nobody asks more precisely than by the millisecond.
    await withClient(scratch.url, (client) =>
      client.query(
        `ALTER TABLE ledger DISABLE TRIGGER ledger_only_grows;
         UPDATE ledger SET created_at = date_trunc('milliseconds', created_at) WHERE user_id = '${userId}';
         ALTER TABLE ledger ENABLE TRIGGER ledger_only_grows`,
      ),
    );
    const [{ createdAt: at } = { createdAt: '' }] = (await pageOf(userId)).transactions;
    const asked = [{ from: at }, { to: at }].map((time) => ({ userId, limit: 9, ...time }));
    const outcomes = await ask(readHistory, asked);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.transactions.length)).toEqual([1, 0]);
  });
});

describe('putting balances right', () => {
  const adjustmentOf = (userId: string, amount: number) => ({
    operation: { key: randomUUIDv7(), fingerprint: '' },
    userId,
    adjustment: { amount, reason: 'Charged twice' },
  });

  it('never passes 0 nor the largest balance, while orders pay and charges come in', async () => {
    const userId = await userWith(1_000);
    const down = times(20, () => ask(adjustWallet, [adjustmentOf(userId, -100)]));
    const paid = times(5, () => ask(debitWallet, [orderOf(userId, 100)]));
    const taken = (await Promise.all([...down, ...paid])).flat();
    expect(accepted(taken)).toBe(10);
    expect(await balanceOf(userId)).toBe(0);
    const part = BALANCE_MAX / 10;
    const up = times(12, () => ask(adjustWallet, [adjustmentOf(userId, part)]));
    const charged = times(3, () => charge(chargeOf(userId, part)));
    const given = (await Promise.all([...up, ...charged])).flat();
    expect(accepted(given)).toBe(10);
    expect(await balanceOf(userId)).toBe(BALANCE_MAX);
  });

  it('refuses what no balance bears, and takes away from one that a refund lifted above the largest', async () => {
    const [rich, nobody] = [await userWith(BALANCE_MAX), randomUUIDv7()];
    const order = orderOf(rich, 1_000);
    await ask(debitWallet, [order]);
    await charge(chargeOf(rich, 1_000));
    await ask(refundWallet, [order]);
    const outcomes = await ask(adjustWallet, [
      adjustmentOf(nobody, -Number.MAX_SAFE_INTEGER),
      adjustmentOf(nobody, Number.MAX_SAFE_INTEGER),
      adjustmentOf(nobody, -1),
      adjustmentOf(rich, 1),
      adjustmentOf(rich, -1),
    ]);
    expect(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.balanceAfter : outcome.refusal.code)),
    ).toEqual([
      'INSUFFICIENT_BALANCE',
      'BALANCE_LIMIT_EXCEEDED',
      'INSUFFICIENT_BALANCE',
      'BALANCE_LIMIT_EXCEEDED',
      BALANCE_MAX + 999,
    ]);
  });
});

describe('the ledger', () => {
  it.each(['UPDATE ledger SET amount = 1', 'DELETE FROM ledger WHERE false', 'TRUNCATE ledger CASCADE'])(
    'only grows: refuses %s',
    async (statement) => {
      await userWith(10);
      await expect(database.rows(statement)).rejects.toThrow('the ledger only grows');
    },
  );

  it('takes no second payment of an order, whatever asks for it', async () => {
    const order = orderOf(await userWith(10), 1);
    await ask(debitWallet, [order]);
    const second = `INSERT INTO ledger SELECT gen_random_uuid(), user_id, 99, type, amount, balance_before,
      balance_after, order_id, charge_id, created_at FROM ledger WHERE order_id = $1`;
    await expect(database.rows(second, [order.orderId])).rejects.toThrow('ledger_once_an_order');
  });

  it('can be taken down and built again', async () => {
    const other = await testDatabase('wallet');
    await migrate(other.url, migrations);
    await withClient(other.url, async (client) => {
      for (const Migration of migrations.toReversed()) {
        await new Migration().down({ query: (text: string) => client.query(text) } as never);
      }
      const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
      expect(rows).toEqual([{ tablename: 'migrations' }]);
    });
    await other.drop();
  });
});
