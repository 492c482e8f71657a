import type { MessageContract, Queue } from '@jangteo/contracts';
import type { MessagingConfig, MessagingOptions } from './config.js';
import type { Arrival } from './consumer-session.js';
import { readingsOf, type Reading } from './decode.js';
import type { Handler, Injector, RouteHandler } from './handlers.js';
import type { MessageWriter } from './outbound-messages.js';
import type { Delivery } from './message.types.js';
import type { Publisher } from './publisher.js';
import type { Senders } from './senders.js';
import { ownQueues } from './topology.js';

/** The messages that are read for a handler, and the handler. */
export interface Route {
  readonly queue: Queue;
  /** The types it takes, for logs and metrics. */
  readonly label: string;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly handler: RouteHandler;
  /** The most messages that the handler says a batch may hold; Infinity where it says nothing. */
  readonly batchSizeMax: number;
}

/** The surroundings that the work of a route needs. */
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

function checkBelongs(
  { role, contracts }: Handler,
  queue: Queue,
  service: MessagingOptions['service'],
): void {
  for (const { type, service: owner } of contracts) {
    const isOurs = role === 'events' ? queue.bindings.includes(type) : owner === service;
    if (role !== 'replies' && !isOurs) {
      throw new Error(`${type} does not come to ${queue.name}: its handler would never be called`);
    }
  }
}

/**
 * The routes of a service's handlers.
 * @throws Error for a handler that could never be called, two for one type, or what the injector does not find
 */
export function routesOf(
  handlers: readonly Handler[],
  injector: Injector,
  options: MessagingOptions,
): Route[] {
  const taken = new Set<string>();
  return handlers.map((handler) => {
    const { role, contracts, batchSizeMax = Infinity } = handler;
    const label = contracts.map(({ type }) => type).join(',');
    const queue = ownQueues(options).find((own) => own.role === role);
    if (queue === undefined) throw new Error(`${label}: ${options.service} has no queue for ${role}`);
    checkBelongs(handler, queue, options.service);
    const readings = readingsOf(handler);
    for (const type of readings.keys()) {
      if (taken.has(type)) throw new Error(`${type} has two handlers`);
      taken.add(type);
    }
    return { queue, label, readings, handler: handler.bind(injector), batchSizeMax };
  });
}

/** The route of the types that nobody handles: each is parked. */
export function strayRoute(queue: Queue): Route {
  const handler: RouteHandler = async () => undefined;
  return { queue, label: 'unknown', readings: new Map(), handler, batchSizeMax: Infinity };
}
