import { CHARGE_MAX_USUAL } from '@jangteo/contracts';
import { z } from 'zod';
import { commonEnv, ConfigurationError, outcomeEnv, readConfig } from '@jangteo/service';

/**
 * No limit may come near the largest exact number (2^53 − 1): a refund may pass BALANCE_MAX, and it is never
 * refused.
 */
const LIMIT_MAX = 1_000_000_000_000_000;

const limit = z.coerce.number().int().min(1).max(LIMIT_MAX);

const milliseconds = (least: number, most: number, fallback: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback);

/** What the wallet reads from the environment. */
const walletEnv = {
  ...commonEnv,
  ...outcomeEnv,
  /** The largest balance that a charge may lead to, in minor units. */
  BALANCE_MAX: limit.default(1_000_000_000_000),
  /** The largest amount of one charge, in minor units. */
  CHARGE_MAX: limit.default(CHARGE_MAX_USUAL),
  /** Of all amounts: ISO 4217, in lower case. */
  CURRENCY: z
    .string()
    .regex(/^[a-z]{3}$/, 'must be an ISO 4217 code in lower case')
    .default('krw'),
  /** Who takes the payments of charges; in the sandbox nobody pays. */
  PAYMENT_PROVIDER: z.enum(['sandbox', 'stripe']).default('sandbox'),
  /** How long the provider may take to answer once before the outcome is called unknown. */
  PAYMENT_DEADLINE_MS: milliseconds(100, 60_000, 10_000),
  /** Payments that this process has out at the provider at a time. */
  PAYMENT_CONCURRENCY_MAX: z.coerce.number().int().min(1).max(1_000).default(32),
  /** Pause before the provider is asked again about an unknown outcome; doubled each time up to the other one. */
  PAYMENT_RETRY_MS: milliseconds(10, 3_600_000, 2_000),
  PAYMENT_RETRY_MS_MAX: milliseconds(10, 3_600_000, 600_000),
  /** Who can wait for one charge at a time; the longest waiting is forgotten first. */
  CHARGE_WAITERS_MAX: z.coerce.number().int().min(1).max(1_000).default(50),
  /** Pause between two looks at charges whose payment is not settled. */
  SWEEP_INTERVAL_MS: milliseconds(10, 3_600_000, 1_000),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  /** In production the sandbox, and a test key of Stripe, are taken only where somebody says so: nobody pays there. */
  ALLOW_SANDBOX: z.enum(['true', 'false']).default('false'),
  /** Where Stripe's API is, for tests. */
  STRIPE_API_BASE: z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
};

export type WalletConfig = z.infer<z.ZodObject<typeof walletEnv>>;

/** Keys with which Stripe takes no money. */
const isTestKey = (key: string): boolean => /^[a-z]+_test_/.test(key);

/** What of a configuration would charge wallets while nobody pays. */
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

/** @throws ConfigurationError naming what is missing or wrong */
export function readWalletConfig(environment: NodeJS.ProcessEnv = process.env): WalletConfig {
  const config = readConfig(walletEnv, environment);
  if (config.PAYMENT_PROVIDER === 'stripe' && config.STRIPE_SECRET_KEY === undefined) {
    throw new ConfigurationError(
      'the environment does not fit: STRIPE_SECRET_KEY: is needed with PAYMENT_PROVIDER=stripe',
    );
  }
  if (config.NODE_ENV === 'production' && config.STRIPE_API_BASE.startsWith('http:')) {
    throw new ConfigurationError(
      'the environment does not fit: STRIPE_API_BASE: must be https in production, since the key is sent there',
    );
  }
  const unpaying = unpaid(config);
  if (unpaying !== undefined) {
    throw new ConfigurationError(
      `the environment does not fit: ${unpaying}: production takes it with ALLOW_SANDBOX=true alone`,
    );
  }
  return config;
}
