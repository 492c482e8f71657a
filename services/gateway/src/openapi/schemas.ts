import {
  cartQuantity,
  cursor,
  id,
  instant,
  named,
  nameUpTo,
  OPTION_UNITS_MAX,
  orderLine,
  type OrderLine,
} from '@jangteo/contracts';
import { z } from 'zod';
import { inUtc, timeFlawOf } from '../domain/given-time.js';
import { flawOf, mayBePassword, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../domain/password.js';

/**
 * An e-mail address as accounts have it: without spaces around it, in lower case. What HTML takes in a field for one
 * (RFC 5322 without comments and quotes); of an internationalised domain the ASCII form, as browsers send it.
 */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ pattern: z.regexes.html5Email }));

const LENGTHS = { minLength: PASSWORD_LENGTH_MIN, maxLength: PASSWORD_LENGTH_MAX };

/** A password to choose; counted are its characters as RFC 8265 prepares them. */
export const newPassword = z
  .string()
  .superRefine((password, context) => {
    const flaw = flawOf(password);
    if (flaw !== undefined) context.addIssue({ code: 'custom', message: flaw });
  })
  .meta(LENGTHS);

/** A password to log in with. */
export const givenPassword = z
  .string()
  .min(1)
  .refine(mayBePassword, `must have at most ${PASSWORD_LENGTH_MAX} characters`)
  .meta({ maxLength: PASSWORD_LENGTH_MAX });

/** Somebody's display name, however a keyboard composes its characters. */
export const personName = nameUpTo(100).normalize('NFC');

/**
 * A time from a client, which may have an offset, as one in UTC: so it is the same text under an Idempotency-Key
 * whatever its offset, and services are told of times in UTC alone.
 */
export const givenInstant = named(
  'GivenInstant',
  z
    .string()
    .superRefine((text, context) => {
      const flaw = timeFlawOf(text);
      if (flaw !== undefined) context.addIssue({ code: 'custom', message: flaw });
    })
    .overwrite(inUtc)
    .pipe(instant),
  '2026-01-01T09:00:00+09:00',
  'RFC 3339, in UTC (`Z`) or with an offset (`+09:00`, `+0900`), whose `+` is `%2B` in a query. Answers have it in UTC. ' +
    'In UTC it is of the years 0001 to 9999, with at most 9 digits after the point.',
  { format: 'date-time' },
);

/** Gives a schema the name of another one, and all that is said of that: for what clients may send in more ways. */
export function namedLike<S extends z.ZodType>(schema: S, other: z.ZodType): S {
  z.globalRegistry.add(schema, z.globalRegistry.get(other)!);
  return schema;
}

/** A whole number in a query. */
function wholeNumber(min: number, max: number) {
  return (
    z
      .string()
      .regex(/^\d{1,9}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.int().min(min).max(max))
      // What it is to a client: that a query is text is a matter of how it travels.
      .meta({ type: 'integer', pattern: undefined, minimum: min, maximum: max })
  );
}

/** A whole number in a query, and what it is where it is left out. */
export function count(min: number, max: number, usual: number) {
  const meta = { type: 'integer' as const, pattern: undefined, minimum: min, maximum: max, default: usual };
  return wholeNumber(min, max).default(usual).meta(meta);
}

/** `?limit=` of a list that has no pages: without it, all that there is. */
export const limitOfWhole = wholeNumber(1, 100).optional();

/** Yes or no in a query. */
export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', enum: undefined });

/** A whole number in a query that may be large, such as an amount. */
export function largeCount(max: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(0).max(max))
    .meta({
      type: 'integer',
      pattern: undefined,
      minimum: 0,
      maximum: max,
      ...(max > 2 ** 31 - 1 ? { format: 'int64' } : {}),
    });
}

/** `?from=&to=` of lists that go by time. */
export const placedQuery = {
  from: givenInstant.optional().describe('Of orders placed at this instant or later.'),
  to: givenInstant.optional().describe('Of orders placed before this instant.'),
};

const cursorOf = (...parts: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** Cursors as lists give them, by what the lists go by. */
export const CURSORS = {
  byTime: cursorOf('2026-01-01T00:00:00.000Z', '01920000-0000-7000-8000-0000000000a1'),
  byId: cursorOf('01920000-0000-7000-8000-0000000000b1'),
  byNumber: cursorOf(12),
  newest: cursorOf('newest', '01920000-0000-7000-8000-0000000000b1'),
};

/**
 * @param kind what the list goes by, of which its cursors are made
 * @param lengthMax where it is not that of other lists
 */
export function cursorLike(kind: keyof typeof CURSORS, lengthMax?: number) {
  const ofList = lengthMax === undefined ? cursor : z.string().min(1).max(lengthMax);
  return ofList.optional().meta({ examples: [CURSORS[kind]] });
}

/** `?limit=&cursor=` of every list. */
export const pageQuery = z.object({ limit: count(1, 100, 20), cursor: cursorLike('byTime') });

/** `?userId=` where an admin may look at another user's. */
export const userQuery = z.object({ userId: id.optional() });

/** A page of a user's own things. */
export const userPageQuery = pageQuery.extend(userQuery.shape);

/** `?limit=&days=` of the ranking. */
export const topQuery = z.object({ limit: count(1, 100, 5), days: count(1, 30, 3) });

/** A product that a customer wants, and how many of it. */
export const draftLine = named('OrderDraftLine', z.strictObject(orderLine.shape), {
  productId: '01920000-0000-7000-8000-0000000000b1',
  quantity: 2,
});

/** How many of a product are to be in the cart. */
export const cartItemDraft = named(
  'CartItemDraft',
  z.strictObject({ ...orderLine.shape, quantity: cartQuantity }),
  { productId: '01920000-0000-7000-8000-0000000000b1', quantity: 2 },
);

/**
 * Bounds the units of one option in an order that is placed; what was placed before there was a bound is carried out.
 * A line may leave the option out where its product has one alone: then every line of that product means the same.
 */
export function boundUnits(
  { items = [] }: { readonly items?: readonly OrderLine[] | undefined },
  context: z.RefinementCtx,
): void {
  const ofOneOption = new Set(
    items.filter((line) => line.optionId === undefined).map((line) => line.productId),
  );
  const units = new Map<string, number>();
  for (const [index, { productId, optionId = '', quantity }] of items.entries()) {
    const key = ofOneOption.has(productId) ? productId : productId + optionId;
    const sum = (units.get(key) ?? 0) + quantity;
    units.set(key, sum);
    if (sum <= OPTION_UNITS_MAX) continue;
    const message = `an order has at most ${OPTION_UNITS_MAX} units of one option in all`;
    context.addIssue({ code: 'custom', path: ['items', index, 'quantity'], message });
    return;
  }
}

/** A body that says nothing: left out, or `{}`. */
export const emptyBody = named('EmptyBody', z.strictObject({}), {}).optional();

export type PageQuery = z.infer<typeof pageQuery>;
export type UserQuery = z.infer<typeof userQuery>;
export type TopQuery = z.infer<typeof topQuery>;
