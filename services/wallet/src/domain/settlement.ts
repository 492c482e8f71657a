import { backoffMs, done, refuse, type Backoff, type ReplyAddress } from '@jangteo/contracts';
import type { Charge, ChargeAnswer } from './charge.js';
import { WalletBook, type Wallet, type WalletChanges } from './wallet-book.js';

/** As much of a provider's words as an answer carries. */
const DETAIL_LENGTH_MAX = 300;

/**
 * The result of asking the provider: `unknown` where the payment may or may not have been taken. `late`: whoever waits
 * for the charge can wait no longer.
 */
export interface Verdict {
  readonly chargeId: string;
  readonly userId: string;
  readonly kind: 'paid' | 'declined' | 'unknown' | 'late';
  readonly detail?: string | undefined;
}

/** A charge as it is to be written. */
export interface ChargeChange {
  readonly charge: Charge;
  /** Time from now until the provider is to be asked again; `undefined` leaves it as it was. */
  readonly askAgainInMs?: number | undefined;
}

export interface Answered {
  readonly to: ReplyAddress;
  readonly outcome: ChargeAnswer;
}

export interface Settlement {
  readonly changes: WalletChanges & { readonly charges: readonly ChargeChange[] };
  readonly answers: readonly Answered[];
  /** Charges that came to their end now. */
  readonly settled: readonly Charge[];
  /** Charges whose end the provider could not tell, and why. */
  readonly unknown: readonly { readonly charge: Charge; readonly detail: string | undefined }[];
  /** Verdicts that say the opposite of what was settled before; for people to look into. */
  readonly contradictions: readonly Verdict[];
}

function answered(charge: Charge, answer: ChargeAnswer): { charge: Charge; answers: Answered[] } {
  if (charge.answer !== null) return { charge, answers: [] };
  const answers = charge.waiters.map((to) => ({ to, outcome: answer }));
  return { charge: { ...charge, answer, waiters: [] }, answers };
}

function contradicts({ status }: Charge, { kind }: Verdict): boolean {
  return (status === 'SUCCEEDED' && kind === 'declined') || (status === 'DECLINED' && kind === 'paid');
}

/** The pause before the provider is asked again, after it was asked this many times. */
export function pauseMs(attempts: number, retries: Backoff): number {
  return backoffMs(retries, Math.max(attempts - 1, 0));
}

/** The charges of one batch of verdicts while it is decided. */
class Charges {
  readonly changed = new Map<string, ChargeChange>();
  readonly answers: Answered[] = [];
  readonly settled: Charge[] = [];
  readonly unknown: { charge: Charge; detail: string | undefined }[] = [];
  readonly #charges: Map<string, Charge>;

  constructor(
    found: readonly Charge[],
    private readonly book: WalletBook,
    private readonly retries: Backoff,
  ) {
    this.#charges = new Map(found.map((charge) => [charge.chargeId, charge]));
  }

  find(chargeId: string): Charge | undefined {
    return this.#charges.get(chargeId);
  }

  apply(charge: Charge, { kind, detail }: Verdict): void {
    switch (kind) {
      case 'paid':
        return this.#credit(charge);
      case 'declined':
        return this.#decline(charge, detail);
      case 'unknown':
        this.unknown.push({ charge, detail });
        return this.#leave(charge, pauseMs(charge.attempts, this.retries));
      case 'late':
        return this.#leave(charge);
    }
  }

  #credit(pending: Charge): void {
    const { chargeId, userId, amount } = pending;
    this.book.release(userId, amount);
    const currentBalance = this.book.move(userId, 'CHARGE', amount, { chargeId });
    const charge: Charge = { ...pending, status: 'SUCCEEDED' };
    this.#settle(charge, done({ userId, currentBalance, chargeId, status: 'SUCCEEDED' as const }));
  }

  #decline(pending: Charge, detail: string | undefined): void {
    this.book.release(pending.userId, pending.amount);
    const charge: Charge = { ...pending, status: 'DECLINED' };
    this.#settle(charge, refuse('PAYMENT_DECLINED', detail?.slice(0, DETAIL_LENGTH_MAX)));
  }

  #settle(charge: Charge, answer: ChargeAnswer): void {
    this.settled.push(charge);
    this.#write(charge, answer);
  }

  #leave(charge: Charge, askAgainInMs?: number): void {
    const isNothingNew = charge.answer !== null && askAgainInMs === undefined;
    if (isNothingNew) return;
    this.#write(charge, done({ chargeId: charge.chargeId, status: 'PENDING' as const }), askAgainInMs);
  }

  #write(before: Charge, answer: ChargeAnswer, askAgainInMs?: number): void {
    const { charge, answers } = answered(before, answer);
    this.#charges.set(charge.chargeId, charge);
    this.changed.set(charge.chargeId, { charge, askAgainInMs });
    this.answers.push(...answers);
  }
}

/**
 * Settles charges by what the provider said of them: credited once, or never. Whoever waits gets the first
 * answer that there is, and so does every repeat from then on, whatever becomes of the charge later.
 *
 * @param charges the charges that the verdicts are about; their wallets are among `wallets`
 */
export function decideSettlements(
  { wallets, charges: found }: { wallets: readonly Wallet[]; charges: readonly Charge[] },
  verdicts: readonly Verdict[],
  retries: Backoff,
  newId: () => string,
): Settlement {
  const userIds = verdicts.map(({ userId }) => userId);
  const book = new WalletBook(userIds, wallets, newId);
  const charges = new Charges(found, book, retries);
  const contradictions: Verdict[] = [];
  for (const verdict of verdicts) {
    const charge = charges.find(verdict.chargeId);
    if (charge?.status === 'PENDING') charges.apply(charge, verdict);
    else if (charge !== undefined && contradicts(charge, verdict)) contradictions.push(verdict);
  }
  const { changed, answers, settled, unknown } = charges;
  const changes = {
    wallets: book.changedWallets(),
    movements: book.movements,
    charges: [...changed.values()],
  };
  return { changes, answers, settled, unknown, contradictions };
}
