import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse, type Outcome } from '@jangteo/contracts';
import { decideHolds, type Charge, type ChargeAnswer, type ChargeTerms } from './charge.js';
import { decideDebits, decideRefunds } from './payment.js';
import { decideSettlements, type Verdict } from './settlement.js';
import type { Movement, Wallet } from './wallet-book.js';

type Message = {
  readonly kind: 'charge' | 'debit' | 'refund' | Verdict['kind'];
  readonly id: string;
  readonly userId: string;
  readonly amount: number;
};

/** `fate` is what the provider says of it whenever it says anything. */
type Asked = { readonly userId: string; readonly amount: number; readonly fate: 'paid' | 'declined' };

const terms: ChargeTerms = {
  balanceMax: 1_000,
  chargeMax: 400,
  pendingMax: 1_000,
  currency: 'krw',
  provider: 'a provider',
  defaultPaymentMethod: 'a card',
};
const TOO_LATE = refuse('ORDER_TIMED_OUT');
const VERDICTS = new Set<string>(['paid', 'declined', 'unknown', 'late'] satisfies Verdict['kind'][]);

/** A wallet service without a database: rows and stored outcomes in memory, one batch after the other. */
class World {
  readonly wallets = new Map<string, Wallet>();
  readonly ledger: Movement[] = [];
  readonly charges = new Map<string, Charge>();
  readonly outcomes = new Map<string, Outcome>();
  /** Answers to those who waited for a charge. */
  readonly answers: { chargeId: string; answer: ChargeAnswer }[] = [];
  readonly contradictions: Verdict[] = [];
  #ids = 0;

  handle(batch: readonly Message[]): void {
    if (VERDICTS.has(batch[0]?.kind ?? '')) this.#settle(batch);
    else this.#decideOnce(batch);
  }

  #decideOnce(batch: readonly Message[]): void {
    const fresh = [...new Map(batch.map((message) => [keyOf(message), message])).values()].filter(
      (message) => !this.outcomes.has(keyOf(message)),
    );
    const { outcomes, changes } = this.#decide(fresh);
    this.#save(changes);
    fresh.forEach((message, index) => this.outcomes.set(keyOf(message), outcomes[index] as Outcome));
    for (const { kind, id } of fresh) {
      if (kind === 'refund' && !this.outcomes.has(`debit/${id}`)) this.outcomes.set(`debit/${id}`, TOO_LATE);
    }
  }

  #settle(batch: readonly Message[]): void {
    const verdicts = batch.map(({ kind, id, userId }) => ({ chargeId: id, userId, kind }) as Verdict);
    const state = { wallets: [...this.wallets.values()], charges: [...this.charges.values()] };
    const patience = { retryMs: 1, retryMsMax: 10 };
    const { changes, answers, contradictions } = decideSettlements(state, verdicts, patience, this.#newId);
    this.contradictions.push(...contradictions);
    this.#save(changes);
    for (const { charge } of changes.charges) this.charges.set(charge.chargeId, charge);
    this.answers.push(...answers.map(({ to, outcome }) => ({ chargeId: to.correlationId, answer: outcome })));
  }

  #save(changes: { wallets: readonly Wallet[]; movements: readonly Movement[] }): void {
    for (const wallet of changes.wallets) this.wallets.set(wallet.userId, wallet);
    this.ledger.push(...changes.movements);
  }

  readonly #newId = () => `t${(this.#ids += 1)}`;

  #decide(messages: readonly Message[]): {
    outcomes: Outcome[];
    changes: { wallets: readonly Wallet[]; movements: readonly Movement[] };
  } {
    const wallets = [...this.wallets.values()];
    const payloads = messages.map(({ id, userId, amount }) => ({ orderId: id, userId, amount }));
    if (messages[0]?.kind === 'debit') return decideDebits(wallets, payloads, this.#newId);
    if (messages[0]?.kind === 'refund') {
      const payments = this.ledger
        .filter(({ type }) => type === 'PAYMENT')
        .map(({ orderId = '', userId, amount }) => ({ orderId, userId, amount: -amount }));
      return decideRefunds({ wallets, payments }, payloads, this.#newId);
    }
    const operation = { key: '', fingerprint: '' };
    const requests = messages.map(({ id, userId, amount }) => ({
      payload: { operation, chargeId: id, userId, amount },
      waiter: { replyTo: 'gateway', correlationId: id },
    }));
    const { outcomes, changes } = decideHolds({ wallets, pending: [] }, requests, terms, this.#newId);
    for (const charge of changes.charges) this.charges.set(charge.chargeId, charge);
    return { outcomes, changes };
  }
}

function keyOf({ kind, id }: Message): string {
  return `${kind}/${id}`;
}

const user = fc.constantFrom('ann', 'bob');
const amount = fc.integer({ min: 1, max: 500 });
const fate = fc.constantFrom('paid' as const, 'declined' as const);
const noise = fc.array(fc.constantFrom('said' as const, 'unknown' as const, 'late' as const), {
  maxLength: 4,
});
const charges = fc.array(fc.record({ userId: user, amount, fate, noise }), { maxLength: 12 });
const orders = fc.array(fc.record({ userId: user, amount, undone: fc.boolean() }), { maxLength: 12 });

/**
 * Charges, what the provider says of them before or after, debits and refunds, some of them several times, in
 * any order, cut into batches of one kind.
 */
const traffic = fc.tuple(charges, orders).chain(([charged, ordered]) => {
  const asked = new Map<string, Asked>(charged.map((charge, index) => [`c${index}`, charge]));
  const messages: Message[] = [
    ...charged.flatMap(({ userId, amount: cost, fate: end, noise: heard }, index) => {
      const its = { id: `c${index}`, userId, amount: cost };
      return [
        { ...its, kind: 'charge' as const },
        ...heard.map((kind) => ({ ...its, kind: kind === 'said' ? end : kind })),
      ];
    }),
    ...ordered.flatMap(({ undone, ...order }, index) => [
      { ...order, kind: 'debit' as const, id: `o${index}` },
      ...(undone ? [{ ...order, kind: 'refund' as const, id: `o${index}` }] : []),
    ]),
  ];
  const repeats = fc.array(fc.nat(Math.max(0, messages.length - 1)), { maxLength: 10 });
  return repeats.chain((indexes) => {
    const all = [...messages, ...indexes.flatMap((index) => messages[index] ?? [])];
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    return fc.record({
      messages: shuffled,
      asked: fc.constant(asked),
      batchMax: fc.integer({ min: 1, max: 8 }),
    });
  });
});

function sortOf({ kind }: Message): string {
  return VERDICTS.has(kind) ? 'verdict' : kind;
}

function batchesOf(messages: readonly Message[], batchMax: number): Message[][] {
  const batches: Message[][] = [];
  for (const message of messages) {
    const last = batches.at(-1);
    const first = last?.[0];
    const fits = first !== undefined && sortOf(first) === sortOf(message) && (last?.length ?? 0) < batchMax;
    if (fits) last?.push(message);
    else batches.push([message]);
  }
  return batches;
}

function sum(rows: readonly Movement[]): number {
  return rows.reduce((total, { amount: moved }) => total + moved, 0);
}

function expectChained(world: World): void {
  for (const { userId, balance, held, movements } of world.wallets.values()) {
    const rows = world.ledger.filter((row) => row.userId === userId);
    expect(balance).toBe(sum(rows));
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
    expect(movements).toBe(rows.length);
    rows.forEach((row, index) => {
      expect(row.balanceBefore).toBe(rows[index - 1]?.balanceAfter ?? 0);
      expect(row.balanceAfter).toBe(row.balanceBefore + row.amount);
      expect(row.balanceAfter).toBeGreaterThanOrEqual(0);
    });
    const pending = [...world.charges.values()].filter(
      (charge) => charge.userId === userId && charge.status === 'PENDING',
    );
    expect(held).toBe(pending.reduce((total, charge) => total + charge.amount, 0));
  }
}

function rowsOf(world: World, id: string): Movement[] {
  return world.ledger.filter(({ orderId, chargeId }) => (orderId ?? chargeId) === id);
}

/** Each order had its effect once: what was paid and given back is in the ledger, no more. */
function expectOrdersSettled(world: World, orders: readonly Message[]): void {
  for (const { id, amount: cost } of orders) {
    const rows = rowsOf(world, id);
    const types = rows.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    const refund = world.outcomes.get(`refund/${id}`);
    expect(refund?.ok ?? true).toBe(true);
    const isPaid = world.outcomes.get(`debit/${id}`)?.ok === true;
    expect(sum(rows)).toBe(isPaid && refund === undefined ? -cost : 0);
  }
}

/** Each charge that was begun ended as its payment did, and whoever asked got one answer: the first. */
function expectChargesSettled(
  world: World,
  messages: readonly Message[],
  asked: ReadonlyMap<string, Asked>,
): void {
  for (const { id, amount: cost } of messages) {
    const isBegun = world.outcomes.get(`charge/${id}`)?.ok === true;
    const isPaid = isBegun && asked.get(id)?.fate === 'paid';
    const charge = world.charges.get(id);
    const status = isPaid ? 'SUCCEEDED' : 'DECLINED';
    expect(charge?.status).toBe(isBegun ? status : undefined);
    expect(rowsOf(world, id).map(({ amount: credited }) => credited)).toEqual(isPaid ? [cost] : []);
    const answers = world.answers.filter(({ chargeId }) => chargeId === id).map(({ answer }) => answer);
    expect(answers).toEqual(isBegun ? [charge?.answer] : []);
  }
}

/** Makes the verdicts that the sweeper brings about in the end: the provider has told of every charge. */
function verdictsOn(world: World, asked: ReadonlyMap<string, Asked>): Message[] {
  return [...world.charges.values()]
    .filter(({ status }) => status === 'PENDING')
    .map(({ chargeId: id, userId, amount: cost }) => {
      return { kind: asked.get(id)?.fate ?? 'unknown', id, userId, amount: cost };
    });
}

describe('a wallet under any traffic', () => {
  it('conserves money and credits what was paid for, whatever is shuffled, repeated or late', () => {
    fc.assert(
      fc.property(traffic, ({ messages, asked, batchMax }) => {
        const world = new World();
        for (const batch of batchesOf(messages, batchMax)) {
          const before = new Map(world.wallets);
          world.handle(batch);
          if (batch[0]?.kind === 'charge') expectRoom(world, before);
          expectChained(world);
        }
        for (const batch of batchesOf(verdictsOn(world, asked), batchMax)) world.handle(batch);
        expectChained(world);
        expect(world.contradictions).toEqual([]);
        const isOrder = ({ kind }: Message) => kind === 'debit' || kind === 'refund';
        expectOrdersSettled(world, messages.filter(isOrder));
        expectChargesSettled(
          world,
          messages.filter(({ kind }) => kind === 'charge'),
          asked,
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** No charge was begun whose payment could lead past the largest balance. */
function expectRoom(world: World, before: ReadonlyMap<string, Wallet>): void {
  const grown = [...world.wallets.values()].filter(
    ({ userId, held }) => held > (before.get(userId)?.held ?? 0),
  );
  for (const { balance, held } of grown) expect(balance + held).toBeLessThanOrEqual(terms.balanceMax);
}
