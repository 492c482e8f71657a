import { Counter, Gauge, Histogram } from 'prom-client';
import type { Decided } from '../domain/decide.js';
import { isFinal, type Saga } from '../domain/saga.js';
import type { CommandName } from '../domain/steps.js';
import type { Flight } from './saga.queries.js';

const ended = new Counter({
  name: 'order_ended_total',
  help: 'Orders that ended, by status and, where they failed, by code',
  labelNames: ['status', 'code'] as const,
});

const stepSeconds = new Histogram({
  name: 'order_saga_step_seconds',
  help: 'From when a command was last sent to when its answer took effect',
  labelNames: ['step'] as const,
  buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});

const repeated = new Counter({
  name: 'order_saga_repeats_total',
  help: 'Sagas whose commands or events were sent again for want of an answer or confirm',
  labelNames: ['state'] as const,
});

export const sagasSkipped = new Counter({
  name: 'order_saga_skips_total',
  help: 'Looks at a saga that could be neither decided nor written, while others could; to alert on',
});

const inFlight = new Gauge({
  name: 'order_sagas_in_flight',
  help: 'Sagas that have not ended: of all states together the oldest 10,000 at most',
  labelNames: ['state'] as const,
});

const oldestAgeSeconds = new Gauge({
  name: 'order_saga_oldest_age_seconds',
  help: 'Age of the oldest order, or cancellation, whose saga has not ended, of those that order_sagas_in_flight counts',
  labelNames: ['state'] as const,
});

const stuck = new Gauge({
  name: 'order_sagas_stuck',
  help: 'Sagas of these whose commands were repeated SAGA_ALERT_ATTEMPTS times or more; to alert on',
  labelNames: ['state'] as const,
});

export function countEnded(sagas: readonly Saga[]): void {
  for (const { order } of sagas) ended.inc({ status: order.status, code: order.failure?.code ?? '' });
}

/** The sagas that ended by a decision. */
export function endedBy({ changed }: Pick<Decided, 'changed'>): Saga[] {
  return changed
    .filter(({ before, after }) => isFinal(after.state) && after.state !== before.state)
    .map(({ after }) => after);
}

/** A command of a saga that was answered, and how long after it was last sent. */
interface AnsweredCommand {
  readonly command: CommandName;
  readonly waitedMs: number;
}

/** The commands whose answers took effect in a decision, by the database's clock. */
export function commandsAnsweredIn({ changed, history }: Decided): AnsweredCommand[] {
  const sagas = new Map(changed.map(({ before }) => [before.order.orderId, before]));
  return history.flatMap((row) => {
    const saga = sagas.get(row.orderId);
    const command = saga?.awaits.find((name) => name === row.step);
    // What the sweeper writes of a step is that nobody answered.
    if (saga === undefined || command === undefined || row.changedBy !== 'saga') return [];
    return [{ command, waitedMs: row.changedAt.getTime() - saga.sentAt.getTime() }];
  });
}

export function timeCommands(decided: Decided): void {
  for (const { command, waitedMs } of commandsAnsweredIn(decided)) {
    stepSeconds.observe({ step: command }, waitedMs / 1_000);
  }
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
