import type { Message } from 'amqplib';
import { HEADERS, PARKED_HEADERS, type Queue } from '@jangteo/contracts';
import { traceOf } from './decode.js';
import type { OutboundMessage } from './outbound-messages.js';
import { newId } from './ids.js';
import { senderOfMessage, type Senders } from './senders.js';

/** The reason why a message is parked, and the detail that people should know. */
export interface Verdict {
  readonly reason: string;
  readonly detail: string;
}

const DETAIL_LENGTH_MAX = 4_000;

/** By these RabbitMQ routes copies of a message to other queues: what was put aside must not come back so. */
const ROUTING_HEADERS: readonly string[] = ['CC', 'BCC'];

/** All headers of a message together have at most 64 KiB, ours among them. */
const FOREIGN_HEADERS_BYTES_MAX = 32 * 1024;
const FOREIGN_HEADER_BYTES_MAX = 1024;

/** The headers that a message keeps when it is published once more by us: none that routes, not too many. */
export function keptHeaders(headers: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const entries = Object.entries(headers).filter(([name]) => !ROUTING_HEADERS.includes(name));
  const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytesOf(entries) <= FOREIGN_HEADERS_BYTES_MAX) return Object.fromEntries(entries);
  const known: readonly string[] = Object.values(HEADERS);
  const small = entries.filter(
    ([name, value]) => known.includes(name) && bytesOf(value) <= FOREIGN_HEADER_BYTES_MAX,
  );
  return Object.fromEntries(small);
}

/** The text of an error, short enough for a header. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return text.slice(0, DETAIL_LENGTH_MAX);
}

/** Signed by us, they would count: what its sender wrote there must not come along. */
function withoutSender(headers: Record<string, unknown>): Record<string, unknown> {
  const ours: readonly string[] = [PARKED_HEADERS.sender, HEADERS.sender, HEADERS.vouchedBy];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ours.includes(name)));
}

/** The message as it goes to its dead-letter queue: untouched but for its expiration, with the verdict. */
export function deadLetterFrame(
  message: Message,
  queue: Queue,
  verdict: Verdict,
  { nowMs, senders }: { readonly nowMs: number; readonly senders: Senders },
): OutboundMessage {
  const sender = senderOfMessage(message, senders);
  const { headers, type, correlationId, timestamp, appId, contentType, messageId } = message.properties;
  return {
    exchange: '',
    routingKey: queue.deadLetterQueue,
    body: message.content,
    options: {
      type,
      correlationId,
      timestamp,
      appId,
      contentType,
      // Its own id, since returns are told apart by it; the original one is kept beside.
      messageId: newId(),
      headers: {
        ...withoutSender(keptHeaders(headers)),
        [PARKED_HEADERS.messageId]: String(messageId ?? ''),
        [PARKED_HEADERS.reason]: verdict.reason,
        [PARKED_HEADERS.error]: verdict.detail.slice(0, DETAIL_LENGTH_MAX),
        [PARKED_HEADERS.queue]: queue.name,
        [PARKED_HEADERS.at]: new Date(nowMs).toISOString(),
        ...(sender === undefined ? {} : { [PARKED_HEADERS.sender]: sender }),
      },
      userId: senders.own,
      persistent: true,
      mandatory: true,
    },
    confirmed: true,
  };
}

/** A message as logs name it. */
export function describeMessage(message: Message): string {
  const { requestId } = traceOf(message);
  const request = requestId === undefined ? '' : ` of request ${requestId}`;
  return `${String(message.properties.type)} ${String(message.properties.messageId)}${request}`;
}
