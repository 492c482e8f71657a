import { z } from 'zod';
import { commonEnv, outcomeEnv } from '@jangteo/service';

/** What the catalog reads from the environment. */
export const catalogEnv = {
  ...commonEnv,
  /** How long a reservation is kept whose stock was given back. */
  RESERVATIONS_KEPT_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  ...outcomeEnv,
  /** Products whose names and prices a process keeps in memory; those read longest ago make room. */
  CACHE_ENTRIES_MAX: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  /** And no more of them than this many bytes: a product may have 100 options with long names. */
  CACHE_BYTES_MAX: z.coerce.number().int().min(1_048_576).max(1_073_741_824).default(67_108_864),
  /** How long they are kept: what tells an outdated one apart is its version, this is only the last net. */
  CACHE_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
  /** A Redis or Valkey in which all processes share them; `redis://user:password@host:port/database`. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** How long a reader waits for Redis before it goes on without. */
  REDIS_DEADLINE_MS: z.coerce.number().int().min(1).max(5_000).default(75),
};

const schema = z.object(catalogEnv);

export type CatalogConfig = z.infer<typeof schema>;
