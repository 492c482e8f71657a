import { z } from 'zod';
import { commonEnv } from '@jangteo/service';

/**
 * No limit may come near the largest exact number (2^53 − 1): a refund may pass BALANCE_MAX, and it is never
 * refused.
 */
const LIMIT_MAX = 1_000_000_000_000_000;

const limit = z.coerce.number().int().min(1).max(LIMIT_MAX);

/** What the wallet reads from the environment. */
export const walletEnv = {
  ...commonEnv,
  /** The largest balance that a charge may lead to, in minor units. */
  BALANCE_MAX: limit.default(1_000_000_000_000),
  /** The largest amount of one charge, in minor units. */
  CHARGE_MAX: limit.default(100_000_000_000),
};

const schema = z.object(walletEnv);

export type WalletConfig = z.infer<typeof schema>;
