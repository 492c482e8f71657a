import { orderCancelled, type orderCompleted, type PayloadOf } from '@jangteo/contracts';

export type SaleEvent = {
  readonly type: string;
  readonly payload: PayloadOf<typeof orderCompleted> | PayloadOf<typeof orderCancelled>;
};

/** An event of an order, as far as sales are concerned; each counts once. */
export interface SaleStep {
  readonly orderId: string;
  readonly step: 'COMPLETED' | 'CANCELLED';
}

/** Units to be added to one product's figures of one hour. */
export interface HourlyUnits {
  readonly productId: string;
  /** The start of the hour (UTC) in which the orders were completed, for cancelled ones too. */
  readonly hour: Date;
  readonly sold: number;
  readonly cancelled: number;
}

const HOUR_MS = 3_600_000;

/** The start of the hour, UTC, in which an instant lies. */
export function hourOf(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / HOUR_MS) * HOUR_MS);
}

/**
 * Finds the steps in a batch of events, each once. A cancellation says that the order had been completed as well:
 * whichever of an order's two events comes first, no figure is ever below 0.
 */
export function stepsOf(events: readonly SaleEvent[]): SaleStep[] {
  const steps = new Map<string, SaleStep>();
  for (const { type, payload } of events) {
    const { orderId } = payload;
    steps.set(`${orderId}/COMPLETED`, { orderId, step: 'COMPLETED' });
    if (type === orderCancelled.type) steps.set(`${orderId}/CANCELLED`, { orderId, step: 'CANCELLED' });
  }
  return [...steps.values()];
}

/**
 * Adds up what steps that were not counted before mean for the figures, one entry a product and hour.
 *
 * @param events a batch that carries an event of each of these orders
 */
export function unitsOf(events: readonly SaleEvent[], newSteps: readonly SaleStep[]): HourlyUnits[] {
  const payloads = new Map(events.map(({ payload }) => [payload.orderId, payload]));
  const totals = new Map<string, HourlyUnits>();
  for (const { orderId, step } of newSteps) {
    const payload = payloads.get(orderId);
    if (payload === undefined) throw new Error(`no event of order ${orderId} is in this batch`);
    const hour = hourOf(new Date(payload.completedAt));
    for (const { productId, quantity } of payload.items) {
      const key = `${productId}/${hour.getTime()}`;
      const { sold, cancelled } = totals.get(key) ?? { sold: 0, cancelled: 0 };
      totals.set(key, {
        productId,
        hour,
        sold: sold + (step === 'COMPLETED' ? quantity : 0),
        cancelled: cancelled + (step === 'CANCELLED' ? quantity : 0),
      });
    }
  }
  return [...totals.values()];
}
