import { id, isSecretName, MASK, REFUSALS } from '@jangteo/contracts';
import type { Caller } from './caller.js';

/** Results of an action: UNKNOWN where it may have had its effect, or not, or has not ended yet. */
export const ADMIN_RESULTS = ['DONE', 'REFUSED', 'UNKNOWN'] as const;

export type AdminResult = (typeof ADMIN_RESULTS)[number];

/** The thing that an action is about, as far as is known. */
export interface Subject {
  /** The kind of thing: `product` of a `productId`. */
  readonly targetType: string | undefined;
  readonly target: string | undefined;
  /** The user in whose name, or to whom, it is done. */
  readonly userId: string | undefined;
}

/** An action that was begun, while it is in work. */
export interface OpenEntry {
  readonly entryId: string;
  readonly action: string;
  readonly caller: Caller;
  readonly requestId: string;
  /** Known as far as the request tells. */
  readonly subject: Subject;
  before?: object | undefined;
}

/** The end of an action, as its answer tells. */
export interface Ending extends Subject {
  readonly result: AdminResult;
  readonly status: number;
  readonly code: string | undefined;
  readonly after: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A secret too in the log, which outlives an account that was erased. */
const NAME_OF_PERSON = /^name$/i;

/** More of what was asked or answered is not kept. */
const KEPT_BYTES_MAX = 4_096;

/** The form of a target: the paths that hold other things are refused. */
const TARGET = /^[\x21-\x7e]{1,100}$/;

/** Tells whether a call is noted. One that only reads changes nothing. */
export function isAdminAction({ role }: Caller, method: string): boolean {
  return role !== 'customer' && method !== 'GET' && method !== 'HEAD';
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/**
 * Fields as JSON without secrets.
 *
 * @param isOfPerson whether they tell of a user
 * @returns `undefined` where there are none; how much it was, where it was too much
 */
export function kept(fields: object, isOfPerson = false): string | undefined {
  const isSecret = (name: string): boolean => isSecretName(name) || (isOfPerson && NAME_OF_PERSON.test(name));
  if (Object.keys(fields).length === 0) return undefined;
  let text: string;
  try {
    text = JSON.stringify(fields, (name, field: unknown) => (isSecret(name) ? MASK : field));
  } catch {
    // Nested deeper than can be written down: no schema lets it through.
    return undefined;
  }
  const bytes = Buffer.byteLength(text);
  return bytes <= KEPT_BYTES_MAX ? text : JSON.stringify({ omittedBytes: bytes });
}

function targetOf(entry: readonly [string, unknown] | undefined): Pick<Subject, 'target' | 'targetType'> {
  const [name = '', value] = entry ?? [];
  if (typeof value !== 'string' || !TARGET.test(value)) return { target: undefined, targetType: undefined };
  return { target: value.toLowerCase(), targetType: name.replace(/Id$/, '') };
}

function userOf(fields: Fields): string | undefined {
  const userId = id.safeParse(fields['userId']);
  return userId.success ? userId.data : undefined;
}

/** Finds the subject of a request before anybody has looked at it: the last name of its path is the narrowest. */
export function subjectOfRequest(path: unknown, asked: Fields): Subject {
  return { ...targetOf(Object.entries(fieldsOf(path)).at(-1)), userId: userOf(asked) };
}

/** Takes the first thing that an answer names, or else its user. */
function subjectOfAnswer(answer: Fields): Subject {
  const ids = Object.entries(answer).filter(([name]) => name.endsWith('Id'));
  const first = ids.find(([name]) => name !== 'userId') ?? ids[0];
  return { ...targetOf(first), userId: userOf(answer) };
}

/** Of 503 the client is told that nothing was done; of other failures nobody knows. */
function resultOf(status: number): AdminResult {
  if (status < 400) return 'DONE';
  return status < 500 || status === REFUSALS.SERVICE_UNAVAILABLE.status ? 'REFUSED' : 'UNKNOWN';
}

/** Reads how an action ended out of its answer, which tells what it was about where the request did not. */
export function endingOf(asked: Subject, status: number, body: unknown): Ending {
  const answer = fieldsOf(parsed(body));
  const answered = subjectOfAnswer(answer);
  const { target, targetType } = asked.target === undefined ? answered : asked;
  const result = resultOf(status);
  const { code } = answer;
  return {
    target,
    targetType,
    userId: asked.userId ?? answered.userId,
    result,
    status,
    code: status >= 400 && typeof code === 'string' ? code : undefined,
    after: result === 'DONE' ? kept(answer, targetType === 'user') : undefined,
  };
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
