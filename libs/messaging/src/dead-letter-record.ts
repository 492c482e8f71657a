import { createHash } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';
import { HEADERS, PARKED_HEADERS, TRACEPARENT, type Queue } from '@jangteo/contracts';
import { arrivalsOf } from './bundles.js';
import type { Arrival } from './consumer-session.js';
import { keptHeaders } from './dead-letters.js';
import type { OutboundMessage } from './outbound-messages.js';
import { senderOfMessage, type Senders } from './senders.js';

/**
 * The reason of what travelled with others in a bundle that the broker gave up on: any one of them may have
 * been the cause, so each is to be tried once more alone.
 */
export const GIVEN_UP_TOGETHER = 'given-up-together';

/** A message out of a dead-letter queue. Nothing of it is sure to be what it should be. */
export interface DeadLetterRecord {
  /** The same however often it is parked or delivered; another one once it was sent again. */
  readonly deadLetterId: string;
  /** The queue that it came from. */
  readonly queue: string;
  readonly type: string;
  readonly messageId: string | null;
  readonly correlationId: string | null;
  readonly body: Buffer;
  /** JSON of what else it is sent again with. */
  readonly properties: string;
  readonly reason: string;
  readonly detail: string;
  /** The dead letter that it was before it was sent again. */
  readonly earlierId: string | null;
  /** False for a request: nobody waits for its answer any more, and its client may have asked again since. */
  readonly isSendable: boolean;
  /** Of the request to the gateway that it belongs to. */
  readonly requestId: string | null;
  /** Of the trace that it belongs to. */
  readonly traceId: string | null;
}

/** The part of a record that is needed to send it again. */
export type Sendable = Pick<
  DeadLetterRecord,
  'deadLetterId' | 'queue' | 'type' | 'messageId' | 'correlationId' | 'body' | 'properties'
>;

type BrokerHeaders = Readonly<Record<string, unknown>>;

/** The queue of a dead letter, and the senders known there. */
interface Origin {
  readonly queue: Queue;
  readonly senders: Senders;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** No request of the gateway's has a longer id. */
const REQUEST_ID_LENGTH_MAX = 128;

/** Of a type or a reason, which are in an index: no message of ours has longer ones. */
const WORD_LENGTH_MAX = 255;

/** PostgreSQL stores no NUL in a text. */
function text(value: unknown): string {
  return String(value).replaceAll('\0', '\uFFFD');
}

/** The beginning of what may be longer. */
const word = (value: unknown): string => text(value).slice(0, WORD_LENGTH_MAX);

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? text(value) : null;
}

/** Its reason where the broker itself put a message aside, which happens to bundles as a whole. */
function brokersReason(headers: BrokerHeaders): string | undefined {
  const deaths: unknown = headers['x-death'];
  if (!Array.isArray(deaths)) return undefined;
  const [last] = deaths as readonly { readonly reason?: unknown }[];
  return word(last?.reason).replaceAll('_', '-');
}

/** The verdict on a message that neither we nor the broker have put there; undefined for all others. */
function strangersVerdict(message: ConsumeMessage, brokers: string | undefined, senders: Senders) {
  if (message.properties.userId === senders.own) return undefined;
  const sender = senderOfMessage(message, senders);
  if (sender === undefined) {
    return senders.takesUnsigned
      ? undefined
      : { reason: 'no-sender', detail: 'nothing tells who put it here' };
  }
  return brokers === undefined
    ? { reason: 'wrong-sender', detail: `${sender} has put it among the dead letters itself` }
    : undefined;
}

function verdictOf(headers: BrokerHeaders, brokers: string | undefined, isPart: boolean) {
  const reason = textOrNull(headers[PARKED_HEADERS.reason]);
  if (reason !== null) return { reason: word(reason), detail: text(headers[PARKED_HEADERS.error] ?? '') };
  const detail = brokers === undefined ? 'nothing tells why' : `put aside by the broker: ${brokers}`;
  const isCaught = isPart && brokers === 'delivery-limit';
  return { reason: isCaught ? GIVEN_UP_TOGETHER : (brokers ?? 'unknown'), detail };
}

/** Headers that say where a message has been. */
function isOfTransport(name: string): boolean {
  const { sentAgain, sender, vouchedBy } = HEADERS;
  const ours: readonly string[] = [...Object.values(PARKED_HEADERS), sentAgain, sender, vouchedBy];
  return name.startsWith('x-') || ours.includes(name);
}

function propertiesOf(message: ConsumeMessage, senders: Senders): string {
  const { properties } = message;
  const { contentType, contentEncoding, timestamp, appId, headers } = properties;
  const kept: Record<string, unknown> = Object.fromEntries(
    Object.entries(keptHeaders(headers)).filter(([name]) => !isOfTransport(name)),
  );
  const sender = senderOfMessage(message, senders);
  return JSON.stringify({ contentType, contentEncoding, timestamp, appId, sender, headers: kept });
}

/** A UUID (version 8) made of what is hashed. */
function idOf(hash: Buffer): string {
  const hex = [...hash.subarray(0, 16)]
    .map((byte, at) => (at === 6 ? (byte & 0x0f) | 0x80 : at === 8 ? (byte & 0x3f) | 0x80 : byte))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function recordOf(
  message: ConsumeMessage,
  { queue, senders }: Origin,
  brokers?: string,
  isPart = false,
): DeadLetterRecord {
  const { properties, content: body } = message;
  const headers: BrokerHeaders = properties.headers ?? {};
  const isParked = PARKED_HEADERS.messageId in headers;
  const messageId = textOrNull(isParked ? headers[PARKED_HEADERS.messageId] : properties.messageId);
  const type = word(properties.type ?? '');
  const sentAgain = textOrNull(headers[HEADERS.sentAgain]);
  const requestId = textOrNull(headers[HEADERS.requestId]);
  const earlierId = sentAgain !== null && UUID.test(sentAgain) ? sentAgain : null;
  // One without an id of its own has at least the one under which it was parked.
  const name = [queue.name, messageId ?? text(properties.messageId ?? ''), type, earlierId];
  return {
    deadLetterId: idOf(createHash('sha256').update(JSON.stringify(name)).update(body).digest()),
    queue: queue.name,
    type,
    messageId,
    correlationId: textOrNull(properties.correlationId),
    body,
    properties: propertiesOf(message, senders),
    ...(strangersVerdict(message, brokers, senders) ?? verdictOf(headers, brokers, isPart)),
    earlierId,
    isSendable: queue.role !== 'requests',
    requestId: requestId !== null && requestId.length <= REQUEST_ID_LENGTH_MAX ? requestId : null,
    traceId: TRACEPARENT.exec(String(headers[HEADERS.traceparent]))?.[1] ?? null,
  };
}

/** Reads what came out of a dead-letter queue, message by message: a bundle is taken apart. Never throws. */
export function recordsOf(arrival: Arrival, place: Origin): { arrival: Arrival; record: DeadLetterRecord }[] {
  const brokers = brokersReason(arrival.message.properties.headers ?? {});
  const parts = arrivalsOf(arrival);
  return parts.map((part) => ({
    arrival: part,
    record: recordOf(part.message, place, brokers, parts.length > 1),
  }));
}

/** The users in whose name a dead letter is sent again. */
export interface SendingAgain {
  /** The service's own user: the broker takes no other from it. */
  readonly userId: string;
  /** The operator who answers for it where nothing tells who had sent it. */
  readonly vouchedBy?: string | undefined;
}

/** A dead letter on its way back into its queue: as it was, but counted anew, and never to expire. */
export function frameAgain(record: Sendable, { userId, vouchedBy }: SendingAgain): OutboundMessage {
  const { deadLetterId, queue, type, messageId, correlationId, body, properties } = record;
  const { headers, sender, ...own } = JSON.parse(properties) as { headers: BrokerHeaders; sender?: string };
  const known = sender === undefined ? undefined : { [HEADERS.sender]: sender };
  const vouched = vouchedBy === undefined ? {} : { [HEADERS.vouchedBy]: vouchedBy };
  return {
    exchange: '',
    routingKey: queue,
    body,
    options: {
      ...own,
      type,
      messageId: messageId ?? deadLetterId,
      ...(correlationId === null ? {} : { correlationId }),
      headers: { ...headers, [HEADERS.sentAgain]: deadLetterId, ...(known ?? vouched) },
      userId,
      persistent: true,
      mandatory: true,
    },
    confirmed: true,
  };
}
