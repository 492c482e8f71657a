import { HOUR_MS } from '@jangteo/contracts';
import { Logger } from '@nestjs/common';
import Stripe from 'stripe';
import type { Payment, PaymentProvider, PaymentResult } from './payment.provider.js';
import type { WalletConfig } from './wallet.config.js';

/** Stripe remembers an idempotency key for at least 24 hours; used later it would take a second payment. */
const KEY_LIFE_MS = 23 * HOUR_MS;
/** A payment can be searched for within an hour of being made, whatever happens at Stripe. */
const SEARCHABLE_MS = KEY_LIFE_MS + 2 * HOUR_MS;

const REFUSED = 'The payment service does not take this payment method or amount';

export interface StripeAccess {
  readonly secretKey: string;
  readonly apiBase: string;
}

function clientOf({ secretKey, apiBase }: StripeAccess): Stripe {
  const { protocol, hostname, port } = new URL(apiBase);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return new Stripe(secretKey, {
    protocol: scheme,
    host: hostname,
    port: port === '' ? (scheme === 'http' ? 80 : 443) : port,
    // When to ask again is ours to decide.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** Reads from an error what became of the payment that was asked for. */
function resultOfError(error: unknown): PaymentResult {
  if (error instanceof Stripe.errors.StripeCardError) return { kind: 'declined', detail: error.message };
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return { kind: 'declined', detail: REFUSED };
  return { kind: 'unknown', detail: String(error) };
}

/** Takes payments with Stripe's Payment Intents. */
export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  readonly #logger = new Logger(StripeProvider.name);
  readonly #stripe: Stripe;
  readonly #isLive: boolean;

  constructor(access: StripeAccess) {
    this.#stripe = clientOf(access);
    this.#isLive = /^[a-z]+_live_/.test(access.secretKey);
  }

  async pay(payment: Payment, deadlineMs: number): Promise<PaymentResult> {
    const { ageMs } = payment;
    try {
      if (ageMs < KEY_LIFE_MS) return await this.#ask(payment, deadlineMs);
      const found = await this.#find(payment, deadlineMs);
      if (found !== undefined || ageMs < SEARCHABLE_MS)
        return found ?? { kind: 'unknown', detail: 'not found yet' };
      return { kind: 'declined', detail: 'The payment service was never reached' };
    } catch (error) {
      return { kind: 'unknown', detail: String(error) };
    }
  }

  async #ask(payment: Payment, deadlineMs: number): Promise<PaymentResult> {
    const isRepeat = payment.attempt > 1;
    let intent: Stripe.PaymentIntent;
    try {
      intent = await this.#create(payment, deadlineMs);
    } catch (error) {
      const result = resultOfError(error);
      if (result.detail === REFUSED) this.#logger.warn(`charge ${payment.chargeId}: ${String(error)}`);
      if (!isRepeat || error instanceof Stripe.errors.StripeCardError) return result;
      // Errors are repeated under a used key too, even where the payment was made.
      return (await this.#find(payment, deadlineMs)) ?? result;
    }
    if (isRepeat && intent.status !== 'succeeded') {
      // The answer under a used key is that of the first time, whatever became of the payment since.
      intent = await this.#stripe.paymentIntents.retrieve(intent.id, {}, { timeout: deadlineMs });
    }
    return await this.#resultOf(payment, intent, deadlineMs);
  }

  async #create(
    { chargeId, userId, amount, currency, paymentMethod }: Payment,
    timeout: number,
  ): Promise<Stripe.PaymentIntent> {
    return await this.#stripe.paymentIntents.create(
      {
        amount,
        currency,
        payment_method: paymentMethod,
        confirm: true,
        // Nobody is there who could be sent to a bank's page, so a payment that needs it is declined at once.
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        error_on_requires_action: true,
        metadata: { chargeId, userId },
      },
      { idempotencyKey: chargeId, timeout },
    );
  }

  /** Finds what became of the payment, if Stripe has it. */
  async #find(payment: Payment, timeout: number): Promise<PaymentResult | undefined> {
    const query = `metadata['chargeId']:'${payment.chargeId}'`;
    const { data } = await this.#stripe.paymentIntents.search({ query, limit: 1 }, { timeout });
    const [found] = data;
    if (found === undefined) return undefined;
    // The search may show a payment as it was a while ago: what has become of it, only the payment tells.
    const intent = await this.#stripe.paymentIntents.retrieve(found.id, {}, { timeout });
    return await this.#resultOf(payment, intent, timeout);
  }

  async #resultOf(payment: Payment, intent: Stripe.PaymentIntent, timeout: number): Promise<PaymentResult> {
    switch (intent.status) {
      case 'succeeded':
        return this.#paid(payment, intent);
      case 'canceled':
      case 'requires_payment_method':
        return { kind: 'declined', detail: intent.last_payment_error?.message };
      case 'requires_action':
      case 'requires_confirmation':
      case 'requires_capture':
        // It waits for somebody who will never come, and must not be paid once the charge has ended.
        await this.#stripe.paymentIntents.cancel(intent.id, {}, { timeout });
        return { kind: 'declined', detail: 'The payment needs a confirmation that cannot be given here' };
      case 'processing':
      default:
        return { kind: 'unknown', detail: `the payment is ${intent.status}` };
    }
  }

  /** Nothing is credited that is not what was asked for, whatever the answer calls it. */
  #paid({ chargeId, amount, currency }: Payment, intent: Stripe.PaymentIntent): PaymentResult {
    if (intent.livemode !== this.#isLive && (this.#isLive || intent.livemode)) {
      const detail = `the payment is ${this.#isLive ? 'a test' : 'live'}, and the key is not`;
      this.#logger.error(`charge ${chargeId}: ${detail}`);
      return { kind: 'unknown', detail };
    }
    if (intent.amount === amount && intent.currency === currency) return { kind: 'paid' };
    const detail = `the payment is of ${intent.amount} ${intent.currency} instead of ${amount} ${currency}`;
    this.#logger.error(`charge ${chargeId}: ${detail}`);
    return { kind: 'unknown', detail };
  }
}

/** The provider as the wallet is configured for it. */
export function stripeProviderOf(
  config: Pick<WalletConfig, 'STRIPE_SECRET_KEY' | 'STRIPE_API_BASE'>,
): StripeProvider {
  return new StripeProvider({ secretKey: config.STRIPE_SECRET_KEY ?? '', apiBase: config.STRIPE_API_BASE });
}
