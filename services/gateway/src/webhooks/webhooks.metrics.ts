import { Counter, Gauge } from 'prom-client';
import type { Overview } from './webhook-leases.queries.js';

const deliveries = new Counter({
  name: 'gateway_webhook_deliveries_total',
  help: 'Tries of this gateway to deliver a record to a webhook, by result: delivered or failed; tests left out',
  labelNames: ['result'] as const,
});
for (const result of ['delivered', 'failed']) deliveries.inc({ result }, 0);

const oldestAgeSeconds = new Gauge({
  name: 'gateway_webhook_oldest_age_seconds',
  help:
    'Time since the oldest record happened that an active webhook has not confirmed, 0 where there is none; the same ' +
    'in every gateway. To alert on',
});

const stopped = new Gauge({
  name: 'gateway_webhooks_stopped',
  help: 'Webhooks that stopped without anybody here having asked for it; the same in every gateway. To alert on',
});

export function countDelivery(isDelivered: boolean): void {
  deliveries.inc({ result: isDelivered ? 'delivered' : 'failed' });
}

export function showWebhooks(now: Pick<Overview, 'oldestAgeSeconds' | 'stopped'>): void {
  oldestAgeSeconds.set(now.oldestAgeSeconds);
  stopped.set(now.stopped);
}
