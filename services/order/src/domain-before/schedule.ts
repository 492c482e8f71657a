import { SAGA_STEPS } from '@jangteo/contracts';
import type { Moment, Rules, Saga, SagaState } from './order.js';

/** The states in which the order's deadline counts: what is being undone is never given up. */
function hasDeadline(state: SagaState): boolean {
  return SAGA_STEPS.some((step) => step.state === state);
}

/** When what is owed is to be sent again, with a pause that doubles up to a bound. */
export function dueAt({ sentAt, attempts }: Pick<Saga, 'sentAt' | 'attempts'>, rules: Rules): Date {
  const pauseMs = Math.min(rules.retryMs * 2 ** attempts, rules.retryMsMax);
  return new Date(sentAt.getTime() + pauseMs);
}

/**
 * Sets when the sweeper looks at a saga that has changed. An earlier look is left as it is: it costs the
 * sweeper a glance at the few orders that take so long, while moving it would cost every step of every
 * order an index entry.
 */
export function scheduled(saga: Saga, { now, rules }: Moment): Saga {
  const { state, awaits, owedEvents, deadlineAt, lookAgainAt } = saga;
  if (awaits.length === 0 && owedEvents.length === 0) return { ...saga, lookAgainAt: null };
  const due = dueAt(saga, rules);
  const latest = hasDeadline(state) && deadlineAt < due ? deadlineAt : due;
  const isSoonEnough = lookAgainAt !== null && lookAgainAt > now && lookAgainAt <= latest;
  return isSoonEnough ? saga : { ...saga, lookAgainAt: latest };
}
