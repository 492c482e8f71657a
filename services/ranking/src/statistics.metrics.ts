import { Counter } from 'prom-client';

/** Reads of the statistics' database, by how they ended. */
export const statisticsReads = new Counter({
  name: 'ranking_statistics_reads_total',
  help: "Reads of the statistics' database: answered, failed, or not tried because one had failed a moment ago",
  labelNames: ['matter', 'result'] as const,
});
