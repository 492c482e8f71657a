import type { Money } from '@jangteo/contracts';

/** A payment that a provider is to take, or to tell about once it has been asked for it. */
export interface Payment {
  /**
   * The charge's id and the key of the payment: however often the provider is asked, even by several
   * processes at once, it takes one payment. It was stored before the provider is asked for the first time.
   */
  readonly chargeId: string;
  readonly userId: string;
  /** In the currency's smallest unit. */
  readonly amount: Money;
  /** ISO 4217, in lower case. */
  readonly currency: string;
  readonly paymentMethod: string;
  /** The how manieth time this is, 1 first; from 2 on the payment may have been taken already. */
  readonly attempt: number;
  /** Time since the charge was stored, by the database's clock: replicas' own may differ. */
  readonly ageMs: number;
}

/**
 * `paid`: taken, for good. `declined`: not taken, and never will be. `unknown`: it may have been taken, may be
 * being taken, or could not be asked for; the same question later tells.
 */
export interface PaymentResult {
  readonly kind: 'paid' | 'declined' | 'unknown';
  /** For a decline what the payer may read, else what people who look after the shop may. */
  readonly detail?: string | undefined;
}

/** A payment service. Asked outside of any transaction. */
export interface PaymentProvider {
  /** As it is stored with the charges whose payments are with it. */
  readonly name: string;
  /** The method for a charge that names none; without it, charges have to name one. */
  readonly defaultPaymentMethod?: string;

  /**
   * Takes a payment, or tells what became of it where it was asked for before.
   *
   * @param deadlineMs how long the answer may take; later, it is `unknown`
   */
  pay(payment: Payment, deadlineMs: number): Promise<PaymentResult>;
}

/** Injection token of the {@link PaymentProvider} in use. */
export const PAYMENT_PROVIDER = Symbol('payment provider');
