/** W3C Trace Context, version 00; ids of zeros only are not valid. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

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
