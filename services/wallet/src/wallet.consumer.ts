import { Controller } from '@nestjs/common';
import {
  chargeWallet,
  debitWallet,
  lookAtBalances,
  readBalance,
  readCharge,
  readHistory,
  refundWallet,
} from '@jangteo/contracts';
import { Handle, type Batch } from '@jangteo/messaging';
import { ChargeHandler } from './charge.handler.js';
import { WalletHandler } from './wallet.handler.js';

/** What the wallet answers. */
@Controller()
export class WalletConsumer {
  constructor(
    private readonly wallets: WalletHandler,
    private readonly charges: ChargeHandler,
  ) {}

  @Handle(chargeWallet)
  charge(batch: Batch<typeof chargeWallet>) {
    return this.charges.charge(batch);
  }

  @Handle(readCharge)
  readCharge(batch: Batch<typeof readCharge>) {
    return this.charges.read(batch);
  }

  @Handle(debitWallet)
  debit(batch: Batch<typeof debitWallet>) {
    return this.wallets.debit(batch);
  }

  @Handle(refundWallet)
  refund(batch: Batch<typeof refundWallet>) {
    return this.wallets.refund(batch);
  }

  @Handle(readBalance)
  balance(batch: Batch<typeof readBalance>) {
    return this.wallets.balance(batch);
  }

  @Handle(lookAtBalances)
  look(batch: Batch<typeof lookAtBalances>) {
    return this.wallets.look(batch);
  }

  @Handle(readHistory)
  history(batch: Batch<typeof readHistory>) {
    return this.wallets.history(batch);
  }
}
