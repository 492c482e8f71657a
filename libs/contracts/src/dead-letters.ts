import { z } from 'zod';
import { cursor, id, instant, page } from './ids.js';
import { onLines, onOneLine } from './text.js';
import { request, type MessageContract } from './message.js';
import { operationId } from './operations.js';
import { SERVICES, type ServiceName } from './services.js';

/** The state of a dead letter: a message that could not be handled. */
export const deadLetterState = z.enum(['WAITING', 'SENT_AGAIN', 'DROPPED']);

/** Messages are others' words: nothing in them is sure to be what it should be, or short. */
const word = z.string().max(100_000);

const part = onOneLine(z.string().max(255));

/** Waiting dead letters of a kind are counted no further: a number from here on says how many there are at least. */
export const COUNTED_MAX = 10_000;

/** A selection of dead letters: those that match every field that is given. */
export const deadLetterFilter = z.object({
  queue: part.optional(),
  type: part.optional(),
  reason: part.optional(),
});

/** A message that could not be handled, as lists show it. */
export const deadLetter = z.object({
  deadLetterId: id,
  service: z.enum(SERVICES),
  queue: word.describe('Where it came from, and where it is sent again.'),
  type: word,
  messageId: word.optional(),
  correlationId: word.optional().describe('Of a command or its reply: the order.'),
  reason: word,
  parkedAt: instant,
  sendable: z.boolean().describe('False for a request: nobody waits for it, and it is not sent again.'),
  earlierId: id.optional().describe('The dead letter that it was before it was sent again.'),
  state: deadLetterState,
  settledAt: instant.optional().describe('When it was sent again or dropped.'),
  settledBy: word.optional().describe("The admin's id, or `system`."),
  settledReason: word.optional(),
});

/** All that is known of it. */
export const deadLetterWithBody = deadLetter.extend({
  detail: word,
  properties: z.record(z.string(), z.unknown()).describe('AMQP properties and headers, as it had them.'),
  body: z.string().describe('Its beginning, where it is long.'),
  bodyEncoding: z.enum(['utf8', 'base64']),
  bodyBytes: z.int().min(0),
});

const GROUP_NAME_LENGTH_MAX = 255;

/** What people have said of a group: a note, and whether it is to alert nobody. */
const remark = z.object({
  note: z.string().max(1_000).optional().describe('What somebody wrote down about them.'),
  isMuted: z.boolean().describe('Whether they alert nobody while they wait.'),
});

/** Waiting dead letters of one service with one type and reason. */
export const deadLetterGroup = remark.extend({
  service: z.enum(SERVICES),
  type: z.string().max(GROUP_NAME_LENGTH_MAX),
  reason: z.string().max(GROUP_NAME_LENGTH_MAX),
  count: z.int().min(0).describe('How many of them wait; from 10,000 on, at least so many.'),
  first: instant.optional().describe('When the first of them was put aside.'),
  last: instant.optional().describe('When the last of them was put aside.'),
  changedBy: id.optional().describe('Who wrote the note or muted them last.'),
  changedAt: instant.optional().describe('When that was.'),
});

/** The most groups of one service that are told of: those with the latest letters, then muted ones of which none waits. */
export const GROUPS_MAX = 100;

export const groupNote = onLines(z.string().trim().min(1).max(1_000));

/** What is to be said of a group; what is left out stays, `null` takes the note away. */
export const groupChange = z.object({
  type: part,
  reason: part,
  note: groupNote.nullable().optional(),
  isMuted: z.boolean().optional(),
});

export const dropReason = onOneLine(z.string().trim().min(1).max(500));

const deadLetterId = '01920000-0000-7000-8000-0000000000d1';
const orderId = '01920000-0000-7000-8000-0000000000a1';
const adminId = '01920000-0000-7000-8000-000000000009';
const at = '2026-01-01T00:00:00.000Z';

function examplesOf(service: ServiceName) {
  const waiting = {
    deadLetterId,
    service,
    queue: `jangteo.${service}.commands`,
    type: 'wallet.debit',
    messageId: '01920000-0000-7000-8000-0000000000d2',
    correlationId: orderId,
    reason: 'invalid-payload',
    parkedAt: at,
    sendable: true,
    state: 'WAITING' as const,
  };
  const settled = { ...waiting, settledAt: at, settledBy: adminId };
  return {
    waiting,
    group: {
      service,
      type: waiting.type,
      reason: waiting.reason,
      count: 3,
      first: at,
      last: at,
      note: 'sent by the old till',
      isMuted: true,
      changedBy: adminId,
      changedAt: at,
    },
    whole: {
      ...waiting,
      detail: 'Too small: expected number to be >=1',
      properties: { contentType: 'application/json', headers: { 'schema-version': 1 } },
      body: '{"amount":-1}',
      bodyEncoding: 'utf8' as const,
      bodyBytes: 13,
    },
    sent: { ...settled, state: 'SENT_AGAIN' as const },
    dropped: { ...settled, state: 'DROPPED' as const, settledReason: 'sent by a test' },
  };
}

/** Requests about the groups of a service's waiting dead letters. */
function groupRequestsTo(service: ServiceName) {
  const { waiting, group } = examplesOf(service);
  return {
    groups: request({
      type: `${service}.group-dead-letters`,
      service,
      summary:
        'Counts the dead letters that wait, by type and reason, those with the latest first, and then muted groups of ' +
        'which none waits. A count from 10,000 on says how many there are at least.',
      payload: z.object({}),
      value: z.object({ groups: z.array(deadLetterGroup).max(GROUPS_MAX) }),
      refusals: [],
      example: { payload: {}, value: { groups: [group] } },
    }),
    changeGroup: request({
      type: `${service}.change-dead-letter-group`,
      service,
      summary: 'Notes something about the waiting dead letters of a type and a reason, or mutes them.',
      payload: groupChange.extend({ by: id }),
      value: z.object({ group: deadLetterGroup, before: remark }),
      refusals: ['DEAD_LETTER_NOT_FOUND'],
      example: {
        payload: { type: waiting.type, reason: waiting.reason, isMuted: true, by: adminId },
        value: { group, before: { isMuted: false } },
      },
    }),
  };
}

/** The requests by which the gateway asks a service about its own dead letters, and has it deal with them. */
function requestsTo<S extends ServiceName>(service: S) {
  const { waiting, whole, sent, dropped } = examplesOf(service);
  return {
    list: request({
      type: `${service}.list-dead-letters`,
      service,
      summary: 'Reads a page of the messages that could not be handled, newest first.',
      payload: page.extend({ filter: deadLetterFilter, state: deadLetterState.optional() }),
      value: z.object({ deadLetters: z.array(deadLetter), next: cursor.optional() }),
      refusals: ['VALIDATION_FAILED'],
      example: {
        payload: { filter: {}, state: 'WAITING', limit: 20 },
        value: { deadLetters: [waiting] },
      },
    }),
    read: request({
      type: `${service}.read-dead-letter`,
      service,
      summary: 'Reads a message that could not be handled, with body and properties.',
      payload: z.object({ deadLetterId: id }),
      value: deadLetterWithBody,
      refusals: ['DEAD_LETTER_NOT_FOUND'],
      example: { payload: { deadLetterId }, value: whole },
    }),
    ...groupRequestsTo(service),
    sendAgain: request({
      type: `${service}.send-dead-letter`,
      service,
      summary: 'Puts a dead letter back into its queue. One that was sent again before stays as it is.',
      payload: z.object({ deadLetterId: id, by: id, operationId }),
      value: deadLetter,
      refusals: ['DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_SETTLED', 'DEAD_LETTER_EXPIRED'],
      example: { payload: { deadLetterId, by: adminId }, value: sent },
    }),
    sendAllAgain: request({
      type: `${service}.send-dead-letters`,
      service,
      summary:
        'Puts waiting dead letters back into their queues, as many as one call bears; `left` says how many ' +
        'there still are of those that waited at `parkedUntil`, from 10,000 on at least so many.',
      payload: z.object({ filter: deadLetterFilter, parkedUntil: instant.optional(), by: id, operationId }),
      value: z.object({
        sent: z.int().min(0),
        left: z.int().min(0),
        unsendable: z.int().min(0),
        parkedUntil: instant,
      }),
      refusals: [],
      example: {
        payload: { filter: { type: 'wallet.debit' }, by: adminId },
        value: { sent: 3, left: 0, unsendable: 1, parkedUntil: at },
      },
    }),
    drop: request({
      type: `${service}.drop-dead-letter`,
      service,
      summary: 'Takes a dead letter out of those that wait. It is kept, with who dropped it and why.',
      payload: z.object({ deadLetterId: id, by: id, reason: dropReason }),
      value: deadLetter,
      refusals: ['DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_SETTLED'],
      example: { payload: { deadLetterId, by: adminId, reason: 'sent by a test' }, value: dropped },
    }),
  };
}

export type DeadLetterRequests = ReturnType<typeof requestsTo>;

/** By service: each answers for its own queues. */
export const deadLetterRequests = Object.fromEntries(
  SERVICES.map((service) => [service, requestsTo(service)]),
) as Record<ServiceName, DeadLetterRequests>;

export const DEAD_LETTER_MESSAGES: readonly MessageContract[] = Object.values(deadLetterRequests).flatMap(
  (requests) => Object.values(requests),
);

export type DeadLetter = z.infer<typeof deadLetter>;
export type DeadLetterWithBody = z.infer<typeof deadLetterWithBody>;
export type DeadLetterGroup = z.infer<typeof deadLetterGroup>;
export type DeadLetterFilter = z.infer<typeof deadLetterFilter>;
export type DeadLetterState = z.infer<typeof deadLetterState>;
