import {
  done,
  orderCancelled,
  orderCompleted,
  type CommandContract,
  type EventContract,
  type Outcome,
  type ReplyAddress,
  type Trace,
} from '@jangteo/contracts';
import type { EventName } from './order.js';
import { isFinal, type Saga } from './saga.js';
import { commandOf, type CommandName } from './steps.js';
import { viewOf } from './view.js';

interface Published<K extends string, C> {
  readonly kind: K;
  readonly orderId: string;
  readonly contract: C;
  readonly payload: unknown;
}

/** A message that is to be published; it depends on the saga's row alone, so that a repeat says the same. */
export type Effect = { readonly trace: Trace } & (
  | Published<'command', CommandContract>
  | (Published<'event', EventContract> & { readonly event: EventName })
  | { readonly kind: 'answer'; readonly to: ReplyAddress; readonly outcome: Outcome }
);

const EVENT_CONTRACTS = { 'order.completed': orderCompleted, 'order.cancelled': orderCancelled } as const;

/** An event of a saga's order, owed or published before. */
export function eventOf(event: EventName, { order, trace }: Saga): Effect {
  const { orderId, userId, items, total, completedAt, cancelledAt } = order;
  const sold = { orderId, userId, items, totalPrice: total, completedAt: completedAt?.toISOString() };
  const payload = event === 'order.completed' ? sold : { ...sold, cancelledAt: cancelledAt?.toISOString() };
  return { kind: 'event', trace, orderId, event, contract: EVENT_CONTRACTS[event], payload };
}

/** Commands of a saga's order, word for word as they were or would have been sent. */
export function commandsNamed(names: readonly CommandName[], { order, terms, trace }: Saga): Effect[] {
  return names.map((name) => {
    const { contract, payload } = commandOf(name);
    return { kind: 'command', trace, orderId: order.orderId, contract, payload: payload(order, terms) };
  });
}

/** The commands that were sent and not answered yet. */
export function commandsOf(saga: Saga): Effect[] {
  return commandsNamed(saga.awaits, saga);
}

/** All that a saga owes now: commands not answered, events not confirmed, and at its end the answer. */
export function effectsOf(saga: Saga): Effect[] {
  const { order, state, owedEvents, waiters } = saga;
  const events = owedEvents.map((event) => eventOf(event, saga));
  const answers = isFinal(state) ? answersOf(saga, waiters, done(viewOf(order))) : [];
  return [...commandsOf(saga), ...events, ...answers];
}

/** The same answer to all of these waiters. */
export function answersOf({ trace }: Saga, waiters: readonly ReplyAddress[], outcome: Outcome): Effect[] {
  return waiters.map((to) => ({ kind: 'answer', trace, to, outcome }));
}
