/** RFC 8941, section 3.3.3: printable ASCII in quotes, with `\"` and `\\` escaped. */
const QUOTED = /^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;

/** An Idempotency-Key without the quotes in which the draft standard has it; one key means the same either way. */
export function unquotedKey(key: string): string {
  return QUOTED.test(key) ? key.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : key;
}

/**
 * The keys under which outcomes may be stored of requests whose Idempotency-Key somebody has written down: with or
 * without its quotes, and its bytes read one by one, as a server is given a header.
 */
export function keysMeantBy(text: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return [...new Set([text, unquotedKey(text), bytes])];
}
