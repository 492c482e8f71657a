import { LINE_QUANTITY_MAX, reserveStock, type OrderLine, type PayloadOf } from '@jangteo/contracts';
import { commandsNamed, eventOf, type Effect } from './effects.js';
import type { EventName, Order } from './order.js';
import { isFinal, type Saga } from './saga.js';
import { stepsOf, undosOf, type CommandName } from './steps.js';

/** All that is sent again of an order that has ended, and the names of the commands among it. */
export interface Redriven {
  readonly commands: readonly CommandName[];
  readonly effects: readonly Effect[];
}

function actionsFor(order: Order): CommandName[] {
  return stepsOf(order).map(({ action }) => action.name);
}

/** An order that failed before its total was known has debited nothing, and would not know how much. */
function undosFor(order: Order): CommandName[] {
  return undosOf(stepsOf(order)).filter((undo) => undo !== 'RefundWallet' || order.total !== null);
}

/** An item as lines that a message may have: an order of old may hold more of one option than one line. */
function linesOf({ productId, optionId, quantity }: Order['items'][number]): OrderLine[] {
  const lines = Math.ceil(quantity / LINE_QUANTITY_MAX);
  return Array.from({ length: lines }, (_, line) => ({
    productId,
    optionId,
    quantity: Math.min(LINE_QUANTITY_MAX, quantity - line * LINE_QUANTITY_MAX),
  }));
}

/** Has stock held at the prices that the customer paid: those of now may be others. */
function soldAgain(effect: Effect, { items }: Order): Effect {
  if (effect.kind !== 'command' || effect.contract !== reserveStock) return effect;
  const { orderId } = effect;
  const lines = items.flatMap(linesOf);
  const charged = items.map(({ optionId, price }) => ({ optionId, price }));
  return { ...effect, payload: { orderId, items: lines, charged } satisfies PayloadOf<typeof reserveStock> };
}

/**
 * Makes participants that have forgotten some of it agree with how an order ended. The actions of a
 * success, and only the undos of anything else: an undo whose action is not known bars it, and comes to nothing.
 * Nothing of an order that is on its way: the sweeper says that.
 */
export function redriveOf(saga: Saga): Redriven {
  const redriven = (commands: readonly CommandName[], events: readonly EventName[]): Redriven => {
    // Without terms: what has been done is done again, whatever would be seen beforehand today.
    const effects = commandsNamed(commands, { ...saga, terms: null }).map((effect) =>
      soldAgain(effect, saga.order),
    );
    return { commands, effects: [...effects, ...events.map((event) => eventOf(event, saga))] };
  };
  if (!isFinal(saga.state)) return redriven([], []);
  switch (saga.state) {
    case 'SUCCESS':
      return redriven(actionsFor(saga.order), ['order.completed']);
    case 'CANCELLED':
      return redriven(undosFor(saga.order), ['order.completed', 'order.cancelled']);
    case 'FAILED':
      return redriven(undosFor(saga.order), []);
  }
}
