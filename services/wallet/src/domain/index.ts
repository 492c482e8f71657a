export { debiting, refunding } from './steps.js';
export type { Movement, Wallet, WalletChanges } from './wallet-book.js';
