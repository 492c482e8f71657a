import type { ShopNow } from '@jangteo/client';
import { rateOf, type ServiceName, type ServiceNow } from './figures.js';

/** The services that orders go through, in that order. */
export const SERVICES = ['gateway', 'order', 'catalog', 'coupon', 'wallet', 'ranking'] as const;

/** Refused before their money was asked for. */
const BEFORE_WALLET: ReadonlySet<string | undefined> = new Set([
  'PRODUCT_NOT_FOUND',
  'OPTION_NOT_FOUND',
  'OPTION_REQUIRED',
  'PRODUCT_NOT_SELLABLE',
  'OUT_OF_STOCK',
  'VALIDATION_FAILED',
  'COUPON_NOT_USABLE',
  'PRICE_CHANGED',
]);

/** Orders that a service works on a second; undefined where what is told does not say: who uses a coupon. */
export function ordersThrough(shop: ShopNow, service: ServiceName): number | undefined {
  if (service === 'coupon') return undefined;
  if (service === 'wallet') return rateOf(shop, ({ failureCode }) => !BEFORE_WALLET.has(failureCode));
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
