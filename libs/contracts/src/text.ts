import { z } from 'zod';

/** A name for people to read. PostgreSQL stores no NUL, and no other control character belongs in a name. */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');
