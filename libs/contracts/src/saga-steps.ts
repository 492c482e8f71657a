import { releaseStock, reserveStock } from './catalog.js';
import { releaseCoupon, useCoupon } from './coupon.js';
import { debitWallet, refundWallet } from './wallet.js';

/**
 * The steps of an order's saga in their order, each beside its undo, with the state in which its answer is awaited.
 * How one is added is told in docs/how-to/add-a-saga-step.md.
 */
export const SAGA_STEPS = [
  { state: 'RESERVING_STOCK', action: reserveStock, undo: releaseStock },
  { state: 'USING_COUPON', action: useCoupon, undo: releaseCoupon },
  { state: 'DEBITING_WALLET', action: debitWallet, undo: refundWallet },
] as const;
