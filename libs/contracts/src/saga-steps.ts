import { releaseStock, reserveStock } from './catalog.js';
import { releaseCoupon, useCoupon } from './coupon.js';
import { readCode, type RefusalCode } from './refusals.js';
import { debitWallet, refundWallet } from './wallet.js';

/**
 * The steps of an order's saga in their order, each beside its undo, with the state in which its answer is awaited, and
 * the names of both commands in histories. How one is added is told in docs/how-to/add-a-saga-step.md.
 */
export const SAGA_STEPS = [
  {
    state: 'RESERVING_STOCK',
    action: reserveStock,
    undo: releaseStock,
    names: ['ReserveStock', 'ReleaseStock'],
  },
  { state: 'USING_COUPON', action: useCoupon, undo: releaseCoupon, names: ['UseCoupon', 'ReleaseCoupon'] },
  {
    state: 'DEBITING_WALLET',
    action: debitWallet,
    undo: refundWallet,
    names: ['DebitWallet', 'RefundWallet'],
  },
] as const;

/** The name of a step's action. */
export type ActionName = (typeof SAGA_STEPS)[number]['names'][0];

/** With these an order fails, besides with what its steps refuse. */
export const ORDER_FAILURES = ['PRICE_CHANGED', 'ORDER_TIMED_OUT'] as const satisfies RefusalCode[];

/** The code of an order's failure: one that a step refuses with, or one of {@link ORDER_FAILURES}. */
export const failureCode = readCode.meta({
  enum: [...new Set([...SAGA_STEPS.flatMap(({ action }) => action.refusals), ...ORDER_FAILURES])],
});
