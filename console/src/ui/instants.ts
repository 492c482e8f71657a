import type { Clock } from './format.js';

/**
 * The moment that a `datetime-local` field means, as the API takes it (ISO 8601 with `Z`).
 *
 * @param text as the browser gives it: `2026-03-01T10:00`
 */
export const instantOf = (text: string, zone: Clock['zone']): string =>
  new Date(zone === 'utc' ? `${text}Z` : text).toISOString();
