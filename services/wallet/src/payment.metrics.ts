import { Counter, Gauge, Histogram } from 'prom-client';
import type { PendingCharges } from './charge.queries.js';

/** Charges that came to their end. */
export const chargesSettled = new Counter({
  name: 'wallet_charges_settled_total',
  help: 'Charges whose payment was taken (SUCCEEDED) or certainly not taken (DECLINED)',
  labelNames: ['status'] as const,
});

export const paymentSeconds = new Histogram({
  name: 'wallet_payment_seconds',
  help: 'Time the payment provider took to answer, by what it answered',
  labelNames: ['provider', 'result'] as const,
  buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
});

const pending = new Gauge({
  name: 'wallet_charges_pending',
  help: 'Charges whose payment is not settled: the first 10,000 of a provider at most',
  labelNames: ['provider'] as const,
});

const oldestAgeSeconds = new Gauge({
  name: 'wallet_charge_oldest_pending_age_seconds',
  help: 'Age of the oldest charge that wallet_charges_pending counts; to alert on',
  labelNames: ['provider'] as const,
});

/** Shows what is pending now; a provider at which nothing is pending shows 0 if it is the one in use. */
export function showPending(rows: readonly PendingCharges[], inUse: string): void {
  pending.reset();
  oldestAgeSeconds.reset();
  for (const row of [{ provider: inUse, charges: 0, oldestAgeSeconds: 0 }, ...rows]) {
    pending.set({ provider: row.provider }, row.charges);
    oldestAgeSeconds.set({ provider: row.provider }, row.oldestAgeSeconds);
  }
}
