import { HOUR_MS, orderCancelled, type orderCompleted, type PayloadOf } from '@jangteo/contracts';

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
  /** Orders of it that succeeded, less those that were cancelled. */
  readonly orders: number;
}

/** Orders to be added to the figures of an hour: those that succeeded, less those that were cancelled. */
export type HourlyOrders = Pick<HourlyUnits, 'hour' | 'orders'>;

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

interface CountedStep extends Pick<SaleEvent['payload'], 'items'> {
  readonly step: SaleStep['step'];
  readonly hour: Date;
}

/** @throws Error where the batch has no event of an order */
function counted(events: readonly SaleEvent[], newSteps: readonly SaleStep[]): CountedStep[] {
  const payloads = new Map(events.map(({ payload }) => [payload.orderId, payload]));
  return newSteps.map(({ orderId, step }) => {
    const payload = payloads.get(orderId);
    if (payload === undefined) throw new Error(`no event of order ${orderId} is in this batch`);
    return { step, hour: hourOf(new Date(payload.completedAt)), items: payload.items };
  });
}

const ordersIn = (step: SaleStep['step']): number => (step === 'COMPLETED' ? 1 : -1);

/**
 * Adds up what steps that were not counted before mean for the figures, one entry a product and hour.
 *
 * @param events a batch that carries an event of each of these orders
 */
export function unitsOf(events: readonly SaleEvent[], newSteps: readonly SaleStep[]): HourlyUnits[] {
  const totals = new Map<string, HourlyUnits>();
  for (const { step, hour, items } of counted(events, newSteps)) {
    const seen = new Set<string>();
    for (const { productId, quantity } of items) {
      const key = `${productId}/${hour.getTime()}`;
      const { sold, cancelled, orders } = totals.get(key) ?? { sold: 0, cancelled: 0, orders: 0 };
      totals.set(key, {
        productId,
        hour,
        sold: sold + (step === 'COMPLETED' ? quantity : 0),
        cancelled: cancelled + (step === 'CANCELLED' ? quantity : 0),
        // Several options of one product are one order of it.
        orders: orders + (seen.has(productId) ? 0 : ordersIn(step)),
      });
      seen.add(productId);
    }
  }
  return [...totals.values()];
}

/** As {@link unitsOf}, the orders of each hour. */
export function ordersOf(events: readonly SaleEvent[], newSteps: readonly SaleStep[]): HourlyOrders[] {
  const totals = new Map<number, HourlyOrders>();
  for (const { step, hour } of counted(events, newSteps)) {
    const { orders } = totals.get(hour.getTime()) ?? { orders: 0 };
    totals.set(hour.getTime(), { hour, orders: orders + ordersIn(step) });
  }
  return [...totals.values()];
}
