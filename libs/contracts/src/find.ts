import { z } from 'zod';
import { id } from './ids.js';
import { TRACEPARENT } from './envelope.js';
import { request } from './message.js';
import { SERVICES, type ServiceName } from './services.js';
import { onOneLine } from './text.js';

/** Kinds of things that services find. */
export const FOUND_KINDS = [
  'order',
  'user',
  'product',
  'option',
  'coupon',
  'userCoupon',
  'charge',
  'deadLetter',
] as const;

/** What one service finds at most, for one text. */
export const FOUND_MAX = 20;

const TITLE_LENGTH_MAX = 200;

/** Something that a pasted text names. */
export const foundThing = z.object({
  kind: z.enum(FOUND_KINDS),
  id,
  title: z.string().max(TITLE_LENGTH_MAX),
  of: id
    .optional()
    .describe(
      'What it belongs to: the product of an option, the coupon of a coupon of a user, the user of a charge.',
    ),
});

export type FoundThing = z.infer<typeof foundThing>;

/** A title out of words of whatever length; what is not known is left out. */
export function titleOf(...words: readonly (string | number | null | undefined)[]): string {
  const known = words.filter((word) => word !== null && word !== undefined && word !== '');
  const title = known.join(', ');
  if (title.length <= TITLE_LENGTH_MAX) return title;
  // A pair of surrogates is not cut in two.
  return title.slice(0, TITLE_LENGTH_MAX).replace(/[\uD800-\uDBFF]$/, '');
}

/** A text that somebody has pasted: an id, an e-mail address, a key, a trace. */
export const pastedText = onOneLine(z.string().trim().min(1).max(320));

/** The meanings that a pasted text may have. */
export interface Pasted {
  readonly text: string;
  /** Where it is an id, in lower case. */
  readonly id?: string;
  /** Where it is the id of a trace, or a `traceparent` with one. */
  readonly traceId?: string;
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/** Reads what a pasted text may mean. */
export function pastedOf(text: string): Pasted {
  const asId = id.safeParse(text);
  const lower = text.toLowerCase();
  const traceId = TRACE_ID.test(lower) ? lower : TRACEPARENT.exec(lower)?.[1];
  return {
    text,
    ...(asId.success ? { id: asId.data } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

const productId = '01920000-0000-7000-8000-0000000000b1';

function findIn(service: ServiceName) {
  return request({
    type: `${service}.find`,
    service,
    summary:
      'Finds what a pasted text names: an id of anything, of a message, a request or a trace, or an Idempotency-Key.',
    payload: z.object({ q: pastedText }),
    value: z.object({ found: z.array(foundThing).max(FOUND_MAX) }),
    refusals: [],
    example: {
      payload: { q: productId },
      value: { found: [{ kind: 'product', id: productId, title: 'Tea cup' }] },
    },
  });
}

export type FindRequest = ReturnType<typeof findIn>;

/** By service: each looks into its own database. */
export const finds = Object.fromEntries(SERVICES.map((service) => [service, findIn(service)])) as Record<
  ServiceName,
  FindRequest
>;
