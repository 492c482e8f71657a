import type { MessageContract, Queue } from '@jangteo/contracts';
import type { MessagingConfig, MessagingOptions } from './config.js';
import type { Arrival } from './consumer-session.js';
import { readingsOf, type Reading } from './decode.js';
import { routeSpecOf, type RouteSpec } from './decorators.js';
import type { MessageWriter } from './outbound-messages.js';
import type { Delivery } from './message.types.js';
import type { Publisher } from './publisher.js';
import type { Senders } from './senders.js';
import { ownQueues } from './topology.js';

/** The handler of a route, as Nest calls it. */
export type RouteHandler = (batch: readonly Delivery[]) => Promise<unknown>;

/** What a route reads, and who handles it. */
export interface Route {
  readonly queue: Queue;
  /** The types it takes, for logs and metrics. */
  readonly label: string;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly handler: RouteHandler;
  /** What the handler says that a batch may hold; Infinity where it says nothing. */
  readonly batchSizeMax: number;
}

/** What the work of a route needs from around it. */
export interface PipelineContext {
  readonly config: MessagingConfig;
  readonly senders: Senders;
  readonly publisher: Publisher;
  readonly writer: MessageWriter;
  /** Aborted when the process is told to stop: nothing is begun again after that. */
  readonly stopping: AbortSignal;
  /** Declares this service's queues once more. */
  declareAgain(): Promise<void>;
  /** Ends the consumers' connection, so that everything unacknowledged is delivered again. */
  dropConsumers(reason: string): void;
}

/** A decoded message in work. */
export interface Item {
  readonly arrival: Arrival;
  readonly delivery: Delivery;
  readonly contract: MessageContract;
}

/** A handler as Nest registered it. */
export interface Registered {
  readonly pattern: string;
  readonly extras: Record<string, unknown> | undefined;
  readonly handler: RouteHandler;
}

/** @throws Error for a handler that was declared without a decorator of ours */
function specOf({ pattern, extras }: Registered): RouteSpec {
  const spec = routeSpecOf(extras);
  if (spec === undefined) throw new Error(`${pattern}: handlers are declared with @Handle and its kin`);
  return spec;
}

function labelOf({ contracts }: RouteSpec): string {
  return contracts.map(({ type }) => type).join(',');
}

function checkBelongs(spec: RouteSpec, queue: Queue, service: MessagingOptions['service']): void {
  for (const { type, service: owner } of spec.contracts) {
    const isOurs = spec.role === 'events' ? queue.bindings.includes(type) : owner === service;
    if (spec.role !== 'replies' && !isOurs) {
      throw new Error(`${type} does not come to ${queue.name}: its handler would never be called`);
    }
  }
}

/**
 * The routes of a service's handlers.
 * @throws Error for a handler that could never be called, or two for one type
 */
export function definitionsOf(registered: readonly Registered[], options: MessagingOptions): Route[] {
  const taken = new Set<string>();
  return registered.flatMap((one) => {
    const { pattern, handler } = one;
    const spec = specOf(one);
    const queue = ownQueues(options).find(({ role }) => role === spec.role);
    if (queue === undefined) throw new Error(`${pattern}: ${options.service} has no queue for ${spec.role}`);
    checkBelongs(spec, queue, options.service);
    const readings = readingsOf(spec);
    for (const type of readings.keys()) {
      if (taken.has(type)) throw new Error(`${type} has two handlers`);
      taken.add(type);
    }
    const { batchSizeMax = Infinity } = spec;
    return [{ queue, label: labelOf(spec), readings, handler, batchSizeMax }];
  });
}

/** The route of the types that nobody handles: each is parked. */
export function strayDefinition(queue: Queue): Route {
  const handler: RouteHandler = async () => undefined;
  return { queue, label: 'unknown', readings: new Map(), handler, batchSizeMax: Infinity };
}
