import type { Payment, PaymentProvider, PaymentResult } from './payment.provider.js';

/** A provider in which nobody pays: what becomes of a payment is the payment method's choice. */
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox';
  readonly defaultPaymentMethod = 'tok_ok';

  async pay({ paymentMethod, attempt }: Payment): Promise<PaymentResult> {
    switch (paymentMethod) {
      case 'tok_ok':
        return { kind: 'paid' };
      case 'tok_declined':
        return { kind: 'declined', detail: 'The sandbox declines tok_declined' };
      case 'tok_unknown':
        return attempt === 1 ? { kind: 'unknown', detail: 'no answer at first' } : { kind: 'paid' };
      default:
        return { kind: 'declined', detail: 'The sandbox takes tok_ok, tok_declined and tok_unknown' };
    }
  }
}
