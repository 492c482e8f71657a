import { done, refuseField, unquotedKey, type Operation, type Outcome } from '@jangteo/contracts';

const KEY_LENGTH_MAX = 255;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The characters of a header, of which a server is given each byte as one; `undefined` where they are not UTF-8. */
function decoded(header: string): string | undefined {
  try {
    return utf8.decode(Uint8Array.from(header, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** Without what HTTP counts as blank: no byte of a character is, though it may read as a space of another kind. */
function withoutBlanks(header: string): string {
  const isBlank = (at: number): boolean => header[at] === ' ' || header[at] === '\t';
  let [start, end] = [0, header.length];
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return header.slice(start, end);
}

/**
 * Reads an Idempotency-Key header. The draft standard has it quoted, most clients send it bare.
 *
 * A short key is known by its bytes, one longer in bytes than in characters may be by its characters: so the keys
 * are found again under which outcomes were stored when only bytes were looked at.
 *
 * @returns the key, `undefined` where there is none; VALIDATION_FAILED for one of no or too many characters
 */
export function idempotencyKeyOf(header: string | undefined): Outcome<string | undefined> {
  if (header === undefined) return done(undefined);
  const key = unquotedKey(withoutBlanks(header));
  if (key.length >= 1 && key.length <= KEY_LENGTH_MAX) return done(key);
  const text = decoded(key);
  if (text !== undefined && text !== '' && Array.from(text).length <= KEY_LENGTH_MAX) return done(text);
  return refuseField('Idempotency-Key', `must have 1 to ${KEY_LENGTH_MAX} characters`);
}

/**
 * JSON with the fields of every object in one order, so that equal values have equal texts.
 *
 * @param value what a schema has let through, so that it is plain and not deep
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/**
 * The name of a repeatable write: one caller's key for one kind of request, and for no other.
 *
 * @param callerId the user, or the API key by which they call
 */
export function operationOf(
  callerId: string,
  requestType: string,
  key: string,
  fingerprint: string,
): Operation {
  return { key: `${callerId}/${requestType}/${key}`, fingerprint };
}
