import { z } from 'zod';

/**
 * An id: made as UUIDv7 here, any RFC 9562 UUID is read, so that an id nobody has is "not found". Read in
 * lower case as PostgreSQL writes it: two spellings of one id would be two keys to a program.
 */
export const id = z.uuid().toLowerCase();

/** The ids between which all others lie. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const LAST_MADE_AT_MS = 2 ** 48 - 1;

/**
 * The smallest id that can be made at an instant: ids of version 7 begin with their milliseconds. Of an instant before
 * or after all of theirs it is that of the first or the last one.
 */
export function firstIdAt(instantMs: number): string {
  const time = Math.min(Math.max(instantMs, 0), LAST_MADE_AT_MS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** The instant at which an id of version 7 was made, in milliseconds; `undefined` of any other. */
export function madeAtMs(uuid: string): number | undefined {
  return uuid[14] === '7' ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : undefined;
}

/** An instant on the wire: ISO 8601, UTC, of what PostgreSQL reads as well. */
export const instant = z.iso
  .datetime()
  .refine(
    (text) => !/^0000|\.\d{10}/.test(text),
    'must be of the year 0001 or later, with at most 9 digits after the point',
  );

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The earliest instant, in milliseconds. */
export const FIRST_INSTANT_MS = Date.parse('0001-01-01T00:00:00Z');

/** The place from which a list goes on; made by the service that owns the list and opaque to everybody else. */
export const cursor = z.string().min(1).max(200);

/** The page of a list that is asked for. */
export const page = z.object({ limit: z.int().min(1).max(100), cursor: cursor.optional() });

/** The most that one question looks at, where those of many requests go together. */
export const LOOKS_MAX = 100;

export type Page = z.infer<typeof page>;

/**
 * The name under which a write's outcome is stored, so that the same write asked for again is answered
 * from the store. `fingerprint` tells a repeat from another write under the same key.
 */
export const operation = z.object({ key: z.string().min(1).max(600), fingerprint: z.string().max(128) });

export type Operation = z.infer<typeof operation>;

/** The user who is logged in and has a change made. Gateways of the release before do not say. */
export const actorId = id
  .optional()
  .describe('Who had it done: the user who was logged in. Absent where that was not noted.');

/**
 * The name under which a participant stores the outcome of a command: the order, and what the command does.
 *
 * @param type of the command's messages, `owner.what-it-does`
 */
export function stepKey(orderId: string, { type }: { readonly type: string }): string {
  return `${orderId}/${type.slice(type.indexOf('.') + 1)}`;
}
