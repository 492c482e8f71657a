import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Session, type Visitor } from './session.js';

const problem = (status: number, code: string): Response =>
  Response.json({ title: '', detail: '', status, code }, { status, headers: { 'retry-after': '3600' } });
const granted = (): Response =>
  Response.json({ accessToken: 'access', expiresInSeconds: 900 }, { status: 201 });
const account = { userId: 'u', email: 'a@b.c', name: 'Kim', role: 'admin' };

/** The window of a browser that was opened at a link, and what the shop answers to each call in turn. */
let answers: (() => Response)[];
let asked: { readonly path: string; readonly body: unknown }[];
const replaced = ['location', 'history', 'fetch'] as const;
const before = replaced.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));

beforeEach(() => {
  asked = [];
  const location = { origin: 'http://shop', pathname: '/console/', search: '', hash: '#login=token' };
  const stubs = {
    location,
    history: { state: null, replaceState: () => (location.hash = '') },
    fetch: async (url: string, { body }: { body?: string }) => {
      asked.push({ path: new URL(url).pathname, body: body === undefined ? undefined : JSON.parse(body) });
      return answers.shift()!();
    },
  };
  for (const name of replaced)
    Object.defineProperty(globalThis, name, { value: stubs[name], configurable: true });
});
afterEach(() => {
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
