export { decideHolds, type Charge, type ChargeRequest, type ChargeTerms } from './charge.js';
export { decideDebits, decideRefunds } from './payment.js';
export { decideRepeats } from './repeats.js';
export { decideSettlements, type Verdict } from './settlement.js';
export type { Movement, Wallet, WalletChanges } from './wallet-book.js';
