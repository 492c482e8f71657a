import { done, refuse, type Outcome } from '@jangteo/contracts';
import type { ServerSent } from '@jangteo/gateway/domain';
import type { Store, User } from './store.js';

/** The name of a write that is kept under none: the mock keeps repeats itself. */
export const UNNAMED = { key: '-', fingerprint: '' };

/** A request that is as documented, by somebody who may make it. */
export interface Call {
  readonly store: Store;
  /** Undefined where anyone may call. */
  readonly caller: User | undefined;
  /** Where the caller is logged in. */
  readonly sessionId: string | undefined;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  /** As the document has it; each handler says what that is. */
  readonly body: unknown;
  /** The header `Prefer`. */
  readonly prefer: string;
  /** Those of the header `If-Match`. */
  readonly versions: number[] | undefined;
  /** The header `Last-Event-ID`. */
  readonly lastEventId: string | undefined;
}

/** The parameters that lists have; a list takes those that its operation documents. */
export interface Query {
  readonly limit?: number;
  readonly cursor?: string;
  readonly userId?: string;
  readonly productId?: string;
  readonly optionId?: string;
  readonly status?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly q?: string;
  readonly category?: string;
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly inStock?: boolean;
  readonly sort?: string;
  readonly ids?: string;
  readonly dryRun?: string;
  readonly days?: number;
  readonly stockBelow?: number;
}

export interface Answer {
  /** That of the document's first success where it is left out. */
  readonly status?: number;
  readonly body?: object;
  /** In the place of a body, of a stream that ends with them. */
  readonly events?: readonly ServerSent[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The cursor of the next page. */
  readonly next?: string | undefined;
}

export type Handler = (call: Call) => Outcome<Answer>;
/** Handlers by operationId. */
export type Handlers = Readonly<Record<string, Handler>>;

/** The caller of what is for those who are logged in; that they are was seen before. */
export function callerOf({ caller }: Call): User {
  if (caller === undefined) throw new Error('the operation is for anyone, and has a caller nevertheless');
  return caller;
}

/** For whom a call is made: the caller, or for an admin whoever is named. */
export function actingUserOf(call: Call, wanted?: string): Outcome<string> {
  const { userId, role } = callerOf(call);
  if (wanted === undefined || wanted === userId) return done(userId);
  if (role !== 'admin') return refuse('FORBIDDEN', 'only an admin may name another user');
  return call.store.users.has(wanted) ? done(wanted) : refuse('USER_NOT_FOUND');
}

/** Tells whether the caller may see what somebody owns. */
export function maySee(call: Call, owner: string): boolean {
  const { userId, role } = callerOf(call);
  return owner === userId || role === 'admin';
}

/** The page of a list that is asked for; a cursor names the last item of the page before. */
export function pageOf<T extends object>(
  items: readonly T[],
  idOf: (item: T) => string,
  { limit = 20, cursor }: Query,
): Outcome<Answer> {
  const last = cursor && Buffer.from(cursor, 'base64url').toString();
  const start = last === undefined ? 0 : items.findIndex((item) => idOf(item) === last) + 1;
  if (last !== undefined && start === 0) {
    const errors = [{ path: 'cursor', message: 'is not one that the list gave' }];
    return refuse('VALIDATION_FAILED', undefined, { errors });
  }
  const body = items.slice(start, start + limit);
  const isMore = items.length > start + limit;
  return done({ body, next: isMore ? Buffer.from(idOf(body.at(-1)!)).toString('base64url') : undefined });
}

export const newestFirst = <T>(items: Iterable<T>): T[] => [...items].toReversed();

/** Tells whether an instant is in the span that a list is asked for. */
export function isWithin(instant: string, { from, to }: Query): boolean {
  const at = Date.parse(instant);
  return (from === undefined || at >= Date.parse(from)) && (to === undefined || at < Date.parse(to));
}
