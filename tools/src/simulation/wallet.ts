import { debitWallet, refundWallet } from '@jangteo/contracts';
import type { Movement, Wallet, WalletChanges } from '@jangteo/wallet/domain';
import { Outcomes } from './outcomes.js';
import { once, type Replies } from './participant.js';
import type { Handler } from './pipeline.js';
import type { Product } from './product.js';
import { demand } from './violation.js';

/** The wallet service's tables, and its part in the saga over them. */
export class WalletDesk {
  readonly ledger: Movement[] = [];
  readonly outcomes: Outcomes;
  readonly handlers: Record<string, Handler>;
  readonly #wallets = new Map<string, Wallet>();
  #transactions = 0;
  readonly #newTransactionId = () => `transaction ${(this.#transactions += 1)}`;

  constructor(balances: ReadonlyMap<string, number>, product: Product, replies: Replies) {
    for (const [userId, balance] of balances) {
      this.#wallets.set(userId, { userId, balance, held: 0, movements: 0 });
    }
    this.outcomes = new Outcomes(product);
    const { outcomes } = this;
    const newTransactionId = this.#newTransactionId;
    const save = (changes: WalletChanges) => this.#save(changes);
    this.handlers = {
      ...once(
        debitWallet,
        { outcomes, replies },
        {
          load: (debits) => this.#walletsOf(debits),
          decide: (wallets, debits) => product.wallet.decideDebits(wallets, debits, newTransactionId),
          save,
        },
      ),
      ...once(
        refundWallet,
        { outcomes, replies },
        {
          load: (refunds) => ({
            wallets: this.#walletsOf(refunds),
            payments: this.rowsOf(...refunds.map(({ orderId }) => orderId))
              .filter(({ type }) => type === 'PAYMENT')
              .map(({ orderId = '', userId, amount }) => ({ orderId, userId, amount: -amount })),
          }),
          decide: (state, refunds) => product.wallet.decideRefunds(state, refunds, newTransactionId),
          save,
        },
      ),
    };
  }

  allWallets(): Wallet[] {
    return [...this.#wallets.values()];
  }

  rowsOf(...orderIds: readonly string[]): Movement[] {
    return this.ledger.filter(({ orderId = '' }) => orderIds.includes(orderId));
  }

  #walletsOf(batch: readonly { readonly userId: string }[]): Wallet[] {
    const userIds = new Set(batch.map(({ userId }) => userId));
    return this.allWallets().filter(({ userId }) => userIds.has(userId));
  }

  #save({ wallets, movements }: WalletChanges): void {
    for (const wallet of wallets) {
      demand(
        wallet.balance >= 0,
        'money',
        () => `the balance of ${wallet.userId} falls to ${wallet.balance}`,
      );
      this.#wallets.set(wallet.userId, wallet);
    }
    for (const row of movements) {
      const isFirst = this.ledger.every(({ orderId, type }) => orderId !== row.orderId || type !== row.type);
      demand(isFirst, 'money', () => `${row.orderId} has a second ${row.type}`);
      this.ledger.push(row);
    }
  }
}
