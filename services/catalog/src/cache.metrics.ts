import { Counter } from 'prom-client';

/** Counts of the cache of names and prices, in products. */
export const cacheMetrics = {
  hits: new Counter({
    name: 'catalog_cache_hits_total',
    help: 'Products whose name and prices came from the memory of the process (local) or from Redis (shared)',
    labelNames: ['tier'] as const,
  }),
  misses: new Counter({
    name: 'catalog_cache_misses_total',
    help: 'Products whose name and prices were loaded from the database',
  }),
  sharedFailures: new Counter({
    name: 'catalog_cache_shared_failures_total',
    help: 'Uses of Redis that failed or took too long; the database answered instead',
  }),
};
