import { wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';
import { commonEnv, outcomeEnv } from '@jangteo/service';
import { tlsEnv } from '@jangteo/tls';
import { REDIS } from './redis-place.js';

export const catalogEnv = {
  ...commonEnv,
  RESERVATIONS_KEPT_DAYS: wholeNumber(1, 3_650, 30).describe(
    'how long a reservation is kept whose stock was given back',
  ),
  ...outcomeEnv,
  CACHE_ENTRIES_MAX: wholeNumber(1, 1_000_000, 10_000).describe(
    'products whose names and prices a replica keeps in memory; those read longest ago make room',
  ),
  CACHE_BYTES_MAX: wholeNumber(1_048_576, 1_073_741_824, 67_108_864).describe(
    'bytes of them: a product may have 100 options with long names',
  ),
  CACHE_TTL_SECONDS: wholeNumber(1, 86_400, 300).describe(
    'longest time that they are kept; a change shows at once all the same',
  ),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe(
      'Redis (6 or later) or Valkey in which all replicas share names and prices, ' +
        '`redis://user:password@host:port/database`, or [`rediss://`](../SECURITY.md#tls-to-the-servers); without ' +
        'it each has its own memory',
    ),
  ...tlsEnv('REDIS', REDIS),
  REDIS_DEADLINE_MS: wholeNumber(1, 5_000, 75).describe(
    'how long a reader waits for Redis before it goes on without',
  ),
};

export type CatalogConfig = z.infer<z.ZodObject<typeof catalogEnv>>;
