import { z } from 'zod';
import { instant } from './ids.js';
import type { CommandContract } from './message.js';

/** The pseudo-queue under which the broker brings answers straight to the asker's channel. */
export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';

/** The type under which an answer to a request travels. */
export const ANSWER_TYPE = 'answer';

/** The AMQP type of several messages of one batch to one queue that travel as one. */
export const BUNDLE_TYPE = 'bundle';

/** The type under which the answer to a command travels. */
export function replyType(contract: CommandContract): string {
  return `${contract.type}.reply`;
}

/** Ties a message to the request that began it, for logs and traces of every service. */
export interface Trace {
  /** The client's or the gateway's X-Request-Id. */
  readonly requestId?: string | undefined;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
}

/** The destination of an answer: the asker's direct reply-to address and the id under which it waits. */
export interface ReplyAddress {
  readonly replyTo: string;
  readonly correlationId: string;
}

export function isAmong(
  addresses: readonly ReplyAddress[],
  { replyTo, correlationId }: ReplyAddress,
): boolean {
  return addresses.some((other) => other.replyTo === replyTo && other.correlationId === correlationId);
}

/** A W3C Trace Context of version 00: trace, span and flags in its groups. Ids of zeros only are not valid. */
export const TRACEPARENT = /^00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})$/;

/** Header names of the envelope. */
export const HEADERS = {
  schemaVersion: 'schema-version',
  causationId: 'causation-id',
  traceparent: 'traceparent',
  requestId: 'request-id',
  deadline: 'deadline',
  replayed: 'replayed',
  sentAgain: 'sent-again',
  sender: 'original-sender',
  vouchedBy: 'vouched-by',
} as const;

/** Header names that a message gets when it is put aside for people. */
export const PARKED_HEADERS = {
  messageId: 'parked-message-id',
  reason: 'parked-reason',
  error: 'parked-error',
  queue: 'parked-queue',
  at: 'parked-at',
  sender: 'parked-sender',
} as const;

const trace = {
  [HEADERS.traceparent]: z.string().optional().describe('W3C Trace Context.'),
  [HEADERS.requestId]: z.string().optional().describe('Of the request to the gateway that it belongs to.'),
};
const sentAgain = {
  [HEADERS.sentAgain]: z.string().optional().describe('The dead letter that it was before.'),
  [HEADERS.sender]: z
    .string()
    .optional()
    .describe(
      "The broker's user who had sent what its receiver sends again; counts from the receiver alone.",
    ),
  [HEADERS.vouchedBy]: z
    .string()
    .optional()
    .describe('Who had a message sent again whose sender is not known; counts from the receiver alone.'),
};
const version = { [HEADERS.schemaVersion]: z.int().min(1).describe("The version of the payload's schema.") };

/** The headers of each kind of message, as documents show them and tests check them. */
export const ENVELOPES = {
  request: z
    .object({
      ...version,
      [HEADERS.deadline]: z.int().min(1).describe('When nobody waits any more, in milliseconds since 1970.'),
      ...trace,
      ...sentAgain,
    })
    .meta({ id: 'RequestHeaders' }),
  answer: z
    .object({
      ...trace,
      [HEADERS.replayed]: z
        .literal('true')
        .optional()
        .describe('The request did nothing: an earlier one with its operation had this answer.'),
    })
    .meta({ id: 'AnswerHeaders' }),
  /** Commands, the replies to them, and events. */
  lasting: z
    .object({
      ...version,
      [HEADERS.causationId]: z.string().optional().describe('The id of the message that led to this one.'),
      ...trace,
      ...sentAgain,
    })
    .meta({ id: 'LastingHeaders' }),
  parked: z
    .looseObject({
      [PARKED_HEADERS.messageId]: z.string().describe('The id that the message had.'),
      [PARKED_HEADERS.reason]: z.string(),
      [PARKED_HEADERS.error]: z.string(),
      [PARKED_HEADERS.queue]: z.string().describe('Where it comes from.'),
      [PARKED_HEADERS.at]: instant,
      [PARKED_HEADERS.sender]: z.string().optional().describe("The broker's user who had sent it."),
    })
    .meta({ id: 'ParkedHeaders' }),
};
