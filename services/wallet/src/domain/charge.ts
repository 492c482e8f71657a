import { chargeWallet, done, refuse, type Money, type OutcomeOf, type PayloadOf } from '@jangteo/contracts';
import { WalletBook, type Circumstances, type Wallet, type WalletChanges } from './wallet-book.js';

/** A payment into a wallet that was asked for and what became of it. */
export interface Charge {
  readonly chargeId: string;
  readonly userId: string;
  readonly amount: Money;
  readonly status: 'SUCCEEDED';
  readonly createdAt: Date;
}

/** Bounds in minor units. */
export interface ChargeLimits {
  /** The largest balance that a charge may lead to. */
  readonly balanceMax: Money;
  /** The largest amount of one charge. */
  readonly chargeMax: Money;
}

export type ChargeChanges = WalletChanges & { readonly charges: readonly Charge[] };

type ChargeRequest = PayloadOf<typeof chargeWallet>;
type ChargeOutcome = OutcomeOf<typeof chargeWallet>;

/** Credits wallets, each charge in full or not at all. */
export function decideCharges(
  wallets: readonly Wallet[],
  requests: readonly ChargeRequest[],
  limits: ChargeLimits,
  circumstances: Circumstances,
): { outcomes: ChargeOutcome[]; changes: ChargeChanges } {
  const userIds = requests.map(({ userId }) => userId);
  const book = new WalletBook(userIds, wallets, circumstances);
  const charges: Charge[] = [];
  const outcomes = requests.map(({ chargeId, userId, amount }): ChargeOutcome => {
    if (amount > limits.chargeMax) return refuseAmount(limits.chargeMax);
    if (amount > limits.balanceMax - book.balanceOf(userId)) return refuse('BALANCE_LIMIT_EXCEEDED');
    charges.push({ chargeId, userId, amount, status: 'SUCCEEDED', createdAt: circumstances.now });
    const currentBalance = book.move(userId, 'CHARGE', amount, { chargeId });
    return done({ userId, currentBalance, chargeId, status: 'SUCCEEDED' as const });
  });
  return { outcomes, changes: { wallets: book.changedWallets(), movements: book.movements, charges } };
}

function refuseAmount(chargeMax: Money): ChargeOutcome {
  const message = `must be at most ${chargeMax}`;
  return refuse('VALIDATION_FAILED', undefined, { errors: [{ path: 'amount', message }] });
}
