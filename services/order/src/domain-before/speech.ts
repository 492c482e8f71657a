import {
  done,
  orderCancelled,
  orderCompleted,
  type CommandContract,
  type EventContract,
  type Order as OrderView,
  type OrderStatus,
  type Outcome,
  type Refusal,
} from '@jangteo/contracts';
import { COMMANDS } from './commands.js';
import {
  isFinal,
  type CommandName,
  type EventName,
  type Order,
  type Saga,
  type Trace,
  type Waiter,
} from './order.js';

/** Something that is to be published; a function of the saga's row, so that a replay says the same. */
export type Said = { readonly trace: Trace } & (
  | { readonly kind: 'command'; readonly orderId: string; contract: CommandContract; payload: unknown }
  | {
      readonly kind: 'event';
      readonly orderId: string;
      readonly event: EventName;
      contract: EventContract;
      payload: unknown;
    }
  | { readonly kind: 'answer'; readonly to: Waiter; readonly outcome: Outcome }
);

function given<K extends string, T>(name: K, value: T | null | undefined): { [key in K]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [key in K]?: T });
}

/** What a failure carries besides its code, its detail and what is short. */
function factsOf(failure: Refusal | null): OrderView['failureFacts'] {
  if (failure === null) return undefined;
  const { errors, productId, optionId } = failure;
  const facts = {
    ...given('errors', errors),
    ...given('productId', productId),
    ...given('optionId', optionId),
  };
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** An order as its customer reads it; why it fails is told once it has failed. */
export function viewOf(order: Order, orderStatus: OrderStatus = order.status): OrderView {
  const failure = orderStatus === 'FAILED' ? order.failure : null;
  // Who is told of the success of an order that was cancelled since is told the same as at first.
  const cancelledAt = orderStatus === 'CANCELLED' ? order.cancelledAt : null;
  const changedAt = cancelledAt ?? order.completedAt ?? order.updatedAt;
  return {
    orderId: order.orderId,
    userId: order.userId,
    orderStatus,
    ...given('subtotal', order.subtotal),
    ...given('discount', order.discount),
    ...given('totalPrice', order.total),
    ...given('userCouponId', order.userCouponId),
    items: order.items.length > 0 ? [...order.items] : [...order.lines],
    orderDate: order.createdAt.toISOString(),
    ...given('completedAt', order.completedAt?.toISOString()),
    ...given('cancelledAt', cancelledAt?.toISOString()),
    updatedAt: changedAt.toISOString(),
    ...given('failureCode', failure?.code),
    ...given('failureDetail', failure?.detail),
    ...given('shortages', failure?.shortages),
    ...given('failureFacts', factsOf(failure)),
  };
}

/** An order as whoever places it is told while it is pending: only of what never changes, so always the same. */
export function pendingViewOf(order: Order): OrderView {
  const asked = { ...order, items: [], subtotal: null, discount: null, total: null };
  const { updatedAt: _, ...view } = viewOf({ ...asked, completedAt: null, cancelledAt: null }, 'PENDING');
  return view;
}

const EVENTS = { 'order.completed': orderCompleted, 'order.cancelled': orderCancelled } as const;

/** An event of a saga's order, owed or told before. */
export function eventOf(event: EventName, { order, trace }: Saga): Said {
  const { orderId, userId, items, total, completedAt, cancelledAt } = order;
  const sold = { orderId, userId, items, totalPrice: total, completedAt: completedAt?.toISOString() };
  const payload = event === 'order.completed' ? sold : { ...sold, cancelledAt: cancelledAt?.toISOString() };
  return { kind: 'event', trace, orderId, event, contract: EVENTS[event], payload };
}

/** Commands of a saga's order, word for word as they were or would have been sent. */
export function commandsNamed(names: readonly CommandName[], { order, terms, trace }: Saga): Said[] {
  return names.map((name) => {
    const { contract, payloadOf } = COMMANDS[name];
    return { kind: 'command', trace, orderId: order.orderId, contract, payload: payloadOf(order, terms) };
  });
}

/** The commands that were sent and not answered yet. */
export function commandsOf(saga: Saga): Said[] {
  return commandsNamed(saga.awaits, saga);
}

/** All that a saga has to say now: commands not answered, events not confirmed, and at its end the answer. */
export function everythingOf(saga: Saga): Said[] {
  const { order, state, owedEvents, waiters, trace } = saga;
  const events = owedEvents.map((event) => eventOf(event, saga));
  const told = isFinal(state) ? waiters : [];
  const answers = told.map((to): Said => ({ kind: 'answer', trace, to, outcome: done(viewOf(order)) }));
  return [...commandsOf(saga), ...events, ...answers];
}
