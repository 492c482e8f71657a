import type { AnsweredContract, OutcomeOf, PayloadOf } from '@jangteo/contracts';
import { newId, type BatchResult, type Delivery, type Handler, type Injector } from '@jangteo/messaging';

/** Answers a batch of payloads as the service does. */
export type Ask = <C extends AnsweredContract>(
  contract: C,
  payloads: readonly PayloadOf<C>[],
) => Promise<OutcomeOf<C>[]>;

function deliveryOf<P>(type: string, payload: P): Delivery<P> {
  const nowhere = { correlationId: undefined, replyAddress: undefined, deadlineMs: undefined };
  return { type, payload, messageId: newId(), ...nowhere, trace: {} };
}

/**
 * Asks a service's handlers, in this process and without a broker.
 *
 * @param having what the handlers need
 */
export function askHandlers(handlers: readonly Handler[], ...having: readonly object[]): Ask {
  const injector: Injector = (token) => {
    const found = having.find((one) => one instanceof token);
    if (found === undefined) throw new Error(`there is no ${token.name}`);
    return found as InstanceType<typeof token>;
  };
  return async <C extends AnsweredContract>(contract: C, payloads: readonly PayloadOf<C>[]) => {
    const handler = handlers.find(({ contracts }) => contracts.some((one) => one === contract));
    if (handler === undefined) throw new Error(`${contract.type} has no handler`);
    const work = handler.bind(injector);
    const returned = await work(payloads.map((payload) => deliveryOf(contract.type, payload)));
    return (Array.isArray(returned) ? returned : (returned as BatchResult).outcomes) as OutcomeOf<C>[];
  };
}
