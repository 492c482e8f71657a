import { Counter, Gauge } from 'prom-client';
import type { PlatformBacklog } from './relay.queries.js';

export const recordsSent = new Counter({
  name: 'order_platform_records_sent_total',
  help: 'Records that the data platform has confirmed to this replica; those sent again count again',
});

export const sendFailures = new Counter({
  name: 'order_platform_failures_total',
  help: 'Batches that the data platform did not confirm; each is sent again',
  labelNames: ['sink'] as const,
});

const backlog = new Gauge({
  name: 'order_platform_backlog_records',
  help: 'Successes and cancellations that the data platform has not confirmed yet; the same in every replica',
});

const oldestAgeSeconds = new Gauge({
  name: 'order_platform_oldest_age_seconds',
  help: 'Time since the oldest of them happened, 0 where there is none; to alert on',
});

export function showBacklog(now: PlatformBacklog): void {
  backlog.set(now.records);
  oldestAgeSeconds.set(now.oldestAgeSeconds);
}
