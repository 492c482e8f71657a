import type { DeadLetterWithBody } from '@jangteo/client';
import { valueAt } from './secrets.js';

/** A rule that a message broke: where, what was expected there, and what was found. */
export interface BrokenRule {
  readonly path: string;
  readonly expected: string;
  /** Undefined where nothing is there. */
  readonly found: string | undefined;
}

export type Examined = Pick<
  DeadLetterWithBody,
  'reason' | 'detail' | 'body' | 'bodyEncoding' | 'type' | 'service'
>;

export interface RuleWords {
  readonly knownType: (service: string) => string;
  readonly json: string;
  readonly id: string;
}

/** An issue as zod writes it down. */
interface Issue {
  readonly path?: readonly (string | number)[];
  readonly message?: string;
  readonly code?: string;
  readonly keys?: readonly string[];
  /** Of a union: what each of its members said. */
  readonly errors?: readonly (readonly Issue[])[];
}

function issuesIn(detail: string): readonly Issue[] {
  try {
    const issues: unknown = JSON.parse(detail);
    return Array.isArray(issues) ? (issues as Issue[]) : [];
  } catch {
    // Cut where it was too long, or of a release that writes otherwise.
    return [];
  }
}

/** The part of a message that says what was expected, without what it says was received: that is shown itself. */
function expectedIn({ message = '', code = '' }: Issue): string {
  const [, expected] = /\bexpected (.+?)(?:, received .+)?$/.exec(message) ?? [];
  return expected ?? (message === '' ? code : message);
}

const written = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );

function brokenIn(body: string, issue: Issue, outer: readonly (string | number)[] = []): BrokenRule[] {
  const path = [...outer, ...(issue.path ?? [])];
  const { errors = [], keys = [] } = issue;
  // Of a union the member that it came closest to is told.
  const [closest] = errors.toSorted((one, other) => one.length - other.length);
  if (closest !== undefined && closest.length > 0) return closest.flatMap((one) => brokenIn(body, one, path));
  const paths = keys.length === 0 ? [path] : keys.map((key) => [...path, key]);
  return paths.map((one) => ({
    path: written(one) === '' ? 'body' : written(one),
    expected: expectedIn(issue),
    found: valueAt(body, one),
  }));
}

const BEGINNING = 60;

/** Rules that a message broke, as far as the words in which it was put aside tell; none where it broke none. */
export function brokenRules(
  { reason, detail, body, type, service }: Examined,
  words: RuleWords,
): BrokenRule[] {
  if (reason === 'invalid-payload') return issuesIn(detail).flatMap((issue) => brokenIn(body, issue));
  if (reason === 'unknown-type') {
    return [{ path: 'type', expected: words.knownType(service), found: type === '' ? undefined : type }];
  }
  const [, found, expected] =
    /^schema version (.+), expected (.+)$/.exec(detail) ??
    /^sent by (.+), which only (.+) may$/.exec(detail) ??
    [];
  if (found !== undefined && expected !== undefined) {
    return [{ path: reason === 'unknown-version' ? 'schema-version' : 'user-id', expected, found }];
  }
  if (reason !== 'malformed') return [];
  if (detail.startsWith('not JSON')) {
    const beginning = body.length > BEGINNING ? `${body.slice(0, BEGINNING)}…` : body;
    return [{ path: 'body', expected: words.json, found: beginning === '' ? undefined : beginning }];
  }
  const [, missing] = /^no (message|correlation) id$/.exec(detail) ?? [];
  return missing === undefined ? [] : [{ path: `${missing}-id`, expected: words.id, found: undefined }];
}
