import { Counter, Gauge } from 'prom-client';
import type { Saga } from './domain/order.js';
import type { Flight } from './saga.queries.js';

const ended = new Counter({
  name: 'order_ended_total',
  help: 'Orders that ended, by status and, where they failed, by code',
  labelNames: ['status', 'code'] as const,
});

const repeated = new Counter({
  name: 'order_saga_repeats_total',
  help: 'Sagas whose commands or events were sent again for want of an answer or confirm',
  labelNames: ['state'] as const,
});

const inFlight = new Gauge({
  name: 'order_sagas_in_flight',
  help: 'Sagas that have not ended',
  labelNames: ['state'] as const,
});

const oldestAgeSeconds = new Gauge({
  name: 'order_saga_oldest_age_seconds',
  help: 'Age of the oldest order whose saga has not ended',
  labelNames: ['state'] as const,
});

const stuck = new Gauge({
  name: 'order_sagas_stuck',
  help: 'Sagas whose commands were repeated SAGA_ALERT_ATTEMPTS times or more; to alert on',
  labelNames: ['state'] as const,
});

export function countEnded(sagas: readonly Saga[]): void {
  for (const { order } of sagas) ended.inc({ status: order.status, code: order.failure?.code ?? '' });
}

export function countRepeated(sagas: readonly Saga[]): void {
  for (const { state } of sagas) repeated.inc({ state });
}

/** Shows what is in flight now; a state that nothing is in is not shown. */
export function showFlights(flights: readonly Flight[]): void {
  for (const gauge of [inFlight, oldestAgeSeconds, stuck]) gauge.reset();
  for (const flight of flights) {
    inFlight.set({ state: flight.state }, flight.sagas);
    oldestAgeSeconds.set({ state: flight.state }, flight.oldestAgeSeconds);
    stuck.set({ state: flight.state }, flight.stuck);
  }
}
