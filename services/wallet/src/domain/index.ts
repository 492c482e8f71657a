export { decideDebits, decideRefunds } from './payment.js';
export type { Movement, Wallet, WalletChanges } from './wallet-book.js';
