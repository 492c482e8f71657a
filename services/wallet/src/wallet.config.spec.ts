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
