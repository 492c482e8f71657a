import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HOUR_MS } from '@jangteo/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { STRIPE_TEST_KEY, StripeStandIn } from '@jangteo/testkit';
import type { Payment, PaymentResult } from '../src/payment.provider.js';
import { StripeProvider } from '../src/stripe.provider.js';

const DEADLINE_MS = 10_000;
/** For answers that never come. */
const SHORT_MS = 200;

let stripe: StripeStandIn;
let provider: StripeProvider;

beforeAll(async () => {
  Logger.overrideLogger(false);
  stripe = await StripeStandIn.start();
  provider = new StripeProvider({ secretKey: STRIPE_TEST_KEY, apiBase: stripe.url });
});
afterAll(() => stripe.stop());

function paymentWith(paymentMethod: string): Payment {
  return {
    chargeId: randomUUIDv7(),
    userId: randomUUIDv7(),
    amount: 5_000,
    currency: 'krw',
    paymentMethod,
    attempt: 1,
    ageMs: 0,
  };
}

function callsFor({ chargeId }: Payment) {
  return stripe.requests.filter(
    ({ idempotencyKey, params }) => idempotencyKey === chargeId || params.query?.includes(chargeId),
  );
}

/** Asks the first time, and once more as the sweeper does. */
async function askTwice(payment: Payment, deadlineMs = DEADLINE_MS): Promise<PaymentResult['kind'][]> {
  const first = await provider.pay(payment, deadlineMs);
  const second = await provider.pay({ ...payment, attempt: 2 }, DEADLINE_MS);
  return [first.kind, second.kind];
}

describe('the Stripe provider', () => {
  it('takes a payment under the key of its charge, at once and without anybody to ask back', async () => {
    const payment = paymentWith('pm_card_visa');
    expect(await provider.pay(payment, DEADLINE_MS)).toEqual({ kind: 'paid' });
    expect(callsFor(payment)).toEqual([
      {
        method: 'POST',
        path: '/v1/payment_intents',
        idempotencyKey: payment.chargeId,
        params: {
          amount: '5000',
          currency: 'krw',
          payment_method: 'pm_card_visa',
          confirm: 'true',
          'automatic_payment_methods[enabled]': 'true',
          'automatic_payment_methods[allow_redirects]': 'never',
          error_on_requires_action: 'true',
          'metadata[chargeId]': payment.chargeId,
          'metadata[userId]': payment.userId,
        },
      },
    ]);
    expect(stripe.takenFor(payment.chargeId)).toEqual([5_000]);
  });

  it.each([
    ['a declined card', 'pm_card_chargeDeclined', 'Your card was declined.'],
    ['a card that wants its holder', 'pm_card_authenticationRequired', 'This payment needs authentication.'],
    ['no such card', 'pm_nobodys', 'The payment service does not take this payment method or amount'],
  ])('calls %s declined, and says so again', async (_title, method, detail) => {
    const payment = paymentWith(method);
    expect(await provider.pay(payment, DEADLINE_MS)).toEqual({ kind: 'declined', detail });
    expect(await provider.pay({ ...payment, attempt: 2 }, DEADLINE_MS)).toEqual({ kind: 'declined', detail });
    expect(stripe.takenFor(payment.chargeId)).toEqual([]);
  });

  it.each([
    ['the answer does not come in time', 'pm_paid_unheard', ['unknown', 'paid']],
    ['the answer of a decline does not come in time', 'pm_declined_unheard', ['unknown', 'declined']],
    ['Stripe fails before it begins', 'pm_error_before', ['unknown', 'paid']],
    ['Stripe pays, fails, and repeats the failure under the key', 'pm_error_after', ['unknown', 'paid']],
    ['Stripe fails without paying', 'pm_error_for_ever', ['unknown', 'unknown']],
    ['Stripe takes no more requests now', 'pm_rate_limited', ['unknown', 'unknown']],
  ])(
    'does not know when %s, and takes at most one payment when asked again',
    async (_title, method, kinds) => {
      const payment = paymentWith(method);
      expect(await askTwice(payment, SHORT_MS)).toEqual(kinds);
      expect(stripe.takenFor(payment.chargeId)).toEqual(kinds[1] === 'paid' ? [5_000] : []);
      expect(
        new Set(callsFor(payment).map(({ idempotencyKey }) => idempotencyKey ?? payment.chargeId)),
      ).toEqual(new Set([payment.chargeId]));
    },
  );

  it.each(['pm_other_amount', 'pm_other_currency', 'pm_no_status', 'pm_nothing'])(
    'credits nothing for an answer that is not about the payment that was asked for: %s',
    async (method) => {
      expect((await provider.pay(paymentWith(method), DEADLINE_MS)).kind).toBe('unknown');
    },
  );

  it.each([
    ['sk_live_1', false, 'unknown'],
    ['rk_live_1', false, 'unknown'],
    ['sk_live_1', undefined, 'unknown'],
    ['sk_live_1', true, 'paid'],
    ['sk_test_1', true, 'unknown'],
    ['sk_test_1', false, 'paid'],
  ])('credits with the key %s and livemode %s: %s', async (secretKey, livemode, kind) => {
    const payment = paymentWith('pm_card_visa');
    const { amount, currency } = payment;
    const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount, currency, livemode };
    const server = createServer((_request, response) => response.end(JSON.stringify(intent)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { kind: paid } = await new StripeProvider({ secretKey, apiBase }).pay(payment, DEADLINE_MS);
    server.closeAllConnections();
    server.close();
    expect(paid).toBe(kind);
  });

  it('credits nothing for an answer that cannot be read, or leads elsewhere', async () => {
    const asked: string[] = [];
    let answer: (response: ServerResponse) => void = () => undefined;
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const strange = new StripeProvider({ secretKey: STRIPE_TEST_KEY, apiBase });
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.end('<html>'),
      (response) => response.writeHead(307, { location: `${apiBase}/elsewhere` }).end(),
      (response) => response.end('{"object":"payment_intent","status":"succeeded"'),
    ];
    for (answer of answers) {
      expect((await strange.pay(paymentWith('pm_card_visa'), DEADLINE_MS)).kind).toBe('unknown');
    }
    expect(new Set(asked)).toEqual(new Set(['/v1/payment_intents']));
    server.closeAllConnections();
    server.close();
  });

  it('takes one payment when the connection is reset after it was taken', async () => {
    const payment = paymentWith('pm_paid_reset');
    // The package asks once more by itself after a reset, under the same key.
    expect(['unknown', 'paid']).toContain((await provider.pay(payment, DEADLINE_MS)).kind);
    expect((await provider.pay({ ...payment, attempt: 2 }, DEADLINE_MS)).kind).toBe('paid');
    expect(stripe.takenFor(payment.chargeId)).toEqual([5_000]);
  });

  it.each(['succeeded', 'canceled', 'processing'])(
    'looks at what became of a payment in progress: %s',
    async (status) => {
      const payment = paymentWith('pm_processing');
      expect((await provider.pay(payment, DEADLINE_MS)).kind).toBe('unknown');
      stripe.become(payment.chargeId, status);
      const kinds: Record<string, string> = {
        succeeded: 'paid',
        canceled: 'declined',
        processing: 'unknown',
      };
      expect((await provider.pay({ ...payment, attempt: 2 }, DEADLINE_MS)).kind).toBe(kinds[status]);
    },
  );

  it('cancels a payment that waits for somebody before it calls it declined', async () => {
    const payment = paymentWith('pm_requires_capture');
    expect((await provider.pay(payment, DEADLINE_MS)).kind).toBe('declined');
    expect(stripe.requests.at(-1)?.path).toMatch(/\/cancel$/);
  });

  it('does not call a payment declined that was taken while it was being cancelled', async () => {
    const payment = paymentWith('pm_requires_capture');
    stripe.beforeCancel = () => stripe.become(payment.chargeId, 'succeeded');
    expect((await provider.pay(payment, DEADLINE_MS)).kind).toBe('unknown');
    expect((await provider.pay({ ...payment, attempt: 2 }, DEADLINE_MS)).kind).toBe('paid');
  });

  it('does not know when the key was used with other parameters, unless the payment is found', async () => {
    const payment = paymentWith('pm_card_visa');
    await provider.pay(payment, DEADLINE_MS);
    const changed = { ...payment, userId: randomUUIDv7(), attempt: 2 };
    expect((await provider.pay({ ...changed, attempt: 1 }, DEADLINE_MS)).kind).toBe('unknown');
    expect((await provider.pay(changed, DEADLINE_MS)).kind).toBe('paid');
  });

  it.each(['requires_payment_method', 'requires_confirmation', 'processing'])(
    'credits a payment that was taken though the search still shows it as %s',
    async (status) => {
      const payment = paymentWith('pm_error_after');
      await provider.pay(payment, DEADLINE_MS);
      stripe.searched = () => status;
      const { kind } = await provider.pay({ ...payment, attempt: 2 }, DEADLINE_MS);
      stripe.searched = (now) => now;
      expect(kind).toBe('paid');
    },
  );

  it('does not know when Stripe refuses our own key', async () => {
    const stranger = new StripeProvider({ secretKey: 'sk_test_wrong', apiBase: stripe.url });
    expect(await stranger.pay(paymentWith('pm_card_visa'), DEADLINE_MS)).toMatchObject({ kind: 'unknown' });
  });

  it('does not know when nobody answers at its address', async () => {
    const nowhere = new StripeProvider({ secretKey: STRIPE_TEST_KEY, apiBase: 'http://127.0.0.1:9' });
    expect(await nowhere.pay(paymentWith('pm_card_visa'), DEADLINE_MS)).toMatchObject({ kind: 'unknown' });
  });

  describe('once Stripe may have forgotten the key', () => {
    const old = (payment: Payment, hours: number): Payment => ({
      ...payment,
      attempt: 9,
      ageMs: hours * HOUR_MS,
    });

    it('finds the payment that was taken, and takes no second one', async () => {
      const payment = paymentWith('pm_paid_unheard');
      await provider.pay(payment, SHORT_MS);
      stripe.forgetKeys();
      expect((await provider.pay(old(payment, 24), DEADLINE_MS)).kind).toBe('paid');
      expect(stripe.takenFor(payment.chargeId)).toEqual([5_000]);
    });

    it.each([
      [23.5, 'unknown'],
      [26, 'declined'],
    ])('takes none that cannot be found after %p hours: %s', async (hours, kind) => {
      const payment = paymentWith('pm_card_visa');
      expect((await provider.pay(old(payment, hours), DEADLINE_MS)).kind).toBe(kind);
      expect(stripe.takenFor(payment.chargeId)).toEqual([]);
      expect(callsFor(payment).map(({ method }) => method)).toEqual(['GET']);
    });
  });
});
