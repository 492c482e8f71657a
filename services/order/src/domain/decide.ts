import { refuse } from '@jangteo/contracts';
import type { FoundCarts } from './cart.js';
import type { Bounds, HistoryRow, Order } from './order.js';
import { scheduled, type Input, type Saga } from './saga.js';
import { transition, type Transition } from './transitions.js';

/** The rows that inputs are decided against. */
export interface Found {
  /** By the database's clock. */
  readonly now: Date;
  /** Those of the inputs' orders, locked. */
  readonly sagas: readonly Saga[];
  /** Those that the sagas may end with which are of carts. */
  readonly carts: FoundCarts;
}

/** The effects of one input, and the answer where it was a request. */
export type Reaction = Pick<Transition, 'effects' | 'answer'>;

/** All that is to be written and published, with the carts that it was decided against. */
export interface Decided extends Pick<Found, 'carts'> {
  /** Reaction i is to input i. */
  readonly reactions: readonly Reaction[];
  /** The sagas that are to be written, as they were and as they are now. */
  readonly changed: readonly { readonly before: Saga; readonly after: Saga }[];
  readonly history: readonly HistoryRow[];
}

function isHidden(saga: Saga, input: Input): boolean {
  return input.kind === 'cancel' && input.userId !== undefined && input.userId !== saga.order.userId;
}

/**
 * Lets each input take its effect, each seeing the effects of those before it. An input to an order that does not
 * exist, or is somebody else's, changes nothing.
 */
export function apply({ now, sagas, carts }: Found, inputs: readonly Input[], bounds: Bounds): Decided {
  const moment = { now, bounds };
  const current = new Map(sagas.map((saga) => [saga.order.orderId, saga]));
  const history: HistoryRow[] = [];
  const reactions = inputs.map((input): Reaction => {
    const { orderId } = input;
    const before = current.get(orderId);
    if (before === undefined || isHidden(before, input)) {
      return { effects: [], answer: refuse('ORDER_NOT_FOUND') };
    }
    const taken = transition(before, input, moment);
    if (taken.saga === before) return taken;
    const historyLength = before.historyLength + taken.history.length;
    const orderStatus = taken.saga.order.status;
    taken.history.forEach((entry, index) => {
      const seq = before.historyLength + index + 1;
      history.push({ ...entry, orderId, seq, orderStatus, changedAt: now });
    });
    current.set(orderId, scheduled({ ...taken.saga, historyLength }, moment));
    return taken;
  });
  const changed = sagas.flatMap((before) => {
    const after = current.get(before.order.orderId) ?? before;
    return after === before ? [] : [{ before, after }];
  });
  return { reactions, changed, history, carts };
}

/** The orders that were PENDING until this decision, whatever else became of them in the same batch. */
export function settledBy({ changed }: Pick<Decided, 'changed'>): Order[] {
  return changed
    .filter(({ before, after }) => before.order.status === 'PENDING' && after.order.status !== 'PENDING')
    .map(({ after }) => after.order);
}
