import type { Type } from '@nestjs/common';
import type {
  AnsweredContract,
  CommandContract,
  EventContract,
  MessageContract,
  OutcomeOf,
  PayloadOf,
  QueueRole,
} from '@jangteo/contracts';
import {
  DEFERRED,
  leftMs,
  type AnsweringHandler,
  type Batch,
  type CommandReply,
  type Delivery,
  type HearingHandler,
} from './message.types.js';

/** Handles a batch of one route's messages. */
export type RouteHandler = (batch: readonly Delivery[]) => Promise<unknown>;

/** Finds what the process has of a class; throws where it has none. */
export type Injector = <T>(token: Type<T>) => T;

/** A handler and its messages, as a service's module lists them. */
export interface Handler {
  readonly role: QueueRole;
  readonly contracts: readonly MessageContract[];
  /** Messages that one call gets at most, where BATCH_SIZE_MAX answers together would weigh too much. */
  readonly batchSizeMax?: number;
  /** Ties it to what the process has. */
  bind(injector: Injector): RouteHandler;
}

type Bounds = Pick<Handler, 'batchSizeMax'>;

/** Injection token of all handlers of a process. */
export const HANDLERS = Symbol('handlers');

function handlerOf<T>(
  spec: Omit<Handler, 'bind'>,
  owner: Type<T>,
  work: (owner: T, batch: never) => Promise<unknown>,
): Handler {
  return {
    ...spec,
    bind(injector) {
      const found = injector(owner);
      return async (batch) => await work(found, batch as never);
    },
  };
}

/**
 * Answers batches of one request or command: outcome i answers message i. A handler of large answers says how many
 * messages a batch may hold.
 *
 * @param owner what the process has and `work` needs
 */
export function answer<C extends AnsweredContract, T>(
  contract: C,
  owner: Type<T>,
  work: (owner: T, batch: Batch<C>) => ReturnType<AnsweringHandler<C>>,
  bounds: Bounds = {},
): Handler {
  const role = contract.kind === 'command' ? 'commands' : 'requests';
  return handlerOf({ role, contracts: [contract], ...bounds }, owner, work);
}

/**
 * As {@link answer}, one message after the other: for what people ask, and may ask again where it fails half-way. Those
 * for which nobody waits any more when their turn comes are left out, and get no answer.
 */
export function answerEach<C extends AnsweredContract, T>(
  contract: C,
  owner: Type<T>,
  work: (owner: T, payload: PayloadOf<C>, delivery: Delivery) => Promise<OutcomeOf<C>>,
  bounds: Bounds = {},
): Handler {
  const inTurn = async (found: T, batch: Batch<C>) => {
    const outcomes: (OutcomeOf<C> | typeof DEFERRED)[] = [];
    for (const delivery of batch) {
      const isAwaited = leftMs(delivery) > 0;
      outcomes.push(isAwaited ? await work(found, delivery.payload, delivery) : DEFERRED);
    }
    return { outcomes };
  };
  return answer(contract, owner, inTurn, bounds);
}

/** As {@link answer}, all of a batch alike. */
export function answerAlike<C extends AnsweredContract, T>(
  contract: C,
  owner: Type<T>,
  work: (owner: T) => Promise<OutcomeOf<C>>,
): Handler {
  return answer(contract, owner, async (found, batch) => {
    const outcome = await work(found);
    return batch.map(() => outcome);
  });
}

/** Hears batches of these events, mixed as they come; `type` tells which one each is. */
export function hear<const E extends readonly EventContract[], T>(
  events: E,
  owner: Type<T>,
  work: (
    owner: T,
    batch: readonly Delivery<PayloadOf<E[number]>>[],
  ) => ReturnType<HearingHandler<Delivery<PayloadOf<E[number]>>>>,
): Handler {
  return handlerOf({ role: 'events', contracts: events }, owner, work);
}

/** Hears batches of the replies to these commands; `type` is the command's. */
export function hearReplies<const C extends readonly CommandContract[], T>(
  commands: C,
  owner: Type<T>,
  work: (
    owner: T,
    batch: readonly CommandReply<C[number]>[],
  ) => ReturnType<HearingHandler<CommandReply<C[number]>>>,
): Handler {
  return handlerOf({ role: 'replies', contracts: commands }, owner, work);
}
