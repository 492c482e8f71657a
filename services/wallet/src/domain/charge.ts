import {
  chargeWallet,
  done,
  refuse,
  refuseField,
  type Money,
  type OutcomeOf,
  type PayloadOf,
  type ReplyAddress,
} from '@jangteo/contracts';
import { WalletBook, type Wallet, type WalletChanges } from './wallet-book.js';

export type ChargeAnswer = OutcomeOf<typeof chargeWallet>;

/**
 * A payment into a wallet that was asked for and what became of it. Its id is also the key under which the
 * payment provider knows it, so that however often the provider is asked, one payment is taken.
 */
export interface Charge {
  readonly chargeId: string;
  readonly userId: string;
  readonly amount: Money;
  /** ISO 4217, in lower case. */
  readonly currency: string;
  /** The name of the provider that takes the payment; only this one can say what became of it. */
  readonly provider: string;
  readonly paymentMethod: string;
  /** The user who had it made; null where that is not known. */
  readonly actorId: string | null;
  readonly status: 'PENDING' | 'SUCCEEDED' | 'DECLINED';
  /** The number of times that the provider was asked, the one under way included. */
  readonly attempts: number;
  /** The first answer that was given, which every repeat of the request gets; null while there is none. */
  readonly answer: ChargeAnswer | null;
  /** Askers that wait for that first answer. */
  readonly waiters: readonly ReplyAddress[];
  /** Time since it was stored, by the database's clock, when it was read. */
  readonly ageMs: number;
}

/** A request for a charge, and where its answer is awaited, if anywhere. */
export interface ChargeRequest {
  readonly payload: PayloadOf<typeof chargeWallet>;
  readonly waiter: ReplyAddress | undefined;
}

/** Limits and defaults of charges. Amounts in minor units. */
export interface ChargeTerms {
  /** The largest balance that a charge may lead to. */
  readonly balanceMax: Money;
  /** The largest amount of one charge. */
  readonly chargeMax: Money;
  readonly currency: string;
  readonly provider: string;
  /** Charges of one user that may be pending at a time. */
  readonly pendingMax: number;
  /** The method for a request that names none; without it, one has to be named. */
  readonly defaultPaymentMethod: string | undefined;
}

/** The rows that charges are begun against: wallets, and numbers of pending charges by user. */
export interface HoldsFound {
  readonly wallets: readonly Wallet[];
  /** Users without any may be missing. */
  readonly pending: readonly { readonly userId: string; readonly charges: number }[];
}

type Refused = Extract<ChargeAnswer, { ok: false }>;

/**
 * Under an operation key only the charge's id is kept, and the refusal of what no payment was asked for: the
 * answer to a charge is in its own row.
 */
export type HoldOutcome = { ok: true; value: { chargeId: string } } | Refused;

export type HoldChanges = WalletChanges & { readonly charges: readonly Charge[] };

/**
 * Begins charges: each holds room in its wallet for its amount until its payment is settled, so that no
 * payment is taken which could not be credited.
 */
export function decideHolds(
  { wallets, pending }: HoldsFound,
  requests: readonly ChargeRequest[],
  terms: ChargeTerms,
  newId: () => string,
): { outcomes: HoldOutcome[]; changes: HoldChanges } {
  const userIds = requests.map(({ payload }) => payload.userId);
  const book = new WalletBook(userIds, wallets, newId);
  const charges: Charge[] = [];
  const pendingOf = new Map(pending.map(({ userId, charges: count }) => [userId, count]));
  const outcomes = requests.map(({ payload, waiter }): HoldOutcome => {
    const { chargeId, userId, amount, paymentMethod = terms.defaultPaymentMethod, actorId = null } = payload;
    if (amount > terms.chargeMax) return refuseField('amount', `must be at most ${terms.chargeMax}`);
    if (paymentMethod === undefined) return refuseField('paymentMethod', 'is needed');
    if (amount > book.roomUnder(terms.balanceMax, userId)) return refuse('BALANCE_LIMIT_EXCEEDED');
    const before = pendingOf.get(userId) ?? 0;
    if (before >= terms.pendingMax) {
      return refuse(
        'RATE_LIMITED',
        `${terms.pendingMax} charges are pending; charge again once one of them is settled`,
      );
    }
    pendingOf.set(userId, before + 1);
    book.hold(userId, amount);
    charges.push({
      chargeId,
      userId,
      amount,
      currency: terms.currency,
      provider: terms.provider,
      paymentMethod,
      actorId,
      status: 'PENDING',
      attempts: 1,
      answer: null,
      waiters: waiter === undefined ? [] : [waiter],
      ageMs: 0,
    });
    return done({ chargeId });
  });
  return { outcomes, changes: { wallets: book.changedWallets(), movements: book.movements, charges } };
}

/** Some of those that are pending will be settled by the time that it is asked again: it is not kept under its key. */
export function isPassing(outcome: HoldOutcome): boolean {
  return !outcome.ok && outcome.refusal.code === 'RATE_LIMITED';
}
