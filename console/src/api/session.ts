import { Jangteo, JangteoError, type Account, type Granted } from '@jangteo/client';
import { isLoggingOut, setLoggingOut } from './logging-out.js';

/** Whoever looks, or why nobody does. */
export type Visitor =
  | { readonly state: 'starting' }
  /** The link is that by which they came, where it is good no more. */
  | { readonly state: 'out'; readonly isLinkOld: boolean }
  /** The shop did not say whether they are logged in, or has not yet heard that they log out. It is asked again. */
  | { readonly state: 'away'; readonly error: unknown; readonly isLoggingOut: boolean }
  /** The session ended while somebody looked: the page stays, and goes on once they have logged in. */
  | { readonly state: 'ended'; readonly account: Account }
  | { readonly state: 'in'; readonly account: Account };

type Grant = Omit<Granted, 'refreshToken'>;

/** Answers that come of the session itself, which nobody waits for to be logged in again. */
const SESSIONS = '/auth/console/';

/** How soon a shop that does not answer is asked again who is there. */
const AGAIN_MS = 10_000;

const ROLES = ['customer', 'viewer', 'operator', 'admin'] as const;
export type Role = Account['role'];

export const mayAs = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** Whoever asks is not logged in, and their link, if they have one, good no more. All else leaves that open. */
const isRefusal = (error: unknown): boolean =>
  error instanceof JangteoError && [400, 401, 403, 422].includes(error.status);

/** The token of the link by which somebody came; it is taken out of the address, where histories would keep it. */
function takeLoginToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('login');
  if (token === null) return undefined;
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}

/** Whom an access token speaks for, as it says: it is for the shop to see whether it is good. */
function userOf(accessToken: string): string {
  const claims = accessToken.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
  return (JSON.parse(atob(claims)) as { sub: string }).sub;
}

/**
 * The session of whoever looks. The access token is in memory alone; the refresh token is in a cookie that no script
 * sees.
 */
export class Session {
  readonly #listeners = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  #visitor: Visitor = { state: 'starting' };
  #token: string | undefined;
  /** Whose token it is, or was, until they have logged out. */
  #userId: string | undefined;
  /** Of the link, until it has been answered. */
  #loginToken: string | undefined;
  #renewing: Promise<boolean> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly visitor = (): Visitor => this.#visitor;

  client(language: 'en' | 'ko'): Jangteo {
    return new Jangteo({
      url: location.origin,
      language,
      // Pages ask again by themselves, and say meanwhile what is away.
      retry: { tries: 2 },
      tokens: {
        read: () => Promise.resolve(this.#token === undefined ? undefined : { accessToken: this.#token }),
        write: () => Promise.resolve(),
      },
      fetch: (input, init) => this.#fetch(input as string, init ?? {}),
    });
  }

  /**
   * Goes on with the session of the cookie, or begins one by the link in the address; once more where that failed. Who
   * has logged out while the shop was away is logged out first.
   */
  async start(): Promise<void> {
    this.#tell({ state: 'starting' });
    this.#loginToken ??= takeLoginToken();
    const loginToken = this.#loginToken;
    if (isLoggingOut() && (!(await this.#leave()) || loginToken === undefined)) return;
    try {
      const grant =
        loginToken === undefined ? await this.#ask('refresh') : await this.#ask('sessions', { loginToken });
      // Spent: from here on there is the cookie.
      this.#loginToken = undefined;
      await this.#granted(grant);
    } catch (error) {
      if (!isRefusal(error)) return this.#tell({ state: 'away', error, isLoggingOut: false });
      this.#loginToken = undefined;
      this.#tell({ state: 'out', isLinkOld: loginToken !== undefined });
    }
  }

  /** @throws JangteoError */
  async logIn(email: string, password: string): Promise<void> {
    await this.#granted(await this.#ask('sessions', { email, password }));
  }

  async logOut(): Promise<void> {
    setLoggingOut(true);
    await this.#leave();
  }

  /** @returns whether the shop has answered it */
  async #leave(): Promise<boolean> {
    const error: unknown = await this.#ask('logout').catch((reason: unknown) => reason);
    this.#token = undefined;
    const isAnswered = error === undefined || isRefusal(error);
    if (isAnswered) {
      setLoggingOut(false);
      this.#userId = undefined;
    }
    this.#tell(
      isAnswered ? { state: 'out', isLinkOld: false } : { state: 'away', error, isLoggingOut: true },
    );
    return isAnswered;
  }

  async #granted(grant: Grant | undefined): Promise<void> {
    if (grant === undefined) throw new Error('no session was granted');
    // The cookie is that of another session than the one to be ended.
    setLoggingOut(false);
    await this.#take(grant);
    this.#tell({ state: 'in', account: await this.client('en').auth.me() });
    for (const goOn of this.#waiting) goOn();
    this.#waiting.clear();
  }

  /**
   * Goes on by a new token. What waits, and what is shown, is of whoever was here before, and nothing of it is done in
   * the name of somebody else, who has logged in here or in another tab: the page begins anew, and this never returns.
   */
  async #take({ accessToken }: Grant): Promise<void> {
    const userId = userOf(accessToken);
    if (this.#userId !== undefined && this.#userId !== userId) {
      location.reload();
      await new Promise(() => {});
    }
    this.#userId = userId;
    this.#token = accessToken;
  }

  /** @throws JangteoError, but for an ended session, whose answer is undefined where it was asked by itself */
  async #ask(what: 'sessions' | 'refresh' | 'logout', body?: object): Promise<Grant | undefined> {
    return await this.client('en').request<Grant | undefined>('POST', `${SESSIONS}${what}`, { body });
  }

  #tell(visitor: Visitor): void {
    this.#visitor = visitor;
    clearTimeout(this.#again);
    if (visitor.state === 'away') this.#again = setTimeout(() => void this.start(), AGAIN_MS);
    for (const listener of this.#listeners) listener();
  }

  /** Renews the token that was refused, and where the session is over waits until somebody has logged in again. */
  async #fetch(url: string, init: RequestInit): Promise<Response> {
    for (;;) {
      const used = this.#token;
      const headers = new Headers(init.headers);
      if (used !== undefined) headers.set('authorization', `Bearer ${used}`);
      const response = await fetch(url, { ...init, headers });
      if (response.status !== 401 || new URL(url).pathname.startsWith(SESSIONS)) return response;
      await response.body?.cancel();
      if (this.#token === used && !(await this.#renew())) await this.#loggedIn(init.signal);
    }
  }

  /** @returns whether there is another token now */
  async #renew(): Promise<boolean> {
    this.#renewing ??= this.#ask('refresh')
      .then(
        async (grant) => {
          if (grant !== undefined) await this.#take(grant);
          return grant !== undefined;
        },
        (error: unknown) => {
          // Not answered is not refused: the cookie may be good still.
          if (!isRefusal(error)) throw error;
          return false;
        },
      )
      .finally(() => (this.#renewing = undefined));
    return await this.#renewing;
  }

  /** @throws the signal's reason */
  async #loggedIn(signal: AbortSignal | null | undefined): Promise<void> {
    const visitor = this.#visitor;
    if (visitor.state === 'in') this.#tell({ state: 'ended', account: visitor.account });
    await new Promise<void>((resolve, reject) => {
      this.#waiting.add(resolve);
      signal?.addEventListener('abort', () => {
        this.#waiting.delete(resolve);
        reject(signal.reason as Error);
      });
    });
  }
}
