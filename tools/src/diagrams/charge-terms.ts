import type { ChargeTerms } from '@jangteo/wallet/domain';

/** Small bounds, by which a charge can pass each of them. */
export const TERMS: ChargeTerms = {
  balanceMax: 1_000_000,
  chargeMax: 500_000,
  currency: 'krw',
  pendingMax: 20,
  provider: 'sandbox',
  defaultPaymentMethod: 'tok_ok',
};
