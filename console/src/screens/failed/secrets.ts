/** Names of fields whose values are nobody's business, in whatever case they are written. */
const NAMES =
  /pass(word|phrase|code)|secret|token|authorization|cookie|credential|signature|api-?_?key|private-?_?key/i;

/** Values that give themselves away: tokens of sessions, keys of programs and of webhooks. */
const VALUES = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:jk|whsec|sk|pk)_[\w-]{8,}|\bBearer\s+[\w.~+/-]+=*/g;

export const MASK = '••••••';

const maskedText = (text: string): string => text.replaceAll(VALUES, MASK);

function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(maskedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, NAMES.test(name) ? MASK : maskedValue(inner)]),
  );
}

/** What is no JSON, or not as JSON would be written anew, is kept letter by letter but for what is masked. */
function maskedJsonText(text: string): string {
  const named = /("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*"?|[\d.eE+-]+)/g;
  const fields = text.replaceAll(named, (all, name: string, colon: string) =>
    NAMES.test(name) ? `${name}${colon}"${MASK}"` : all,
  );
  return maskedText(fields);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A message's body as people read it: indented where that changes nothing, without its secrets. */
export function shownBody({
  body,
  bodyEncoding,
}: {
  readonly body: string;
  readonly bodyEncoding: string;
}): string {
  if (bodyEncoding !== 'utf8') return body;
  const value = parsed(body);
  // Numbers that JavaScript cannot hold must be seen as they are: they may be what is wrong.
  if (value === undefined || JSON.stringify(value) !== body) return maskedJsonText(body);
  return JSON.stringify(maskedValue(value), undefined, 2);
}

/** A field of a header or property as text, without its secrets. */
export function shownField(name: string, value: unknown): string {
  if (NAMES.test(name)) return MASK;
  const masked = maskedValue(value);
  return typeof masked === 'string' ? masked : JSON.stringify(masked);
}

const FOUND_LENGTH_MAX = 200;

/** The value at a path of a body; undefined where there is none, or no JSON. */
export function valueAt(body: string, path: readonly (string | number)[]): string | undefined {
  let value = parsed(body);
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  if (value === undefined) return undefined;
  if (path.some((step) => NAMES.test(String(step)))) return MASK;
  const text = JSON.stringify(maskedValue(value));
  return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text;
}
