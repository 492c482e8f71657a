import { z } from 'zod';

/** Without control characters. */
export function onOneLine(schema: z.ZodString): z.ZodString {
  return schema.regex(/^\P{Cc}*$/u, 'must not contain control characters');
}

/** A name for people to read. PostgreSQL stores no NUL, and no other control character belongs in a name. */
export const displayName = onOneLine(z.string().trim().min(1).max(200));
