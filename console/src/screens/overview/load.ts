import type { ShopNow } from '@jangteo/client';
import { rateOf, type Outcome, type ServiceName, type ServiceNow } from './figures.js';

/** The services that orders go through, in that order. */
export const SERVICES = ['gateway', 'order', 'catalog', 'coupon', 'wallet', 'ranking'] as const;

/** Whether the money of an order that fails so may have been asked for. */
const REACHES_WALLET: Readonly<Record<NonNullable<Outcome['failureCode']>, boolean>> = {
  PRODUCT_NOT_FOUND: false,
  OPTION_NOT_FOUND: false,
  OPTION_REQUIRED: false,
  PRODUCT_NOT_SELLABLE: false,
  OUT_OF_STOCK: false,
  VALIDATION_FAILED: false,
  COUPON_NOT_USABLE: false,
  PRICE_CHANGED: false,
  INSUFFICIENT_BALANCE: true,
  ORDER_TIMED_OUT: true,
};

const reachesWallet = ({ failureCode }: Outcome): boolean =>
  // What a later release refuses with is unknown to a page that stays open.
  failureCode === undefined || (REACHES_WALLET[failureCode] ?? true);

/** Orders that a service works on a second; undefined where what is told does not say: who uses a coupon. */
export function ordersThrough(shop: ShopNow, service: ServiceName): number | undefined {
  if (service === 'coupon') return undefined;
  if (service === 'wallet') return rateOf(shop, reachesWallet);
  if (service === 'ranking')
    return rateOf(shop, ({ orderStatus }) => orderStatus === 'SUCCESS' || orderStatus === 'CANCELLED');
  return rateOf(shop);
}

/** Three steps: less than one a second, less than ten, and more. */
export const STEPS = [1, 10] as const;

export const stepOf = (rate = 0): 1 | 2 | 3 => (rate < STEPS[0] ? 1 : rate < STEPS[1] ? 2 : 3);

/** How many messages wait for a service; undefined where nobody has told. */
export function waitingFor({ queues }: Pick<ServiceNow, 'queues'>): number | undefined {
  return queues?.reduce((sum, { messages }) => sum + messages, 0);
}
