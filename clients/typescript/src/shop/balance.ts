import type { Balance as CurrentBalance, Charge, Charging, Id, WalletTransaction } from '../api.js';
import type { List } from '../pages.js';
import type { AnswerOf, CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

export class Balance extends Namespace {
  /** Takes a payment; `PENDING` where its outcome is not known yet: see {@link Balance.charges}. */
  charge(charging: Charging, options?: CallOptions): Promise<AnswerOf<'chargeBalance'>> {
    return this.call('chargeBalance', { body: charging }, options);
  }

  read(query: QueryOf<'readBalance'> = {}, options?: CallOptions): Promise<CurrentBalance> {
    return this.call('readBalance', { query }, options);
  }

  readCharge(chargeId: Id, options?: CallOptions): Promise<Charge> {
    return this.call('readCharge', { path: { chargeId } }, options);
  }

  charges(query: QueryOf<'listCharges'> = {}, options?: CallOptions): List<Charge> {
    return this.pagesOf('listCharges', { query }, options);
  }

  history(query: QueryOf<'listTransactions'> = {}, options?: CallOptions): List<WalletTransaction> {
    return this.pagesOf('listTransactions', { query }, options);
  }
}
