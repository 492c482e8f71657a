import { Gauge, Histogram, register } from 'prom-client';

const POOL_METRIC = 'jangteo_database_pool_connections';

/** 0 until the server has answered for the first time. */
export const databaseReady = new Gauge({
  name: 'jangteo_database_ready',
  help: '1 where the database answered when it was last asked, which is every few seconds; to alert on',
});

/** Seconds a transaction took, commit included; one that got no connection is none. */
export const transactionSeconds = new Histogram({
  name: 'jangteo_database_transaction_seconds',
  help: 'Time a transaction took, from when it had a connection to its end',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** Seconds a caller waited for a connection, those that got none included. */
export const poolWaitSeconds = new Histogram({
  name: 'jangteo_database_pool_wait_seconds',
  help: 'Time a caller waited for a connection of the pool',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
});

/** Shows a pool's connections by state whenever metrics are read. */
export function watchPool(pool: { waitingCount: number; idleCount: number; totalCount: number }): void {
  register.removeSingleMetric(POOL_METRIC);
  new Gauge({
    name: POOL_METRIC,
    help: 'Connections of the database pool; waiting are callers without one',
    labelNames: ['state'],
    collect() {
      this.set({ state: 'waiting' }, pool.waitingCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'total' }, pool.totalCount);
    },
  });
}
