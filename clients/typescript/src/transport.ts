import { OTHER_TYPES, ROUTES, type Granted, type NoFields, type Operations } from './api.js';
import { errorOfAnswer, errorOfRedirect, errorOfSilence, JangteoError } from './problem.js';
import { awaitNextTry, RETRY, unlessAborted, type Retry } from './retry.js';
import type { TokenStore } from './tokens.js';

/** Whatever may be said of a single call. */
export interface CallOptions {
  /** Ends the call, its repeats included, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Made by the client where it is not given: give one to go on with a call after a crash. */
  readonly idempotencyKey?: string | undefined;
  /** A name of the request for the shop's logs. */
  readonly requestId?: string | undefined;
  /** The version that is to be changed: 412 `VERSION_CHANGED` where it is another one by now. */
  readonly ifMatch?: number | undefined;
  /** False to send it once. */
  readonly retry?: Partial<Retry> | false | undefined;
  /** Milliseconds for which one try waits for its answer. */
  readonly deadlineMs?: number | undefined;
}

export interface TransportOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly tokens: TokenStore;
  readonly apiKey: string | undefined;
  readonly language: 'en' | 'ko' | undefined;
  readonly retry: Partial<Retry> | false | undefined;
  readonly deadlineMs: number | undefined;
  readonly fetch: typeof fetch;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A call as it goes over the wire, but for what each try adds. */
export interface Call {
  readonly method: string;
  /** With its arguments in it. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** True if the shop takes an Idempotency-Key for it. */
  readonly isKeyed: boolean;
  /** True if it goes without whoever is logged in. */
  readonly isAnonymous?: boolean;
  /** What it is answered with that is no JSON. */
  readonly otherTypes?: readonly string[] | undefined;
}

/** What came of a call that succeeded. */
export interface Answer<B> {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where there is none. */
  readonly body: B;
}

type Optional<Name extends string, T> = NoFields extends T
  ? { readonly [K in Name]?: T }
  : { readonly [K in Name]: T };

/** Arguments of an operation, as its document has them. */
export type ArgumentsOf<O extends keyof Operations> = Optional<'path', Operations[O]['path']> &
  Optional<'query', Operations[O]['query']> &
  (undefined extends Operations[O]['body']
    ? { readonly body?: undefined }
    : Optional<'body', Operations[O]['body']>);

export type AnswerOf<O extends keyof Operations> = Operations[O]['answer'];

export type QueryOf<O extends keyof Operations> = Operations[O]['query'];

/** Longer than the gateway waits for the end of an order. */
const DEADLINE_MS = 45_000;

/**
 * For thirty seconds, unless it was told otherwise, the shop answers a refresh token that was spent as the first time;
 * later it ends the session of whoever shows it. So a refresh is sent again for less than that, and no try of it keeps
 * the next one waiting for long.
 */
const REFRESH_AGAIN_WITHIN_MS = 20_000;
const REFRESH_DEADLINE_MS = 6_000;
/** Sent again as what has a key is: it is answered the same. */
const REFRESH = { ...ROUTES.refresh, isKeyed: true };

/** @throws TypeError when an argument of the path is not given, or would lead to another path */
export function pathOf(template: string, values: Readonly<Record<string, unknown>> = {}): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} of ${template} is not given`);
    if (value === '.' || value === '..') throw new TypeError(`${name} of ${template} cannot be ${value}`);
    return encodeURIComponent(value);
  });
}

/** An Idempotency-Key: random, and made by what pages without TLS have too. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function retryOf(chosen: CallOptions['retry']): Retry {
  return chosen === false ? { ...RETRY, tries: 1 } : { ...RETRY, ...chosen };
}

const typeOf = ({ headers }: Response): string =>
  (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/**
 * Reads what a call was answered. A success that is neither 204 nor of a type that the shop answers with is somebody
 * else's: the page of a proxy, of a network that wants a login, of a server of files at the same address.
 *
 * @throws JangteoError, and what reading fails with
 */
async function bodyOf<B>(response: Response, { method, otherTypes = [] }: Call): Promise<B> {
  const text = await response.text();
  const type = typeOf(response);
  if (!response.ok) throw errorOfAnswer(response, text);
  if (response.status === 204 || method === 'HEAD') return undefined as B;
  if (otherTypes.includes(type)) return text as B;
  if (!/[/+]json$/.test(type)) throw errorOfAnswer(response, text);
  try {
    return JSON.parse(text) as B;
  } catch {
    throw errorOfAnswer(response, text);
  }
}

/** Asks the shop, again where that is safe, in the session that it keeps alive. */
export class Transport {
  readonly #options: TransportOptions;
  /** All calls that find the token outlived wait for one refresh. */
  #refreshing: Promise<boolean> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Where the shop is, without a slash at its end. */
  get url(): string {
    return this.#options.url;
  }

  get tokens(): TokenStore {
    return this.#options.tokens;
  }

  /** @throws JangteoError */
  async call<O extends keyof Operations>(
    id: O,
    given: ArgumentsOf<O>,
    options?: CallOptions,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AnswerOf<O>> {
    return (await this.send<AnswerOf<O>>(this.callOf(id, given, headers), options)).body;
  }

  /** The call of an operation: an address, and what goes with it. */
  callOf<O extends keyof Operations>(
    id: O,
    given: ArgumentsOf<O>,
    headers?: Readonly<Record<string, string>>,
  ): Call {
    const { path, query, body } = given as { path?: object; query?: Query; body?: unknown };
    const { method, path: template, isKeyed } = ROUTES[id];
    return {
      method,
      path: pathOf(template, path as Record<string, unknown>),
      query,
      body,
      headers,
      isKeyed,
      otherTypes: OTHER_TYPES[id],
    };
  }

  /** @throws JangteoError, or the signal's reason */
  async send<B>(call: Call, options: CallOptions = {}): Promise<Answer<B>> {
    const deadlineMs = this.#deadlineMsOf(options);
    return await this.#repeated(call, options, async (headers) => {
      const timeout = AbortSignal.timeout(deadlineMs);
      const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
      const response = await this.#fetch(call, headers, signal);
      const body = await bodyOf<B>(response, call);
      return { status: response.status, headers: response.headers, body };
    });
  }

  /**
   * Opens a stream: its answer is there within the deadline, its body is still to come.
   * @throws JangteoError, or the signal's reason
   */
  async open(call: Call, signal: AbortSignal, options: CallOptions = {}): Promise<Response> {
    const deadlineMs = this.#deadlineMsOf(options);
    return await this.#repeated(call, { ...options, signal }, async (headers) => {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new Error(`Nothing came for ${deadlineMs} ms`)), deadlineMs);
      try {
        const response = await this.#fetch(call, headers, AbortSignal.any([signal, late.signal]));
        const isStream = response.ok && typeOf(response) === 'text/event-stream';
        if (isStream || response.status === 204) return response;
        throw errorOfAnswer(response, await response.text());
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** @throws JangteoError for a redirect, and what `fetch` fails with */
  async #fetch(
    { method, path, query, body }: Call,
    headers: Headers,
    signal: AbortSignal,
  ): Promise<Response> {
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    const url = `${this.#options.url}${path}${search === '' ? '' : `?${search}`}`;
    const { fetch } = this.#options;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    // Not followed: passwords and tokens in a body are for the shop alone.
    const response = await fetch(url, { method, headers, signal, redirect: 'manual', ...sent });
    const redirect = errorOfRedirect(url, response);
    if (redirect === undefined) return response;
    await response.body?.cancel();
    throw redirect;
  }

  async #repeated<T>(call: Call, options: CallOptions, work: (headers: Headers) => Promise<T>): Promise<T> {
    const { signal } = options;
    const retry = retryOf(options.retry ?? this.#options.retry);
    const headers = this.#headersOf(call, options);
    for (let [tried, hasRefreshed] = [0, false]; ;) {
      signal?.throwIfAborted();
      const token = call.isAnonymous ? undefined : await this.#authorize(headers);
      const error = await work(headers).then(
        (value) => ({ value }),
        (cause: unknown) => this.#errorOf(cause, signal),
      );
      if ('value' in error) return error.value;
      const isOutlived = error.code === 'UNAUTHENTICATED' && token !== undefined && !hasRefreshed;
      if (isOutlived && (await this.#renew(token, options))) {
        hasRefreshed = true;
        continue;
      }
      tried += 1;
      await awaitNextTry(call, error, retry, tried, { signal });
    }
  }

  #deadlineMsOf({ deadlineMs }: CallOptions): number {
    return deadlineMs ?? this.#options.deadlineMs ?? DEADLINE_MS;
  }

  #errorOf(cause: unknown, signal: AbortSignal | undefined): JangteoError {
    if (signal?.aborted) throw signal.reason;
    return cause instanceof JangteoError ? cause : errorOfSilence(this.#options.url, cause);
  }

  #headersOf({ isKeyed, body, headers: own }: Call, options: CallOptions): Headers {
    const headers = new Headers(own);
    const { language } = this.#options;
    if (!headers.has('accept')) headers.set('accept', 'application/json');
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (isKeyed) headers.set('idempotency-key', options.idempotencyKey ?? newKey());
    if (options.requestId !== undefined) headers.set('x-request-id', options.requestId);
    if (options.ifMatch !== undefined) headers.set('if-match', `"${options.ifMatch}"`);
    if (language !== undefined) headers.set('accept-language', language);
    return headers;
  }

  /** @returns the access token that now stands in the headers, where it is one of a session */
  async #authorize(headers: Headers): Promise<string | undefined> {
    const { apiKey, tokens } = this.#options;
    const token = apiKey === undefined ? (await tokens.read())?.accessToken : undefined;
    const bearer = apiKey ?? token;
    if (bearer === undefined) headers.delete('authorization');
    else headers.set('authorization', `Bearer ${bearer}`);
    return token;
  }

  /**
   * @param used the access token that was refused
   * @returns whether there is another one now
   * @throws JangteoError where that is not known, and the signal's reason once it is aborted
   */
  async #renew(used: string, options: CallOptions): Promise<boolean> {
    const deadlineMs = Math.min(REFRESH_DEADLINE_MS, this.#deadlineMsOf(options));
    this.#refreshing ??= this.#refresh(used, deadlineMs).finally(() => (this.#refreshing = undefined));
    // Others wait for it too: it goes on without whoever is aborted.
    return await unlessAborted(this.#refreshing, options.signal);
  }

  async #refresh(used: string, deadlineMs: number): Promise<boolean> {
    const { tokens, retry: chosen } = this.#options;
    const retry = { ...retryOf(chosen), ...(chosen !== false && { tries: Infinity }) };
    const endMs = Date.now() + REFRESH_AGAIN_WITHIN_MS;
    for (let tried = 1; ; tried += 1) {
      const kept = await tokens.read();
      // Somebody else has been faster.
      if (kept !== undefined && kept.accessToken !== used) return true;
      if (kept?.refreshToken === undefined) return false;
      const granted = await this.#askForTokens(kept.refreshToken, deadlineMs).catch((cause: unknown) =>
        this.#errorOf(cause, undefined),
      );
      if (!(granted instanceof JangteoError)) {
        await tokens.write(granted);
        return true;
      }
      if (granted.code === 'UNAUTHENTICATED') {
        await tokens.write(undefined);
        return false;
      }
      await awaitNextTry(REFRESH, granted, retry, tried, { leftMs: endMs - Date.now() });
    }
  }

  async #askForTokens(refreshToken: string, deadlineMs: number): Promise<Granted> {
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' });
    const call: Call = { ...REFRESH, body: { refreshToken } };
    return await bodyOf(await this.#fetch(call, headers, AbortSignal.timeout(deadlineMs)), call);
  }
}
