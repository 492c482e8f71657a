import type { CallOptions, Jangteo } from '@jangteo/client';

/** One call of the shop, which may be made again with the same options. */
export type Ask = (shop: Jangteo, options: CallOptions) => Promise<unknown>;

/** Operations of customers and of the admin. */
export type Kind = 'order' | 'cancel' | 'charge' | 'issue' | 'restock' | 'campaign';

/** The outcome of one call, as its caller knows it. */
export type Knowledge =
  /** It was answered: done, or refused. */
  | 'ok'
  /** It was certainly not done: sent away, or never sent. */
  | 'fail'
  /** It may have been done or not. */
  | 'unknown';

/** Parts of an answer that are compared with the books and with later answers. */
export interface Told {
  readonly status: number;
  readonly code?: string;
  readonly orderId?: string;
  readonly orderStatus?: string;
  readonly totalPrice?: number;
  readonly chargeId?: string;
  readonly userCouponId?: string;
  readonly sequence?: number;
  readonly couponId?: string;
}

/** One thing that somebody wants done once, however often they have to ask. */
export interface Operation {
  readonly kind: Kind;
  readonly userId: string;
  readonly token: string;
  readonly key: string;
  readonly ask: Ask;
  /** Charges and restocking: how much. Issues: of which campaign. */
  readonly amount?: number;
  readonly couponId?: string;
  /** Charges: the sandbox takes no payment, whether that is known at once or later. */
  readonly isDeclined?: boolean;
  unknowns: number;
  /** The order that any answer has named, known or not. */
  orderId?: string;
  /** The first answer from which the outcome is known. */
  told?: Told;
  /** Given up after nothing but certain failures: it must have had no effect. */
  isAbandoned?: boolean;
}

/** Answers that each kind may get; any other one is a violation. */
export const ANSWERS: Readonly<Record<Kind, readonly string[]>> = {
  order: ['201', '202', 'OUT_OF_STOCK', 'COUPON_NOT_USABLE', 'INSUFFICIENT_BALANCE', 'ORDER_TIMED_OUT'],
  cancel: ['200', 'ORDER_NOT_CANCELLABLE'],
  charge: ['200', '202', 'PAYMENT_DECLINED'],
  issue: ['201', 'COUPON_SOLD_OUT', 'COUPON_ALREADY_ISSUED'],
  restock: ['200'],
  campaign: ['201'],
};

/** The name under which an answer is counted: its code, else its status. */
export function nameOf({ status, code }: Told): string {
  return code ?? String(status);
}
