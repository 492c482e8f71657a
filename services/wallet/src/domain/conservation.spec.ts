import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '@jangteo/contracts';
import { decideCharges } from './charge.js';
import { decideDebits, decideRefunds } from './payment.js';
import type { Movement, Wallet } from './wallet-book.js';

type Message = {
  readonly kind: 'charge' | 'debit' | 'refund';
  readonly id: string;
  readonly userId: string;
  readonly amount: number;
};

const limits = { balanceMax: 1_000, chargeMax: 400 };

/** A wallet service without a database: rows and stored outcomes in memory, one batch after the other. */
class World {
  readonly wallets = new Map<string, Wallet>();
  readonly ledger: Movement[] = [];
  readonly outcomes = new Map<string, Outcome>();
  private ids = 0;

  handle(batch: readonly Message[]): Outcome[] {
    const fresh = [...new Map(batch.map((message) => [keyOf(message), message])).values()].filter(
      (message) => !this.outcomes.has(keyOf(message)),
    );
    const { outcomes, changes, barred = [] } = this.decide(fresh);
    for (const wallet of changes.wallets) this.wallets.set(wallet.userId, wallet);
    this.ledger.push(...changes.movements);
    fresh.forEach((message, index) => this.outcomes.set(keyOf(message), outcomes[index] as Outcome));
    for (const { orderId, outcome } of barred) this.outcomes.set(`debit/${orderId}`, outcome);
    return batch.map((message) => this.outcomes.get(keyOf(message)) as Outcome);
  }

  private decide(messages: readonly Message[]): {
    outcomes: Outcome[];
    changes: { wallets: readonly Wallet[]; movements: readonly Movement[] };
    barred?: { orderId: string; outcome: Outcome }[];
  } {
    const circumstances = { now: new Date(0), newId: () => `t${(this.ids += 1)}` };
    const wallets = [...this.wallets.values()];
    const payloads = messages.map(({ id, userId, amount }) => ({ orderId: id, userId, amount }));
    if (messages[0]?.kind === 'debit') return decideDebits(wallets, payloads, circumstances);
    if (messages[0]?.kind === 'refund') {
      const payments = this.ledger
        .filter(({ type }) => type === 'PAYMENT')
        .map(({ orderId = '', userId, amount }) => ({ orderId, userId, amount: -amount }));
      const debitOutcomeOf = (orderId: string) => this.outcomes.get(`debit/${orderId}`);
      return decideRefunds({ wallets, payments }, payloads, debitOutcomeOf, circumstances);
    }
    const operation = { key: '', fingerprint: '' };
    const requests = messages.map(({ id, userId, amount }) => ({ operation, chargeId: id, userId, amount }));
    return decideCharges(wallets, requests, limits, circumstances);
  }
}

function keyOf({ kind, id }: Message): string {
  return `${kind}/${id}`;
}

const user = fc.constantFrom('ann', 'bob');
const amount = fc.integer({ min: 1, max: 500 });
const charges = fc.array(fc.record({ userId: user, amount }), { maxLength: 12 });
const orders = fc.array(fc.record({ userId: user, amount, undone: fc.boolean() }), { maxLength: 12 });

/** Charges, debits and refunds, some of them several times, in any order, cut into batches of one kind. */
const traffic = fc.tuple(charges, orders).chain(([charged, ordered]) => {
  const messages: Message[] = [
    ...charged.map((charge, index) => ({ ...charge, kind: 'charge' as const, id: `c${index}` })),
    ...ordered.flatMap(({ undone, ...order }, index) => [
      { ...order, kind: 'debit' as const, id: `o${index}` },
      ...(undone ? [{ ...order, kind: 'refund' as const, id: `o${index}` }] : []),
    ]),
  ];
  const repeats = fc.array(fc.nat(Math.max(0, messages.length - 1)), { maxLength: 10 });
  return repeats.chain((indexes) => {
    const all = [...messages, ...indexes.flatMap((index) => messages[index] ?? [])];
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    return fc.record({ messages: shuffled, batchMax: fc.integer({ min: 1, max: 8 }) });
  });
});

function batchesOf(messages: readonly Message[], batchMax: number): Message[][] {
  const batches: Message[][] = [];
  for (const message of messages) {
    const last = batches.at(-1);
    if (last !== undefined && last[0]?.kind === message.kind && last.length < batchMax) last.push(message);
    else batches.push([message]);
  }
  return batches;
}

function sum(rows: readonly Movement[]): number {
  return rows.reduce((total, { amount: moved }) => total + moved, 0);
}

function expectChained(world: World): void {
  for (const { userId, balance, movements } of world.wallets.values()) {
    const rows = world.ledger.filter((row) => row.userId === userId);
    expect(balance).toBe(sum(rows));
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
    expect(movements).toBe(rows.length);
    rows.forEach((row, index) => {
      expect(row.balanceBefore).toBe(rows[index - 1]?.balanceAfter ?? 0);
      expect(row.balanceAfter).toBe(row.balanceBefore + row.amount);
      expect(row.balanceAfter).toBeGreaterThanOrEqual(0);
    });
    const afterCharges = rows.filter(({ type }) => type === 'CHARGE').map(({ balanceAfter }) => balanceAfter);
    expect(Math.max(0, ...afterCharges)).toBeLessThanOrEqual(limits.balanceMax);
  }
}

type AnswerOf = (kind: Message['kind'], id: string) => Outcome | undefined;

/** Each message had its effect once: what was charged, paid and given back is in the ledger, no more. */
function expectSettled(world: World, messages: readonly Message[], answerOf: AnswerOf): void {
  for (const { kind, id, amount: asked } of messages) {
    const rows = world.ledger.filter(({ orderId, chargeId }) => (orderId ?? chargeId) === id);
    const types = rows.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);

    const refund = answerOf('refund', id);
    expect(refund?.ok ?? true).toBe(true);
    const direction = kind === 'charge' ? 1 : -1;
    const took = answerOf(kind === 'charge' ? 'charge' : 'debit', id)?.ok === true;
    expect(sum(rows)).toBe(took && refund === undefined ? direction * asked : 0);
  }
}

describe('a wallet under any traffic', () => {
  it('conserves money, whatever is shuffled, repeated or late', () => {
    fc.assert(
      fc.property(traffic, ({ messages, batchMax }) => {
        const world = new World();
        const answers = new Map<string, Outcome>();
        for (const batch of batchesOf(messages, batchMax)) {
          world.handle(batch).forEach((outcome, index) => {
            const key = keyOf(batch[index] as Message);
            expect(outcome).toEqual(answers.get(key) ?? outcome);
            answers.set(key, outcome);
          });
          expectChained(world);
        }
        expectSettled(world, messages, (kind, id) => answers.get(`${kind}/${id}`));
      }),
      { numRuns: 500 },
    );
  });
});
