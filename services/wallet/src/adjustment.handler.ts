import { Inject, Injectable } from '@nestjs/common';
import type { adjustWallet, OutcomeOf, PayloadOf } from '@jangteo/contracts';
import { Database, decideOnce, type Statements } from '@jangteo/database';
import { newId, type BatchResult } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { decideAdjustments } from './domain/adjustment.js';
import type { WalletConfig } from './wallet.config.js';
import { createWallets, lockWallets, readNow, saveWalletChanges } from './wallet.queries.js';

type Adjusting = PayloadOf<typeof adjustWallet>;

/** Puts balances right as people ask for it. */
@Injectable()
export class AdjustmentHandler {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<WalletConfig, 'BALANCE_MAX'>,
  ) {}

  async adjust(requests: readonly Adjusting[]): Promise<BatchResult<OutcomeOf<typeof adjustWallet>>> {
    return await decideOnce(this.database, requests, {
      keyOf: ({ operation }: Adjusting) => operation,
      async load(tx: Statements, all: readonly Adjusting[]) {
        const userIds = all.map(({ userId }) => userId);
        const [, wallets, now] = await Promise.all([
          createWallets(tx, userIds),
          lockWallets(tx, userIds),
          readNow(tx),
        ]);
        return { wallets, now };
      },
      decide: ({ wallets, now }, fresh) =>
        decideAdjustments(wallets, fresh, { balanceMax: this.config.BALANCE_MAX, now, newId }),
      save: saveWalletChanges,
    });
  }
}
