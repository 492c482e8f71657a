import { TRACEPARENT } from '@jangteo/contracts';

/**
 * The trace that a request belongs to.
 *
 * @param header the client's `traceparent`, if it sent one
 * @param newId gives that many random bytes as lower-case hex digits, for a trace that begins here
 */
export function traceparentOf(header: string | undefined, newId: (bytes: number) => string): string {
  if (header !== undefined && TRACEPARENT.test(header)) return header;
  return `00-${newId(16)}-${newId(8)}-01`;
}
