import { z } from 'zod';

/** Without control characters; in ranges that the engines of other languages take as well. */
export function onOneLine(schema: z.ZodString): z.ZodString {
  // oxlint-disable-next-line no-control-regex -- they are what it is about
  return schema.regex(/^[^\x00-\x1f\x7f-\x9f]*$/, 'must not contain control characters');
}

/** As {@link onOneLine}, but for the ends of lines. */
export function onLines(schema: z.ZodString): z.ZodString {
  return schema.regex(
    // oxlint-disable-next-line no-control-regex -- they are what it is about
    /^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$/,
    'must not contain control characters but line ends',
  );
}

/** Characters that turn the text behind them around, or begin a new line or paragraph. */
const REORDERS_OR_BREAKS = /[\u2028-\u202e\u2066-\u2069]/;

/** Something to see: more than spaces, marks without a letter, and characters that stand for nothing. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * A name for people to read, of whatever there is: trimmed, on one line, read in the order in which it is written,
 * and with something to see. For what comes in: names that were stored before are shown as they are.
 *
 * @param text what is done to it first
 */
export function nameUpTo(lengthMax: number, text = z.string()): z.ZodString {
  return onOneLine(text.trim().min(1).max(lengthMax))
    .refine(
      (name) => !REORDERS_OR_BREAKS.test(name),
      'must not contain characters that reorder or break lines',
    )
    .refine((name) => VISIBLE.test(name), 'must have something to see');
}

export const displayName = nameUpTo(200);
