import type { ErrorCode, FieldError, Id, Shortage } from './api.js';

/** An answer that is no success (RFC 9457), with the shop's additions. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: JangteoErrorCode;
  /** Fields that are not as they must be, and why. */
  readonly errors?: readonly FieldError[];
  /** Each line that stock does not cover. */
  readonly shortages?: readonly Shortage[];
  /** The order that failed. */
  readonly orderId?: Id;
  /** The product that it is about. */
  readonly productId?: Id;
  /** The option that was named. */
  readonly optionId?: Id;
}

/**
 * A code of the shop; `NO_ANSWER` where nothing came back, so that it is not known what was done; `NO_PROBLEM` where
 * something between here and the shop answered in its place.
 */
export type JangteoErrorCode = ErrorCode | 'NO_ANSWER' | 'NO_PROBLEM';

interface Circumstances {
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The shop refused, failed, or did not answer. Branch on `code`: it never changes its meaning. */
export class JangteoError extends Error {
  override readonly name = 'JangteoError';
  readonly code: JangteoErrorCode;
  /** HTTP status of the answer; 0 where there was none. */
  readonly status: number;
  /** The name under which the shop's logs have the request. */
  readonly requestId: string | undefined;
  /** Milliseconds after which the shop wants to be asked again, where it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly problem: Problem,
    { requestId, retryAfterMs, cause }: Circumstances = {},
  ) {
    super(messageOf(problem), cause === undefined ? undefined : { cause });
    this.code = problem.code;
    this.status = problem.status;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }

  /** Fields that are not as they must be, and why; empty for other problems. */
  get fields(): readonly FieldError[] {
    return this.problem.errors ?? [];
  }

  /** Each line that stock does not cover; empty for other problems. */
  get shortages(): readonly Shortage[] {
    return this.problem.shortages ?? [];
  }

  /** The order that failed, where there is one. */
  get orderId(): Id | undefined {
    return this.problem.orderId;
  }

  /** The product that it is about, where it is about one. */
  get productId(): Id | undefined {
    return this.problem.productId;
  }

  /** The option that was named, where it is about one. */
  get optionId(): Id | undefined {
    return this.problem.optionId;
  }
}

function messageOf({ title, detail, code, errors = [] }: Problem): string {
  const fields = errors.map(({ path, message }) => `${path} ${message}`);
  return `${[...new Set([title, detail, ...fields])].filter(Boolean).join(': ')} (${code})`;
}

const TEXT_LENGTH_MAX = 200;

/** Reads `Retry-After` (RFC 9110): seconds, or a date. */
function retryAfterMsOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function problemIn(status: number, text: string): Problem {
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    if (typeof problem?.code === 'string') return { title: '', detail: '', ...problem, status } as Problem;
  } catch {
    // Whatever stands between us and the shop answered in its own words.
  }
  const title = status < 300 ? `Status ${status}, but not of the shop` : `Status ${status}`;
  return { title, detail: text.slice(0, TEXT_LENGTH_MAX), status, code: 'NO_PROBLEM' };
}

/**
 * The error of an answer that is no success, or is one that the shop does not give.
 * @param text the whole body
 */
export function errorOfAnswer({ status, headers }: Response, text: string): JangteoError {
  return new JangteoError(problemIn(status, text), {
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfterMsOf(headers, Date.now()),
  });
}

const isRedirect = ({ type, status }: Response): boolean =>
  type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status);

/**
 * The error of an answer that sends elsewhere, where what was sent must not go; undefined for other answers.
 * @param url what was asked for
 */
export function errorOfRedirect(url: string, response: Response): JangteoError | undefined {
  if (!isRedirect(response)) return undefined;
  const { status, headers } = response;
  // Browsers tell no page where to.
  const location = headers.get('location') ?? '';
  const to = location !== '' && URL.canParse(location, url) ? new URL(location, url).origin : 'elsewhere';
  return new JangteoError({
    title: `The shop's address ${new URL(url).origin} redirects to ${to}`,
    detail: 'Redirects are not followed: give the address of the shop itself',
    status,
    code: 'NO_PROBLEM',
  });
}

/** @param cause what `fetch` failed with */
export function errorOfSilence(url: string, cause: unknown): JangteoError {
  const why = (cause as { cause?: unknown } | undefined)?.cause ?? cause;
  const problem: Problem = {
    title: `No shop answers at ${new URL(url).origin}`,
    detail: why instanceof Error ? why.message || why.name : String(why),
    status: 0,
    code: 'NO_ANSWER',
  };
  return new JangteoError(problem, { cause });
}
