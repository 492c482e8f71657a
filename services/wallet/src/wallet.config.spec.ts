import { describe, expect, it } from '@jest/globals';
import { readWalletConfig } from './wallet.config.js';

const needed = {
  DATABASE_URL: 'postgres://wallet@localhost/wallet',
  AMQP_URL: 'amqp://localhost',
  HTTP_PORT: '3001',
};

describe("the wallet's configuration", () => {
  it('takes payments in the sandbox, in won, unless told', () => {
    expect(readWalletConfig(needed)).toMatchObject({ PAYMENT_PROVIDER: 'sandbox', CURRENCY: 'krw' });
  });

  it('asks for the key of the provider by name, and never shows one', () => {
    const stripe = { ...needed, PAYMENT_PROVIDER: 'stripe' };
    expect(() => readWalletConfig(stripe)).toThrow(/STRIPE_SECRET_KEY: is needed/);
    expect(() => readWalletConfig({ ...stripe, STRIPE_SECRET_KEY: '' })).toThrow(/STRIPE_SECRET_KEY/);
    const config = readWalletConfig({ ...stripe, STRIPE_SECRET_KEY: 'sk_test_1' });
    expect(config.STRIPE_API_BASE).toBe('https://api.stripe.com');
    const wrong = { ...stripe, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_BASE: 'ftp://x' };
    expect(() => readWalletConfig(wrong)).toThrow(/^(?!.*sk_test_1).*STRIPE_API_BASE/);
  });

  it.each(['isk', 'ugx', 'mga', 'bhd', 'jod', 'kwd', 'omr', 'tnd'])(
    'takes no payments with Stripe in %s, which Stripe counts in another unit',
    (CURRENCY) => {
      const stripe = { ...needed, CURRENCY, PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_1' };
      expect(() => readWalletConfig(stripe)).toThrow(new RegExp(`CURRENCY: Stripe takes ${CURRENCY} in `));
      expect(readWalletConfig({ ...stripe, PAYMENT_PROVIDER: 'sandbox' })).toMatchObject({ CURRENCY });
      expect(readWalletConfig({ ...stripe, CURRENCY: 'jpy' })).toMatchObject({ CURRENCY: 'jpy' });
    },
  );

  it('sends the key in production to nobody who could be listened to', () => {
    const production = {
      ...needed,
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://wallet:vK3n0Qz7@localhost/wallet',
      AMQP_URL: 'amqp://wallet:Yx81hhPq@localhost',
      PAYMENT_PROVIDER: 'stripe',
      STRIPE_SECRET_KEY: 'sk_live_1',
    };
    expect(readWalletConfig(production)).toMatchObject({ PAYMENT_PROVIDER: 'stripe' });
    const open = { ...production, STRIPE_API_BASE: 'http://api.example.com' };
    expect(() => readWalletConfig(open)).toThrow(/STRIPE_API_BASE/);
    expect(readWalletConfig({ ...open, NODE_ENV: 'development' })).toMatchObject({ NODE_ENV: 'development' });
  });

  it('is not taken in production where nobody pays, unless somebody says so', () => {
    const production = {
      ...needed,
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://wallet:vK3n0Qz7@localhost/wallet',
      AMQP_URL: 'amqp://wallet:Yx81hhPq@localhost',
    };
    const stripe = { ...production, PAYMENT_PROVIDER: 'stripe' };
    const unpaid = [
      [production, 'PAYMENT_PROVIDER'],
      [{ ...production, PAYMENT_PROVIDER: 'sandbox' }, 'PAYMENT_PROVIDER'],
      [{ ...stripe, STRIPE_SECRET_KEY: 'sk_test_51abc' }, 'STRIPE_SECRET_KEY'],
      [{ ...stripe, STRIPE_SECRET_KEY: 'rk_test_51abc' }, 'STRIPE_SECRET_KEY'],
    ] as const;
    for (const [environment, name] of unpaid) {
      for (const ALLOW_SANDBOX of [undefined, '', 'false']) {
        const reading = () =>
          readWalletConfig({ ...environment, ...(ALLOW_SANDBOX !== undefined && { ALLOW_SANDBOX }) });
        expect(reading).toThrow(name);
        expect(reading).toThrow('ALLOW_SANDBOX=true');
        expect(reading).not.toThrow('51abc');
      }
      expect(() => readWalletConfig({ ...environment, ALLOW_SANDBOX: 'true' })).not.toThrow();
      expect(() => readWalletConfig({ ...environment, NODE_ENV: 'development' })).not.toThrow();
      expect(() => readWalletConfig({ ...environment, ALLOW_SANDBOX: 'yes' })).toThrow('ALLOW_SANDBOX');
    }
    for (const STRIPE_SECRET_KEY of ['sk_live_1', 'rk_live_1']) {
      expect(() => readWalletConfig({ ...stripe, STRIPE_SECRET_KEY })).not.toThrow();
    }
  });

  it.each([
    ['PAYMENT_PROVIDER', 'cash'],
    ['CURRENCY', 'KRW'],
    ['PAYMENT_CONCURRENCY_MAX', '0'],
    ['PAYMENT_DEADLINE_MS', '1'],
    ['PAYMENT_RETRY_MS', 'soon'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => readWalletConfig({ ...needed, [name]: value })).toThrow(name);
  });
});
