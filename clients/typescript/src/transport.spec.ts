import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cutOff, json, problem, ScriptedShop, type Answering } from '../test/scripted-shop.js';
import { Jangteo } from './client.js';
import { JangteoError } from './problem.js';
import { tokensInMemory } from './tokens.js';

const PRODUCT = { productId: 'p1', name: 'Tea cup' };
const AT_ONCE = { headers: { 'retry-after': '0' } };
const DRAFT = { name: 'Tea cup', price: 1_000 };
const QUICK = { tries: 4, baseMs: 1 };

let server: ScriptedShop;
beforeAll(async () => {
  server = await ScriptedShop.open();
});
afterAll(async () => {
  await server.close();
});

const shopOf = (options: Partial<ConstructorParameters<typeof Jangteo>[0]> = {}): Jangteo =>
  new Jangteo({ url: server.url, retry: QUICK, ...options });

const caught = async (promise: Promise<unknown>): Promise<JangteoError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JangteoError);
  return error as JangteoError;
};

describe('a call that creates something', () => {
  it('is sent again under one key, made by the client, until it is answered', async () => {
    server.play(
      problem(503, 'SERVICE_UNAVAILABLE', AT_ONCE),
      cutOff,
      problem(504, 'UPSTREAM_TIMEOUT'),
      json(201, PRODUCT),
    );
    await expect(shopOf().products.create(DRAFT)).resolves.toEqual(PRODUCT);
    const keys = server.asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(server.asked.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => DRAFT));
  });

  it('has another key each time it is called, or the one that is given', async () => {
    server.play(json(201, PRODUCT), json(201, PRODUCT), json(201, PRODUCT));
    const { products } = shopOf();
    await products.create(DRAFT);
    await products.create(DRAFT);
    await products.create(DRAFT, { idempotencyKey: 'mine' });
    const keys = server.asked.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });

  it('is given up after so many tries, with the last problem', async () => {
    server.play(...Array.from({ length: 9 }, () => problem(503, 'SERVICE_UNAVAILABLE', AT_ONCE)));
    expect((await caught(shopOf().products.create(DRAFT))).code).toBe('SERVICE_UNAVAILABLE');
    expect(server.asked).toHaveLength(4);
  });

  it.each([{ client: false as const }, { call: false as const }])('is sent once with %j', async (off) => {
    server.play(cutOff, json(201, PRODUCT));
    const shop = shopOf('client' in off ? { retry: off.client } : {});
    const error = await caught(shop.products.create(DRAFT, 'call' in off ? { retry: off.call } : {}));
    expect(error).toMatchObject({ code: 'NO_ANSWER', status: 0 });
    expect(server.asked).toHaveLength(1);
  });
});

describe('a call whose repeat might do it twice', () => {
  it('is sent once where nobody knows what became of it', async () => {
    server.play(cutOff, json(200, {}));
    const login = shopOf().auth.login({ email: 'a@example.com', password: 'correct horse' });
    expect((await caught(login)).code).toBe('NO_ANSWER');
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  it('is sent again where it was refused before anything was done', async () => {
    server.play(problem(429, 'RATE_LIMITED', AT_ONCE), json(200, { accessToken: 'a', refreshToken: 'r' }));
    await shopOf().auth.login({ email: 'a@example.com', password: 'correct horse' });
    expect(server.asked).toHaveLength(2);
  });
});

describe('an error', () => {
  it('has code, status, fields, and the name by which the logs know the request', async () => {
    const errors = [{ path: 'price', message: 'is too small' }];
    server.play(problem(400, 'VALIDATION_FAILED', { errors, headers: { 'x-request-id': 'r-1' } }));
    const error = await caught(shopOf().products.create(DRAFT));
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', status: 400, requestId: 'r-1', fields: errors });
    expect(error.message).toBe('VALIDATION_FAILED: price is too small (VALIDATION_FAILED)');
  });

  it('is thrown at once where the shop wants to be left alone for long', async () => {
    server.play(problem(429, 'RATE_LIMITED', { headers: { 'retry-after': '3600' } }));
    expect(await caught(shopOf().products.read('p1'))).toMatchObject({
      status: 429,
      retryAfterMs: 3_600_000,
    });
    expect(server.asked).toHaveLength(1);
  });

  it('tells of somebody else who answers in its own words', async () => {
    server.play((response) => response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>No</h1>'));
    const error = await caught(shopOf().products.read('p1'));
    expect(error).toMatchObject({ code: 'NO_PROBLEM', status: 403 });
    expect(error.message).toContain('<h1>No</h1>');
  });
});

describe("an answer that is not the shop's", () => {
  /** What stands at the shop's address while it is mended, or asks for a login to the network. */
  const portal: Answering = (response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Log in</h1>');

  it('is an error, however well it went: no list, no session, no event', async () => {
    const tokens = tokensInMemory();
    const shop = shopOf({ tokens });
    const asking = [
      () => shop.products.list().first(5),
      () => shop.auth.login({ email: 'a@example.com', password: 'correct horse' }),
      () => shop.products.create(DRAFT),
      () => shop.admin.live()[Symbol.asyncIterator]().next(),
    ];
    for (const ask of asking) {
      server.play(portal, portal);
      const error = await caught(ask());
      expect(error).toMatchObject({ code: 'NO_PROBLEM', status: 200 });
      expect(error.message).toBe('Status 200, but not of the shop: <h1>Log in</h1> (NO_PROBLEM)');
      expect(server.asked).toHaveLength(1);
    }
    expect(await tokens.read()).toBeUndefined();
  });

  it.each(['<h1>Log in</h1>', ''])('may call itself JSON, and be %j', async (text) => {
    server.play((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(text));
    expect(await caught(shopOf().products.read('p1'))).toMatchObject({ code: 'NO_PROBLEM', status: 200 });
  });

  it('is none where the shop answers with a page: its document is one', async () => {
    server.play(portal);
    await expect(shopOf().call('readDocs', {})).resolves.toBe('<h1>Log in</h1>');
  });
});

describe('a redirect', () => {
  it.each([307, 302])('of status %s is not followed: nobody else gets what was sent', async (status) => {
    const other = await ScriptedShop.open();
    try {
      server.play((response) => response.writeHead(status, { location: `${other.url}/auth/login` }).end());
      other.play(json(200, {}));
      const login = shopOf().auth.login({ email: 'a@example.com', password: 'correct horse' });
      const { message, code } = await caught(login);
      expect(code).toBe('NO_PROBLEM');
      expect(message).toContain(`${server.url} redirects to ${other.url}`);
      expect([server.asked.length, other.asked.length]).toEqual([1, 0]);
    } finally {
      await other.close();
    }
  });

  it('of which a browser tells nothing is refused as well', async () => {
    const opaque = { type: 'opaqueredirect', status: 0, ok: false, headers: new Headers(), body: null };
    const shop = shopOf({ fetch: () => Promise.resolve(opaque as Response) });
    expect((await caught(shop.products.read('p1'))).message).toContain('redirects to elsewhere');
  });

  it('of a refresh is told as such', async () => {
    const location = 'https://elsewhere.example/auth/refresh';
    server.play(problem(401, 'UNAUTHENTICATED'), json(308, undefined, { location }));
    const tokens = tokensInMemory({ accessToken: 'a1', refreshToken: 'r1' });
    expect((await caught(shopOf({ tokens }).auth.me())).message).toContain('https://elsewhere.example');
  });
});

describe('a path', () => {
  it.each(['.', '..', ''])('does not lead elsewhere by an argument %j', async (productId) => {
    server.play();
    // Some calls throw before there is a promise.
    await expect((async () => await shopOf().products.read(productId))()).rejects.toThrow(TypeError);
    expect(server.asked).toEqual([]);
  });

  it('that is asked for begins at the shop', async () => {
    server.play(json(200, PRODUCT));
    await expect(shopOf().request('GET', '@elsewhere.example/')).rejects.toThrow(TypeError);
    await expect(shopOf().request('GET', '/products/p1')).resolves.toEqual(PRODUCT);
  });
});

describe('a signal', () => {
  it('ends a call while it is sent, and while it waits to be sent again', async () => {
    const ending = new AbortController();
    const reason = new Error('enough');
    server.play(() => ending.abort(reason));
    await expect(shopOf().products.read('p1', { signal: ending.signal })).rejects.toBe(reason);

    const later = new AbortController();
    server.play(problem(503, 'SERVICE_UNAVAILABLE', { headers: { 'retry-after': '86400' } }));
    const answered: typeof fetch = async (...args) => {
      const response = await fetch(...args);
      const text = await response.text();
      // By then it waits for the next day.
      setTimeout(() => later.abort(reason), 50);
      return new Response(text, response);
    };
    const { products } = shopOf({ fetch: answered, retry: { longestMs: 1e9 } });
    await expect(products.read('p1', { signal: later.signal })).rejects.toBe(reason);
    expect(server.asked).toHaveLength(1);
  });

  it('is not what ends a try that takes too long: that is an error, and sent again', async () => {
    server.play(() => undefined, json(200, PRODUCT), json(200, PRODUCT), json(200, PRODUCT));
    const began = performance.now();
    await expect(shopOf({ deadlineMs: 1_000 }).products.read('p1')).resolves.toEqual(PRODUCT);
    // The deadline that a client has where none is given is 45 s.
    expect(performance.now() - began).toBeLessThan(40_000);
  });
});

describe('a session', () => {
  const FIRST = { accessToken: 'a1', refreshToken: 'r1' };
  const SECOND = { accessToken: 'a2', refreshToken: 'r2' };
  const account = { userId: 'u1' };
  /** Answers by what is asked, in whatever order; refreshes one after the other, and the last of them from then on. */
  const play = (...refreshes: Answering[]): void => {
    const answering: Answering = (response, asked) => {
      if (asked.path === '/auth/refresh')
        (refreshes.length > 1 ? refreshes.shift() : refreshes[0])?.(response, asked);
      else if (asked.headers.authorization === 'Bearer a2') json(200, account)(response, asked);
      else problem(401, 'UNAUTHENTICATED')(response, asked);
    };
    server.play(...Array.from({ length: 12 }, () => answering));
  };
  const refreshes = (): unknown[] =>
    server.asked.filter(({ path }) => path === '/auth/refresh').map(({ body }) => body);

  it('is refreshed once, for all calls that find it outlived, and they are sent again', async () => {
    play(json(200, SECOND));
    const tokens = tokensInMemory(FIRST);
    const { auth } = shopOf({ tokens });
    expect(await Promise.all([auth.me(), auth.me(), auth.me()])).toEqual([account, account, account]);
    expect(refreshes()).toEqual([{ refreshToken: 'r1' }]);
    expect(await tokens.read()).toMatchObject(SECOND);
  });

  it('is refreshed again under the same token where an answer was lost, or there was none yet', async () => {
    play(
      cutOff,
      problem(429, 'RATE_LIMITED', AT_ONCE),
      problem(502, 'NO_PROBLEM'),
      problem(503, 'SERVICE_UNAVAILABLE', AT_ONCE),
      problem(504, 'UPSTREAM_TIMEOUT'),
      json(200, SECOND),
    );
    const tokens = tokensInMemory(FIRST);
    expect(await shopOf({ tokens }).auth.me()).toEqual(account);
    expect(refreshes()).toEqual(Array.from({ length: 6 }, () => ({ refreshToken: 'r1' })));
    expect(await tokens.read()).toMatchObject(SECOND);
  });

  it("is kept where it could not be refreshed in time: later the token would count as a thief's", async () => {
    play(problem(503, 'SERVICE_UNAVAILABLE', { headers: { 'retry-after': '21' } }), json(200, SECOND));
    const tokens = tokensInMemory(FIRST);
    const error = await caught(shopOf({ tokens, retry: { longestMs: 1e9 } }).auth.me());
    expect(error.code).toBe('SERVICE_UNAVAILABLE');
    expect(refreshes()).toHaveLength(1);
    expect(await tokens.read()).toEqual(FIRST);
  });

  it.each([
    [200, '<h1>Log in</h1>'],
    [200, ''],
    [401, '<h1>Log in</h1>'],
  ])('is kept where somebody else answered its refresh: %s %j', async (status, text) => {
    play((response) => response.writeHead(status, { 'content-type': 'text/html' }).end(text));
    const tokens = tokensInMemory(FIRST);
    expect((await caught(shopOf({ tokens }).auth.me())).code).toBe('NO_PROBLEM');
    expect(await tokens.read()).toEqual(FIRST);
  });

  it('is refreshed within the deadline, and without whoever does not wait for it', async () => {
    const ending = new AbortController();
    const reason = new Error('enough');
    play(() => setTimeout(() => ending.abort(reason), 10), json(200, SECOND));
    const { auth } = shopOf({ tokens: tokensInMemory(FIRST), deadlineMs: 1_000 });
    const [impatient, patient] = await Promise.allSettled([auth.me({ signal: ending.signal }), auth.me()]);
    expect(impatient).toEqual({ status: 'rejected', reason });
    expect(patient).toEqual({ status: 'fulfilled', value: account });
  });

  it('is refreshed once for a call: where the newer token is refused too, so is the call', async () => {
    const newest = { accessToken: 'a3', refreshToken: 'r3' };
    play(json(200, { ...SECOND, accessToken: 'a0' }), json(200, newest));
    expect((await caught(shopOf({ tokens: tokensInMemory(FIRST) }).auth.me())).status).toBe(401);
    expect(server.asked.map(({ path }) => path)).toEqual(['/auth/me', '/auth/refresh', '/auth/me']);
  });

  it('is left alone by a program that has a key', async () => {
    play(json(200, SECOND));
    const tokens = tokensInMemory(FIRST);
    expect((await caught(shopOf({ tokens, apiKey: 'jk_1' }).auth.me())).status).toBe(401);
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer jk_1']);
  });

  it('is not refreshed for a password that is wrong', async () => {
    server.play(problem(401, 'INVALID_CREDENTIALS'));
    const { auth } = shopOf({ tokens: tokensInMemory(SECOND) });
    expect((await caught(auth.deleteAccount('wrong horse'))).code).toBe('INVALID_CREDENTIALS');
    expect(server.asked).toHaveLength(1);
  });

  it('is over where it cannot be refreshed: the call is refused', async () => {
    play(problem(401, 'UNAUTHENTICATED'));
    const tokens = tokensInMemory(FIRST);
    expect((await caught(shopOf({ tokens }).auth.me())).status).toBe(401);
    expect(server.asked).toHaveLength(2);
    expect(await tokens.read()).toBeUndefined();
  });

  it('is taken over from another program that has refreshed it', async () => {
    play(problem(500, 'INTERNAL'));
    const kept = [FIRST, SECOND];
    const tokens = { read: () => Promise.resolve(kept.shift() ?? SECOND), write: () => Promise.resolve() };
    expect(await shopOf({ tokens }).auth.me()).toEqual(account);
    expect(server.asked.map(({ path }) => path)).toEqual(['/auth/me', '/auth/me']);
  });

  it('is left aside by a login, whose refusal is none of it', async () => {
    play(json(200, SECOND));
    const tokens = tokensInMemory(FIRST);
    const login = shopOf({ tokens }).auth.login({ email: 'a@example.com', password: 'wrong horse' });
    expect((await caught(login)).status).toBe(401);
    expect(server.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/auth/login', undefined],
    ]);
    expect(await tokens.read()).toEqual(FIRST);
  });

  it('is begun by a login, and goes with every call until the logout', async () => {
    server.play(json(200, SECOND), json(200, account), json(204), json(200, [account]));
    const { auth, products } = shopOf();
    await auth.login({ email: 'a@example.com', password: 'correct horse' });
    await auth.me();
    await auth.logout();
    await products.top();
    expect(server.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/auth/login', undefined],
      ['/auth/me', 'Bearer a2'],
      ['/auth/logout', undefined],
      ['/products/top', undefined],
    ]);
    expect(server.asked[2]?.body).toEqual({ refreshToken: 'r2' });
  });
});

describe('what is said with a call', () => {
  it('stands in its headers, its query and its path', async () => {
    server.play(json(200, PRODUCT), json(200, []), json(200, []));
    const shop = shopOf({ apiKey: 'jk_1', language: 'ko' });
    await shop.products.change('p/1', { price: 5 }, { ifMatch: 7, requestId: 'mine' });
    await shop.products.list({ q: 'a b', inStock: true, limit: 5 }).first(5);
    await shop.products.list({ q: undefined, inStock: false, limit: 0 }).first(5);
    expect(server.asked[0]).toMatchObject({
      method: 'PATCH',
      path: '/products/p%2F1',
      body: { price: 5 },
      headers: {
        authorization: 'Bearer jk_1',
        'accept-language': 'ko',
        'if-match': '"7"',
        'x-request-id': 'mine',
      },
    });
    expect(server.asked[1]?.path).toBe('/products?q=a+b&inStock=true&limit=5');
    expect(server.asked[2]?.path).toBe('/products?inStock=false&limit=0');
  });
});
