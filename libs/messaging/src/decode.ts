import type { Message } from 'amqplib';
import type { z } from 'zod';
import {
  answererOf,
  BUNDLE_TYPE,
  HEADERS,
  replyType,
  senderOf,
  type BrokerUser,
  type MessageContract,
} from '@jangteo/contracts';
import type { Handler } from './handlers.js';
import type { Delivery, ReplyAddress, Trace } from './message.types.js';
import { metrics } from './metrics.js';
import { isVouchedFor, senderOfMessage, type Senders } from './senders.js';

/** A route's reading of one wire type. */
export interface Reading {
  readonly contract: MessageContract;
  /** Of the payload, or, for the reply to a command, of its outcome. */
  readonly schema: z.ZodType;
  /** The only user who may have sent it. */
  readonly sender: BrokerUser;
}

/** The reason why a message cannot be given to any handler. */
export type Fault =
  'unknown-type' | 'wrong-sender' | 'no-sender' | 'malformed' | 'unknown-version' | 'invalid-payload';

export type Decoded =
  | { readonly ok: true; readonly delivery: Delivery; readonly contract: MessageContract }
  | { readonly ok: false; readonly fault: Fault; readonly detail: string };

/** The wire types that a route takes, and how it reads them. */
export function readingsOf({ role, contracts }: Pick<Handler, 'role' | 'contracts'>): Map<string, Reading> {
  return new Map(
    contracts.map((contract) =>
      role === 'replies' && contract.kind === 'command'
        ? [replyType(contract), { contract, schema: contract.answer, sender: answererOf(contract) }]
        : [contract.type, { contract, schema: contract.payload, sender: senderOf(contract) }],
    ),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}

/** The address at which the sender of a message awaits the answer, if anywhere. */
export function replyAddressOf({ properties }: Message): ReplyAddress | undefined {
  const replyTo = text(properties.replyTo);
  const correlationId = text(properties.correlationId);
  return replyTo !== undefined && correlationId !== undefined ? { replyTo, correlationId } : undefined;
}

/** The trace that a message carries. */
export function traceOf({ properties }: Message): Trace {
  const headers = properties.headers ?? {};
  return { requestId: text(headers[HEADERS.requestId]), traceparent: text(headers[HEADERS.traceparent]) };
}

/**
 * Until when an answer is awaited, by `performance.now()`, as `arrivedAtMs` is. The broker measures `expiration` without
 * any clock; what the sender's clock says, in a header, may be off by hours, and ours may be set meanwhile.
 */
export function deadlineOf({ properties }: Message, arrivedAtMs: number): number | undefined {
  const expirationMs = positive(properties.expiration);
  return expirationMs === undefined ? undefined : arrivedAtMs + expirationMs;
}

/** From this many earlier deliveries on a message is worked alone: it may be what crashed us. */
export const SUSPECT_DELIVERIES = 2;

/** Times that the broker has handed this message out before. A classic queue tells only that it has. */
export function deliveryCountOf({ properties, fields }: Message): number {
  const count = positive(properties.headers?.['x-delivery-count']);
  return count ?? (fields.redelivered ? SUSPECT_DELIVERIES : 0);
}

/** Recognises a message that may bring its neighbours down: it came back, or failed before it was sent again. */
export function isSuspect(message: Message): boolean {
  const wasDead = message.properties.headers?.[HEADERS.sentAgain] !== undefined;
  return wasDead || deliveryCountOf(message) >= SUSPECT_DELIVERIES;
}

function fault(kind: Fault, detail: string): Decoded {
  return { ok: false, fault: kind, detail };
}

/** The reason why a message is not taken from whoever sent it; undefined when it is. */
export function strangerIn(
  message: Message,
  { type, sender: allowed }: { readonly type: string; readonly sender: BrokerUser },
  senders: Senders,
): Extract<Fault, 'no-sender' | 'wrong-sender'> | undefined {
  const sender = senderOfMessage(message, senders);
  if (sender === senders.names[allowed]) return undefined;
  if (sender === undefined && (senders.takesUnsigned || isVouchedFor(message, senders))) {
    metrics.unsigned.inc({ type });
    return undefined;
  }
  metrics.wrongSender.inc({ type, sender: sender ?? 'nobody' });
  return sender === undefined ? 'no-sender' : 'wrong-sender';
}

/** Reads one message alone; never throws. */
export function decode(
  message: Message,
  arrivedAtMs: number,
  readings: ReadonlyMap<string, Reading>,
  senders: Senders,
): Decoded {
  const { properties } = message;
  const reading = readings.get(properties.type);
  if (properties.type === BUNDLE_TYPE) return fault('malformed', 'a bundle that cannot be taken apart');
  if (reading === undefined) return fault('unknown-type', `no handler for type ${String(properties.type)}`);
  const { contract, schema } = reading;
  const stranger = strangerIn(message, { type: contract.type, sender: reading.sender }, senders);
  if (stranger !== undefined) {
    const sender = senderOfMessage(message, senders) ?? 'nobody';
    return fault(stranger, `sent by ${sender}, which only ${senders.names[reading.sender]} may`);
  }
  const version: unknown = properties.headers?.[HEADERS.schemaVersion];
  if (version !== contract.version) {
    return fault('unknown-version', `schema version ${String(version)}, expected ${contract.version}`);
  }
  const messageId = text(properties.messageId);
  if (messageId === undefined) return fault('malformed', 'no message id');
  const correlationId = text(properties.correlationId);
  if (contract.kind === 'command' && correlationId === undefined) {
    return fault('malformed', 'no correlation id');
  }
  let body: unknown;
  try {
    body = JSON.parse(message.content.toString('utf8'));
  } catch (error) {
    return fault('malformed', `not JSON: ${String(error)}`);
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) return fault('invalid-payload', parsed.error.message);
  const delivery: Delivery = {
    type: contract.type,
    payload: parsed.data,
    messageId,
    correlationId,
    replyAddress: contract.kind === 'request' ? replyAddressOf(message) : undefined,
    deadlineMs: contract.kind === 'request' ? deadlineOf(message, arrivedAtMs) : undefined,
    trace: traceOf(message),
  };
  return { ok: true, delivery, contract };
}
