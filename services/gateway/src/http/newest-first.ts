import { LAST_ID } from '@jangteo/contracts';
import { decodeCursor, refuseCursor } from '@jangteo/database';
import { valueOf } from './refusal-error.js';

/**
 * Finds the id before which a page begins, of a list whose ids go from the newest on.
 *
 * @throws Refused with VALIDATION_FAILED for a cursor of another list
 */
export function idBefore(cursor: string | undefined): string {
  if (cursor === undefined) return LAST_ID;
  const [last] = decodeCursor(cursor, ['id']) ?? valueOf<never>(refuseCursor());
  return String(last);
}
