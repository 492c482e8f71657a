import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mayAs, Session, type Visitor } from './session.js';

const problem = (status: number, code: string): Response =>
  Response.json({ title: '', detail: '', status, code }, { status, headers: { 'retry-after': '3600' } });
/** Of an access token that begins with a name; its claims have all that sets Base64 of URLs apart: `_` and `-`. */
function grantOf(name: string, sub = 'u'): () => Response {
  const claims = Buffer.from(JSON.stringify({ jti: '?>?>', sub })).toString('base64url');
  const accessToken = `${name}.${claims}.signature`;
  return () => Response.json({ accessToken, expiresInSeconds: 900 }, { status: 201 });
}
const granted = grantOf('access');
const account = { userId: 'u', email: 'a@b.c', name: 'Kim', role: 'admin' };

/** The window of a browser that was opened at a link, and what the shop answers to each call in turn. */
let answers: (() => Response)[];
let asked: { readonly path: string; readonly body: unknown }[];
/** With which token each of them was. */
let tokens: (string | null)[];
let reloads: number;
/** What the browser keeps when a page is left. */
let stored: Map<string, string>;
const replaced = ['location', 'history', 'fetch', 'localStorage'] as const;
const before = replaced.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  tokens = [];
  reloads = 0;
  stored = new Map();
  const location = {
    origin: 'http://shop',
    pathname: '/console/',
    search: '',
    hash: '#login=token',
    reload: () => (reloads += 1),
  };
  const stubs = {
    location,
    history: { state: null, replaceState: () => (location.hash = '') },
    fetch: async (url: string, { body, headers }: { body?: string; headers: Headers }) => {
      asked.push({ path: new URL(url).pathname, body: body === undefined ? undefined : JSON.parse(body) });
      tokens.push(headers.get('authorization')?.split('.')[0] ?? null);
      return answers.shift()!();
    },
    localStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    },
  };
  for (const name of replaced)
    Object.defineProperty(globalThis, name, { value: stubs[name], configurable: true });
});
afterEach(() => {
  jest.useRealTimers();
  replaced.forEach((name, at) => {
    const old = before[at];
    if (old === undefined) delete (globalThis as Record<string, unknown>)[name];
    else Object.defineProperty(globalThis, name, old);
  });
});

async function started(session: Session, ...given: readonly (() => Response)[]): Promise<Visitor> {
  answers = [...given];
  await session.start();
  expect(answers).toEqual([]);
  return session.visitor();
}

const WITH_LINK = { path: '/auth/console/sessions', body: { loginToken: 'token' } };

describe('somebody who comes by a link', () => {
  it.each([
    ['that its accounts are away', () => problem(503, 'SERVICE_UNAVAILABLE')],
    ['that it has too much to do', () => problem(429, 'RATE_LIMITED')],
    [
      'nothing',
      () => {
        throw new TypeError('fetch failed');
      },
    ],
  ])('can try again with it where the shop answers %s', async (_, refusal) => {
    const session = new Session();
    expect(await started(session, refusal)).toMatchObject({ state: 'away' });
    const visitor = await started(session, granted, () => Response.json(account));
    expect(visitor).toEqual({ state: 'in', account });
    expect(asked.slice(0, 2)).toEqual([WITH_LINK, WITH_LINK]);
  });

  it('has spent it once it was taken, and goes on with the cookie', async () => {
    const session = new Session();
    const visitor = await started(session, granted, () => problem(503, 'SERVICE_UNAVAILABLE'));
    expect(visitor.state).toBe('away');
    expect(await started(session, granted, () => Response.json(account))).toMatchObject({ state: 'in' });
    expect(asked.map(({ path }) => path)[2]).toBe('/auth/console/refresh');
  });

  it('is told where it is good no more, and has it taken for a session of the cookie no longer', async () => {
    const session = new Session();
    const old = () => problem(401, 'INVALID_CREDENTIALS');
    expect(await started(session, old)).toEqual({ state: 'out', isLinkOld: true });
    expect(await started(session, old)).toEqual({ state: 'out', isLinkOld: false });
  });
});

describe('somebody whose access token is good no more', () => {
  const refused = () => problem(401, 'UNAUTHENTICATED');
  const me = () => Response.json(account);
  const ME = '/auth/me';
  const left = () => new Response(null, { status: 204 });

  /** A session that goes on, of which everything that is asked before is forgotten. */
  async function begun(): Promise<Session> {
    const session = new Session();
    await started(session, granted, me);
    [asked, tokens] = [[], []];
    return session;
  }

  it('is asked again for nothing: it is renewed, once for all calls that find it outlived', async () => {
    const session = await begun();
    const { auth } = session.client('en');
    answers = [refused, refused, grantOf('newer'), me, me];
    expect(await Promise.all([auth.me(), auth.me()])).toEqual([account, account]);
    expect(asked.map(({ path }) => path)).toEqual([ME, ME, '/auth/console/refresh', ME, ME]);
    expect(tokens).toEqual([
      'Bearer access',
      'Bearer access',
      'Bearer access',
      'Bearer newer',
      'Bearer newer',
    ]);
    expect(session.visitor().state).toBe('in');
  });

  it('stays logged in where the shop does not answer the renewal', async () => {
    const session = await begun();
    answers = [refused, () => problem(503, 'SERVICE_UNAVAILABLE')];
    await expect(session.client('en').auth.me()).rejects.toMatchObject({ status: 503 });
    expect(session.visitor().state).toBe('in');
  });

  /** Lets something begin that never ends, but for its deadline, when the browser of the test is gone. */
  const begin = (work: Promise<unknown>): void => void work.catch(() => undefined);

  /** A session that has ended. @returns the call that was on its way meanwhile */
  async function ended(session: Session): Promise<{ readonly waiting: Promise<unknown> }> {
    answers = [refused, refused];
    const waiting = session.client('en').auth.me();
    begin(waiting);
    await new Promise<void>((resolve) => session.subscribe(resolve));
    expect(session.visitor()).toEqual({ state: 'ended', account });
    return { waiting };
  }

  it('goes on with what was on its way once they have logged in again', async () => {
    const session = await begun();
    const { waiting } = await ended(session);
    answers = [grantOf('newest'), me, me];
    await session.logIn('a@b.c', 'password');
    expect(await waiting).toEqual(account);
    expect([session.visitor().state, tokens.at(-1), reloads]).toEqual(['in', 'Bearer newest', 0]);
  });

  it('has nothing of it done in the name of somebody else who logs in: the page begins anew', async () => {
    const session = await begun();
    await ended(session);
    answers = [grantOf('of another', 'another'), me];
    begin(session.logIn('b@b.c', 'password'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect([session.visitor().state, answers.length, reloads]).toEqual(['ended', 1, 1]);
    expect(tokens).not.toContain('Bearer of another');
  });

  it('has nothing done in the name of somebody else who has logged in in another tab', async () => {
    const session = await begun();
    answers = [refused, grantOf('of another', 'another'), me];
    begin(session.client('en').auth.me());
    await jest.advanceTimersByTimeAsync(60_000);
    expect([session.visitor().state, answers.length, reloads]).toEqual(['in', 1, 1]);
    expect(tokens).not.toContain('Bearer of another');
  });

  it('leaves no token behind when they log out', async () => {
    const session = await begun();
    answers = [left, me];
    await session.logOut();
    expect(session.visitor()).toEqual({ state: 'out', isLinkOld: false });
    await session.client('en').auth.me();
    expect(tokens).toEqual(['Bearer access', null]);
  });

  const away = () => problem(503, 'SERVICE_UNAVAILABLE');
  const LOGOUT = '/auth/console/logout';

  it.each([
    ['on this page', (session: Session) => session],
    ['on a page that is opened after it', () => new Session()],
  ])('is told where the shop did not hear that they log out, and logged out first, %s', async (_, later) => {
    const session = await begun();
    answers = [away];
    await session.logOut();
    expect(session.visitor()).toMatchObject({ state: 'away', isLoggingOut: true });
    expect(await started(later(session), left)).toEqual({ state: 'out', isLinkOld: false });
    expect(asked.map(({ path }) => path)).toEqual([LOGOUT, LOGOUT]);
    expect(await started(later(session), granted, me)).toEqual({ state: 'in', account });
  });

  it('is logged out without asking for it again, once the shop answers', async () => {
    const session = await begun();
    answers = [away, away, left];
    await session.logOut();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked.map(({ path }) => path)).toEqual([LOGOUT, LOGOUT, LOGOUT]);
    expect(session.visitor()).toEqual({ state: 'out', isLinkOld: false });
  });

  it('is logged out on the page alone where the browser keeps nothing', async () => {
    const session = await begun();
    Object.defineProperty(globalThis, 'localStorage', { value: undefined, configurable: true });
    answers = [away];
    await session.logOut();
    expect(await started(session, left)).toEqual({ state: 'out', isLinkOld: false });
    expect(await started(session, granted, me)).toEqual({ state: 'in', account });
  });

  it('stays logged in where another tab still has to log out of the session before it', async () => {
    answers = [away];
    await new Session().logOut();
    answers = [granted, me];
    await new Session().logIn('a@b.c', 'password');
    expect(await started(new Session(), granted, me)).toEqual({ state: 'in', account });
  });

  it('is logged out before somebody comes by a link', async () => {
    answers = [away];
    await new Session().logOut();
    expect(await started(new Session(), left, granted, me)).toEqual({ state: 'in', account });
    expect(asked.slice(1, 3)).toEqual([{ path: LOGOUT, body: undefined }, WITH_LINK]);
  });
});

it.each([
  ['customer', [true, false, false, false]],
  ['viewer', [true, true, false, false]],
  ['operator', [true, true, true, false]],
  ['admin', [true, true, true, true]],
] as const)('as %s one may what is for oneself and those below', (role, expected) => {
  const needed = ['customer', 'viewer', 'operator', 'admin'] as const;
  expect(needed.map((one) => mayAs(role, one))).toEqual(expected);
});
