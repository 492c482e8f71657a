import { z } from 'zod';

/** Without control characters; in ranges that the engines of other languages take as well. */
export function onOneLine(schema: z.ZodString): z.ZodString {
  // oxlint-disable-next-line no-control-regex -- they are what it is about
  return schema.regex(/^[^\x00-\x1f\x7f-\x9f]*$/, 'must not contain control characters');
}

/** A name for people to read. PostgreSQL stores no NUL, and no other control character belongs in a name. */
export const displayName = onOneLine(z.string().trim().min(1).max(200));
