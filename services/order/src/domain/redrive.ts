import { reserveStock, type PayloadOf } from '@jangteo/contracts';
import { STEPS, stepsOf, undosOf } from './commands.js';
import type { CommandName, EventName, Order, Saga } from './order.js';
import { commandsNamed, eventOf, type Said } from './speech.js';

/** What is said again of an order that has ended, and which commands are among it. */
export interface Redriven {
  readonly commands: readonly CommandName[];
  readonly says: readonly Said[];
}

function actionsFor(order: Order): CommandName[] {
  return stepsOf(order).map((step) => STEPS[step].action);
}

/** An order that failed before its total was known has debited nothing, and would not know how much. */
function undosFor(order: Order): CommandName[] {
  return undosOf(stepsOf(order)).filter((undo) => undo !== 'RefundWallet' || order.total !== null);
}

/** Held at the prices that its customer paid: those of now may be others. */
function soldAgain(said: Said, { items }: Order): Said {
  if (said.kind !== 'command' || said.contract !== reserveStock) return said;
  const { orderId } = said;
  const lines = items.map(({ productId, optionId, quantity }) => ({ productId, optionId, quantity }));
  const charged = items.map(({ optionId, price }) => ({ optionId, price }));
  return { ...said, payload: { orderId, items: lines, charged } satisfies PayloadOf<typeof reserveStock> };
}

/**
 * What makes participants that have forgotten some of it agree with how an order ended. The actions of a
 * success, and only the undos of anything else: an undo whose action is not known bars it, and comes to nothing.
 * Nothing of an order that is on its way: the sweeper says that.
 */
export function redriveOf(saga: Saga): Redriven {
  const told = (commands: readonly CommandName[], events: readonly EventName[]): Redriven => ({
    commands,
    // Without terms: what has been done is done again, whatever would be seen beforehand today.
    says: [
      ...commandsNamed(commands, { ...saga, terms: null }).map((said) => soldAgain(said, saga.order)),
      ...events.map((event) => eventOf(event, saga)),
    ],
  });
  switch (saga.state) {
    case 'SUCCESS':
      return told(actionsFor(saga.order), ['order.completed']);
    case 'CANCELLED':
      return told(undosFor(saga.order), ['order.completed', 'order.cancelled']);
    case 'FAILED':
      return told(undosFor(saga.order), []);
    case 'RESERVING_STOCK':
    case 'USING_COUPON':
    case 'DEBITING_WALLET':
    case 'UNDOING':
    case 'CANCELLING':
      return told([], []);
  }
}
