import { DIRECT_REPLY_TO, HEADERS } from '@jangteo/contracts';
import { createdFor, isTracing, SpanKind, type SpanPlan } from '@jangteo/tracing';
import type { OutboundMessage } from './outbound-messages.js';
import type { Delivery } from './message.types.js';

/*
 * Names and attributes are those of OpenTelemetry's semantic conventions for messaging: `create` for the context
 * that a message takes with it, `send` for a publish until its confirms, `process` for the work on a batch.
 */

const SYSTEM = { 'messaging.system': 'rabbitmq' };

/** The destination of a message: the queue, or the exchange with the routing key; never the address of one asker. */
function destinationOf({ exchange, routingKey }: OutboundMessage): string {
  if (exchange !== '') return `${exchange}:${routingKey}`;
  return routingKey.startsWith(DIRECT_REPLY_TO) ? DIRECT_REPLY_TO : routingKey;
}

function creationOf(frame: OutboundMessage): SpanPlan {
  const { type, messageId, correlationId } = frame.options;
  const destination = destinationOf(frame);
  return {
    name: `create ${destination}`,
    kind: SpanKind.PRODUCER,
    attributes: {
      ...SYSTEM,
      'messaging.operation.type': 'create',
      'messaging.operation.name': 'create',
      'messaging.destination.name': destination,
      'messaging.message.id': messageId,
      'messaging.message.body.size': frame.body.length,
      // Of commands and the replies to them it is the order's id.
      'messaging.message.conversation_id': correlationId,
      'jangteo.message.type': type,
    },
  };
}

/** A message with the context of a span of its own, where its trace is kept. */
export function traced(frame: OutboundMessage): OutboundMessage {
  if (!isTracing()) return frame;
  const headers: Readonly<Record<string, unknown>> = frame.options.headers ?? {};
  const cause = headers[HEADERS.traceparent];
  if (typeof cause !== 'string') return frame;
  const traceparent = createdFor(cause, () => creationOf(frame));
  if (traceparent === cause) return frame;
  return {
    ...frame,
    options: { ...frame.options, headers: { ...headers, [HEADERS.traceparent]: traceparent } },
  };
}

/** The messages as they go out: see {@link createdFor}. */
export function tracedAll(frames: readonly OutboundMessage[]): readonly OutboundMessage[] {
  return isTracing() ? frames.map(traced) : frames;
}

/** A publish until the last of its confirms. @param frames what goes over the wire, bundles as one */
export function sendingOf(frames: number): SpanPlan {
  return {
    name: 'send',
    kind: SpanKind.CLIENT,
    attributes: {
      ...SYSTEM,
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'send',
      'messaging.batch.message_count': frames,
    },
  };
}

/** A request until its answer. */
export function askingOf(type: string): SpanPlan {
  return {
    name: `ask ${type}`,
    kind: SpanKind.CLIENT,
    attributes: { ...SYSTEM, 'messaging.operation.name': 'ask', 'jangteo.message.type': type },
  };
}

/** The work of one handler on what has arrived, up to the ack. */
export function processingOf(
  { queue, label }: { readonly queue: { readonly name: string }; readonly label: string },
  batch: readonly Delivery[],
): SpanPlan {
  const [first] = batch;
  return {
    name: `process ${queue.name}`,
    kind: SpanKind.CONSUMER,
    attributes: {
      ...SYSTEM,
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': queue.name,
      'messaging.batch.message_count': batch.length,
      'messaging.message.id': batch.length === 1 ? first?.messageId : undefined,
      'messaging.message.conversation_id': batch.length === 1 ? first?.correlationId : undefined,
      'jangteo.message.type': label,
    },
  };
}

/** The traces that the messages of a batch belong to. */
export function traceparentsOf(batch: readonly Delivery[]): (string | undefined)[] {
  return batch.map(({ trace }) => trace.traceparent);
}
