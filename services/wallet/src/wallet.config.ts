import { CHARGE_MAX_USUAL, unfit, wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';
import { commonEnv, currency, outcomeEnv, readConfig } from '@jangteo/service';

/**
 * No limit may come near the largest exact number (2^53 − 1): a refund may pass BALANCE_MAX, and it is never
 * refused.
 */
const LIMIT_MAX = 1_000_000_000_000_000;

export const walletEnv = {
  ...commonEnv,
  ...outcomeEnv,
  BALANCE_MAX: wholeNumber(1, LIMIT_MAX, 1_000_000_000_000).describe(
    'the largest balance that a charge may lead to, in minor units',
  ),
  CHARGE_MAX: wholeNumber(1, LIMIT_MAX, CHARGE_MAX_USUAL).describe('the largest charge, in minor units'),
  CURRENCY: currency,
  PAYMENT_PROVIDER: z
    .enum(['sandbox', 'stripe'])
    .default('sandbox')
    .describe(
      'who takes the payments of charges: `sandbox` (nobody pays) or `stripe`, which is refused with a `CURRENCY` that ' +
        'Stripe counts in another unit than ISO 4217: `isk`, `ugx`, `mga`, `bhd`, `jod`, `kwd`, `omr`, `tnd`',
    ),
  PAYMENT_DEADLINE_MS: wholeNumber(100, 60_000, 10_000).describe(
    'how long the provider may take to answer before the outcome is called unknown',
  ),
  PAYMENT_CONCURRENCY_MAX: wholeNumber(1, 1_000, 32).describe(
    'payments that a replica has out at the provider at a time',
  ),
  PAYMENT_RETRY_MS: wholeNumber(10, 3_600_000, 2_000).describe(
    'pause before the provider is asked again about a payment whose outcome is unknown; it doubles up ' +
      'to the next',
  ),
  PAYMENT_RETRY_MS_MAX: wholeNumber(10, 3_600_000, 600_000).describe('the longest such pause'),
  CHARGES_PENDING_PER_USER_MAX: wholeNumber(1, 1_000, 20).describe(
    'charges of one user whose outcome is not known yet; the next is answered 429 `RATE_LIMITED` with `Retry-After`',
  ),
  CHARGE_WAITERS_MAX: wholeNumber(1, 1_000, 50).describe(
    'who can wait for one charge at a time; the next is told to come again (409 ' +
      '`IDEMPOTENCY_KEY_IN_USE`)',
  ),
  SWEEP_INTERVAL_MS: wholeNumber(10, 3_600_000, 1_000).describe(
    'pause between two looks at charges whose payment is not settled',
  ),
  STRIPE_SECRET_KEY: z.string().min(1).optional().describe('needed with `PAYMENT_PROVIDER=stripe`'),
  ALLOW_SANDBOX: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'with `NODE_ENV=production` the sandbox, and a test key of Stripe, are taken only where this is ' +
        '`true`: nobody pays there. `npm run env` writes it into `.env` while no provider is chosen',
    ),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/ })
    .default('https://api.stripe.com')
    .describe('where the key is used; in production `https` only'),
};

export type WalletConfig = z.infer<z.ZodObject<typeof walletEnv>>;

/** Keys with which Stripe takes no money. */
const isTestKey = (key: string): boolean => /^[a-z]+_test_/.test(key);

/** Finds the setting by which wallets would be charged while nobody pays. */
function unpaid({
  NODE_ENV,
  ALLOW_SANDBOX,
  PAYMENT_PROVIDER,
  STRIPE_SECRET_KEY = '',
}: WalletConfig): string | undefined {
  if (NODE_ENV !== 'production' || ALLOW_SANDBOX === 'true') return undefined;
  if (PAYMENT_PROVIDER === 'sandbox') return 'PAYMENT_PROVIDER: is sandbox, in which nobody pays';
  return isTestKey(STRIPE_SECRET_KEY)
    ? 'STRIPE_SECRET_KEY: is a test key, with which nobody pays'
    : undefined;
}

/**
 * Amounts are in the smallest unit that ISO 4217 gives to a currency. By currency, in what else Stripe takes them:
 * https://docs.stripe.com/currencies, where what is not listed is as in ISO 4217.
 */
const STRIPE_UNITS: Readonly<Record<string, string>> = Object.fromEntries([
  ...['isk', 'ugx'].map((code) => [code, 'in hundredths, and ISO 4217 has none']),
  ['mga', 'in whole ones, and ISO 4217 has hundredths'],
  ...['bhd', 'jod', 'kwd', 'omr', 'tnd'].map((code) => [
    code,
    'in hundredths alone, and ISO 4217 has thousandths',
  ]),
]);

/** @throws ConfigurationError naming what is missing or wrong */
export function readWalletConfig(environment: NodeJS.ProcessEnv = process.env): WalletConfig {
  const config = readConfig(walletEnv, environment);
  if (config.PAYMENT_PROVIDER === 'stripe' && config.STRIPE_SECRET_KEY === undefined) {
    throw unfit('STRIPE_SECRET_KEY', 'is needed with PAYMENT_PROVIDER=stripe');
  }
  const stripeUnit = STRIPE_UNITS[config.CURRENCY];
  if (config.PAYMENT_PROVIDER === 'stripe' && stripeUnit !== undefined) {
    const problem = `Stripe takes ${config.CURRENCY} ${stripeUnit}: no wallet can be charged with it`;
    throw unfit('CURRENCY', problem);
  }
  if (config.NODE_ENV === 'production' && config.STRIPE_API_BASE.startsWith('http:')) {
    throw unfit('STRIPE_API_BASE', 'must be https in production, since the key is sent there');
  }
  const unpaying = unpaid(config);
  if (unpaying !== undefined) throw unfit(unpaying, 'production takes it with ALLOW_SANDBOX=true alone');
  return config;
}
