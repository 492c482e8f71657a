import { applyDecorators, Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type {
  AnsweredContract,
  CommandContract,
  EventContract,
  MessageContract,
  PayloadOf,
} from '@jangteo/contracts';
import type { AnsweringHandler, CommandReply, Delivery, HearingHandler } from './message.types.js';

/** What a handler is registered for; travels through Nest as the pattern's extras. */
export interface RouteSpec {
  readonly role: 'requests' | 'commands' | 'replies' | 'events';
  readonly contracts: readonly MessageContract[];
  /** Messages that one call gets at most, where BATCH_SIZE_MAX answers together would weigh too much. */
  readonly batchSizeMax?: number;
}

type MethodOf<H> = <T extends H>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/** Nest would turn an error into 'Internal server error'; the pipeline needs the error itself. */
@Catch()
class RethrowFilter implements ExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}

const EXTRAS_KEY = 'route';

function route<H>(spec: RouteSpec): MethodOf<H> {
  if (spec.contracts.length === 0) throw new Error('A handler needs at least one contract');
  const pattern = `${spec.role}:${spec.contracts.map((contract) => contract.type).join(',')}`;
  return applyDecorators(
    MessagePattern(pattern, { [EXTRAS_KEY]: spec }),
    UseFilters(new RethrowFilter()),
  ) as MethodOf<H>;
}

/** The route that a decorator put into a handler's extras, if it was one of ours. */
export function routeSpecOf(extras: Record<string, unknown> | undefined): RouteSpec | undefined {
  return extras?.[EXTRAS_KEY] as RouteSpec | undefined;
}

/**
 * The method handles batches of one request or command: outcome i answers message i. A handler of large answers
 * says how many messages a batch may hold.
 */
export function Handle<C extends AnsweredContract>(
  contract: C,
  bounds: Pick<RouteSpec, 'batchSizeMax'> = {},
): MethodOf<AnsweringHandler<C>> {
  const role = contract.kind === 'command' ? 'commands' : 'requests';
  return route({ role, contracts: [contract], ...bounds });
}

/** The method handles batches of these events, mixed as they come; `type` tells which one each is. */
export function HandleEvents<const E extends readonly EventContract[]>(
  ...contracts: E
): MethodOf<HearingHandler<Delivery<PayloadOf<E[number]>>>> {
  return route({ role: 'events', contracts });
}

/** The method handles batches of the replies to these commands; `type` is the command's. */
export function HandleReplies<const C extends readonly CommandContract[]>(
  ...contracts: C
): MethodOf<HearingHandler<CommandReply<C[number]>>> {
  return route({ role: 'replies', contracts });
}
