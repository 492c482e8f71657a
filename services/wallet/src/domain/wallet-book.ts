import type { Money, WalletTransaction } from '@jangteo/contracts';

/** A wallet as it stands; `movements` counts its ledger rows, so the next one's position is known. */
export interface Wallet {
  readonly userId: string;
  readonly balance: Money;
  /** The sum of the charges whose payment is pending: money that may be credited at any moment. */
  readonly held: Money;
  readonly movements: number;
}

/** Something by which people put a balance right, and why. */
export interface AdjustmentCause {
  readonly adjustmentId: string;
  readonly reason: string;
  /** The user who made it, where that is known. */
  readonly actorId?: string | undefined;
}

/** The cause of a movement of money: a charge, an order that is paid or given back, or people. */
export type Cause = { readonly chargeId: string } | { readonly orderId: string } | AdjustmentCause;

/** A row of the ledger. `position` orders a wallet's rows, 1 first: clocks and ids do not. */
export interface Movement extends Partial<AdjustmentCause> {
  readonly transactionId: string;
  readonly userId: string;
  readonly position: number;
  readonly type: WalletTransaction['transactionType'];
  /** Signed, in minor units. */
  readonly amount: number;
  readonly balanceBefore: Money;
  readonly balanceAfter: Money;
  readonly orderId?: string;
  readonly chargeId?: string;
}

/** The wallets of one batch while it is decided: every change of a balance leaves its ledger row here. */
export class WalletBook {
  readonly #wallets = new Map<string, Wallet>();
  readonly #changed = new Set<string>();
  readonly movements: Movement[] = [];

  /**
   * @param userIds all users whose wallets were looked up
   * @param found the wallets among them that exist
   */
  constructor(
    userIds: readonly string[],
    found: readonly Wallet[],
    private readonly newId: () => string,
  ) {
    for (const userId of userIds) this.#wallets.set(userId, { userId, balance: 0, held: 0, movements: 0 });
    for (const wallet of found) this.#wallets.set(wallet.userId, wallet);
  }

  /** In minor units; 0 for a wallet that nobody charged yet. */
  balanceOf(userId: string): Money {
    return this.#walletOf(userId).balance;
  }

  /** The amount that may still be credited, in minor units, counting what is held; below 0 after a large refund. */
  roomUnder(balanceMax: Money, userId: string): number {
    const { balance, held } = this.#walletOf(userId);
    return balanceMax - balance - held;
  }

  /**
   * Holds room for a charge until its payment is settled.
   *
   * @param amount positive, in minor units
   */
  hold(userId: string, amount: Money): void {
    this.#addToHeld(userId, amount);
  }

  /**
   * Gives room back that {@link hold} took.
   *
   * @param amount positive, in minor units
   * @throws RangeError when less is held: a bug
   */
  release(userId: string, amount: Money): void {
    this.#addToHeld(userId, -amount);
  }

  /**
   * Moves money in or out of a wallet.
   *
   * @param amount signed, in minor units
   * @returns the balance after it
   * @throws RangeError when the caller did not check that the balance bears it: a bug
   */
  move(userId: string, type: Movement['type'], amount: number, cause: Cause): Money {
    const wallet = this.#walletOf(userId);
    const balanceBefore = wallet.balance;
    const balanceAfter = balanceBefore + amount;
    if (balanceAfter < 0 || !Number.isSafeInteger(balanceAfter)) {
      throw new RangeError(`${type} of ${amount} does not fit a balance of ${balanceBefore}`);
    }
    const position = wallet.movements + 1;
    this.#change({ ...wallet, balance: balanceAfter, movements: position });
    const row = { userId, position, type, amount, balanceBefore, balanceAfter };
    this.movements.push({ transactionId: this.newId(), ...row, ...cause });
    return balanceAfter;
  }

  /** The wallets that are not as they were found, each once. */
  changedWallets(): Wallet[] {
    return [...this.#changed].map((userId) => this.#walletOf(userId));
  }

  #walletOf(userId: string): Wallet {
    const wallet = this.#wallets.get(userId);
    if (wallet === undefined) throw new Error(`the wallet of ${userId} was never looked up`);
    return wallet;
  }

  #change(wallet: Wallet): void {
    this.#wallets.set(wallet.userId, wallet);
    this.#changed.add(wallet.userId);
  }

  #addToHeld(userId: string, amount: number): void {
    const wallet = this.#walletOf(userId);
    const held = wallet.held + amount;
    if (held < 0) throw new RangeError(`${-amount} cannot be released where ${wallet.held} is held`);
    this.#change({ ...wallet, held });
  }
}

/** The rows that a decision wants written. */
export interface WalletChanges {
  readonly wallets: readonly Wallet[];
  readonly movements: readonly Movement[];
}
