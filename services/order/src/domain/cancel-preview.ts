import { done, refuse, type OutcomeOf, type previewCancel } from '@jangteo/contracts';
import type { Moment, Order } from './order.js';
import { cancelRefusalOf } from './transitions.js';
import { viewOf } from './view.js';

/** Tells what a cancellation would give back; nothing more of an order that was cancelled before, or is being. */
export function cancelPreviewOf(
  order: Order & { readonly history: readonly { readonly step: string | null }[] },
  moment: Moment,
): OutcomeOf<typeof previewCancel> {
  if (order.history.some(({ step }) => step === 'Cancel')) {
    return done({ order: viewOf(order), givesBack: { amount: 0, items: [] } });
  }
  if (order.status !== 'SUCCESS') return refuse('ORDER_NOT_CANCELLABLE', `the order is ${order.status}`);
  const refusal = cancelRefusalOf(order, moment);
  if (refusal !== undefined) return refusal;
  const { total, userCouponId, items } = order;
  const coupon = userCouponId === null ? {} : { userCouponId };
  return done({ order: viewOf(order), givesBack: { amount: total ?? 0, ...coupon, items: [...items] } });
}
