import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import {
  DocumentedAnswers,
  expected,
  shopClient,
  startService,
  withClient,
  type Answer,
  type ApiDocument,
  type Customer,
  type Problem,
  type RunningService,
  type ShopClient,
} from '@jangteo/testkit';
import { decodeJwt } from 'jose';
import { accountCalls, type Tokens } from './account-calls.js';
import { expectProblem, tally } from './expectations.js';

const ADMIN = { email: 'admin@example.com', password: 'admin password 1' };
const ATTEMPTS_MAX = 4;

const program = promisify(execFile);
const OPS = join(projectRoot(), 'tools', 'dist', 'src', 'ops.js');

const pageIn = (currency: string): string =>
  `<!doctype html><meta name="currency" content="${currency}" />` +
  '<script type="module" src="/console/assets/app-4f9a.js"></script>';
/** As the gateway gives what was built: in the currency of the shop. */
const INDEX = pageIn('usd');
const SCRIPT = `export const text = '${'an order travels '.repeat(200)}';`;
const ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const SECRET = 'what stands beside the site';

/** By their names in the folder of the site. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  'index.html': pageIn('krw'),
  'index.html.gz': gzipSync(pageIn('krw')),
  'icon.svg': ICON,
  'assets/app-4f9a.js': SCRIPT,
  'assets/app-4f9a.js.br': brotliCompressSync(SCRIPT),
  'assets/app-4f9a.js.gz': gzipSync(SCRIPT),
  '.vite/manifest.json': '{}',
  '../beside.txt': SECRET,
};

const ASSET = '/console/assets/app-4f9a.js';
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const COOKIE = /^jangteo_refresh=([^;]+); HttpOnly; Secure; SameSite=Strict; Path=\/auth$/;

interface Begun {
  readonly accessToken: string;
}

interface Link {
  readonly loginToken: string;
  readonly expiresAt: string;
  readonly path: string;
}

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

let folder: string;
let service: RunningService;
let client: ShopClient;
let admin: string;
let addresses = 0;

/** An address that nobody has had before, as a proxy that is trusted tells it. */
function newAddress(): Record<string, string> {
  addresses += 1;
  return { 'x-forwarded-for': `198.51.100.${addresses}` };
}

/** Sends a path as it is, where `fetch` would put it right. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

/** The refresh token that the answer leaves with the browser. */
function cookieOf({ headers }: Answer<unknown>): string {
  const [cookie = '', ...others] = headers.getSetCookie();
  expect(others).toEqual([]);
  expect(cookie).toMatch(COOKIE);
  return COOKIE.exec(cookie)![1]!;
}

const withCookie = (token: string): Record<string, string> => ({
  cookie: `theme=dark; jangteo_refresh=${token}`,
});

const begin = (body: object, headers: Record<string, string> = {}) =>
  client.post<Begun & Problem>('/auth/console/sessions', body, { headers });

const refresh = (token: string, headers: Record<string, string> = {}) =>
  client.post<Begun & Problem>('/auth/console/refresh', undefined, {
    headers: { ...withCookie(token), ...headers },
  });

const leave = (headers: Record<string, string>) =>
  client.post<Problem>('/auth/console/logout', undefined, { headers });

const { change, changePassword, employed, isLoggedIn, login } = accountCalls(() => ({ client, admin }));

const linkOf = async (token: string): Promise<Link> =>
  expected(201, await client.post<Link>('/auth/console/links', undefined, { token }));

beforeAll(async () => {
  const above = await mkdtemp(join(tmpdir(), 'jangteo-console-'));
  folder = join(above, 'site');
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  service = await startService('gateway', {
    env: {
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      CONSOLE_SITE: folder,
      CURRENCY: 'usd',
      LOGIN_ATTEMPTS_PER_MINUTE: String(ATTEMPTS_MAX),
      // So that a test can be many addresses.
      TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  client = shopClient(service.url, ADMIN);
  client.holdTo(await DocumentedAnswers.of(service.url));
  admin = await client.admin();
});
afterAll(async () => {
  await service?.stop();
  if (folder !== undefined) await rm(dirname(folder), { recursive: true, force: true });
});

describe('the console', () => {
  it('is at /console/, to which /console leads', async () => {
    const { status, headers } = await raw('/console');
    expect([status, headers.location]).toEqual([308, '/console/']);
  });

  it.each([
    '/console/',
    '/console/?wall=1',
    '/console/orders/7',
    '/console/orders/',
    '/console/race/7',
    '/console/app.js',
  ])('has its one page at %s, asked about each time', async (path) => {
    const { status, headers, body } = await raw(path);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toBe(INDEX);
    expect(headers['cache-control']).toBe('no-cache');
    const again = await raw(path, { 'if-none-match': `"x", ${String(headers.etag)}` });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect((await raw(path, { 'if-none-match': '"x"' })).status).toBe(200);
  });

  it('lets its page load, send and be shown in nothing of elsewhere', async () => {
    const { headers } = await raw('/console/orders');
    expect(headers).toMatchObject({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  it('has files that browsers keep for a year, and one that they ask about', async () => {
    const asset = await raw(ASSET);
    expect(asset).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    });
    expect(asset.body.toString()).toBe(SCRIPT);
    const icon = await raw('/console/icon.svg');
    expect([icon.body.toString(), icon.headers['content-type'], icon.headers['cache-control']]).toEqual([
      ICON,
      'image/svg+xml',
      'no-cache',
    ]);
  });

  it.each([
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip, br;q=0', gunzipSync],
    [undefined, 'zstd', (body: Buffer) => body],
    [undefined, '', (body: Buffer) => body],
  ])('sends a file in %s to who takes "%s"', async (encoding, accept, decoded) => {
    const { headers, body } = await raw(ASSET, { 'accept-encoding': accept });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers['content-length']).toBe(String(body.length));
    expect(decoded(body).toString()).toBe(SCRIPT);
    const head = await raw(ASSET, { 'accept-encoding': accept }, 'HEAD');
    expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, headers.etag]);
    expect([head.headers['content-encoding'], head.headers['content-length']]).toEqual([
      encoding,
      headers['content-length'],
    ]);
  });

  it('has another tag for each encoding', async () => {
    const tags = await Promise.all(
      ['br', 'gzip', ''].map(
        async (accept) => (await raw(ASSET, { 'accept-encoding': accept })).headers.etag,
      ),
    );
    expect(new Set(tags).size).toBe(3);
  });

  it.each(['app-0000.js', '', 'app-4f9a.js/', '../index.html', '%2e%2e/index.html', '..%2f..%2fbeside.txt'])(
    'has no page in place of the asset "%s" that is not there',
    async (name) => {
      const { status, headers, body } = await raw(`/console/assets/${name}`);
      expect(JSON.parse(body.toString())).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      expect([status, headers['cache-control']]).toEqual([404, 'no-store']);
    },
  );

  it.each([
    '/console/../beside.txt',
    '/console/%2e%2e/beside.txt',
    '/console/..%2fbeside.txt',
    '/console/..%5cbeside.txt',
    '/console//etc/passwd',
    '/console/.vite/manifest.json',
    '/console/assets/app-4f9a.js.br/../../../beside.txt',
    '/console/%00',
    '/console/%zz',
  ])('shows no other file for %s', async (path) => {
    const { status, body } = await raw(path);
    expect([200, 400, 404]).toContain(status);
    expect(body.toString()).not.toContain(SECRET);
    // What is no asset is the page, if anything.
    expect(status === 200 ? body.toString() : INDEX).toBe(INDEX);
  });

  it('can only be read', async () => {
    for (const path of ['/console', '/console/', '/console/orders/7', ASSET]) {
      const answer = await client.post<Problem>(path);
      expectProblem(answer, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    }
  });

  it('is no part of the API', async () => {
    const { paths } = expected(200, await client.get<ApiDocument>('/openapi.json'));
    expect(Object.keys(paths).filter((path) => path.startsWith('/console'))).toEqual([]);
  });

  it('counts as requests do', async () => {
    const address = newAddress();
    const left = async (): Promise<number> =>
      Number(/r=(\d+)/.exec(String((await raw(ASSET, address)).headers.ratelimit))?.[1]);
    const before = await left();
    expect(await left()).toBe(before - 1);
    const { body } = await shopClient(service.opsUrl, ADMIN).get<string>('/metrics');
    expect(body).toMatch(/^gateway_requests_in_work 0$/m);
  });
});

describe('a session in a browser', () => {
  it('has the access token in its answer, and the refresh token in a cookie alone', async () => {
    const { email, password, userId } = await client.register();
    const answer = await begin({ email, password }, { 'user-agent': 'Mozilla/5.0' });
    const { accessToken, ...rest } = expected(200, answer);
    expect(rest).toEqual({ tokenType: 'Bearer', expiresIn: 900 });
    expect(decodeJwt(accessToken).sub).toBe(userId);
    const token = cookieOf(answer);
    expect(JSON.stringify(answer.body)).not.toContain(token);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [session] = expected(200, await client.get<object[]>('/auth/sessions', { token: accessToken }));
    expect(session).toMatchObject({ isCurrent: true, userAgent: 'Mozilla/5.0' });
  });

  it('goes on with the cookie, as often as its page asks', async () => {
    const { email, password } = await client.register();
    let token = cookieOf(await begin({ email, password }));
    for (let time = 0; time < 3; time += 1) {
      const answer = await refresh(token);
      const { accessToken, ...rest } = expected(200, answer);
      expect(rest).toEqual({ tokenType: 'Bearer', expiresIn: 900 });
      expect(await isLoggedIn(accessToken)).toBe(true);
      expect(cookieOf(answer)).not.toBe(token);
      token = cookieOf(answer);
    }
  });

  it('goes on in both of two tabs that ask at once', async () => {
    const { email, password } = await client.register();
    const token = cookieOf(await begin({ email, password }));
    const tabs = await Promise.all([refresh(token), refresh(token)]);
    expect(tally(tabs)).toEqual({ '200': 2 });
    expect(cookieOf(tabs[0])).toBe(cookieOf(tabs[1]));
    expected(200, await refresh(cookieOf(tabs[0])));
  });

  it('ends where a spent cookie is used much later than its successor', async () => {
    const { email, password } = await client.register();
    const first = cookieOf(await begin({ email, password }));
    const second = cookieOf(await refresh(first));
    const third = cookieOf(await refresh(second));
    const stolen = await refresh(first);
    expectProblem(stolen, 'UNAUTHENTICATED');
    // One that a tab was late with must not take away what another tab has got.
    expect(stolen.headers.getSetCookie()).toEqual([]);
    expectProblem(await refresh(third), 'UNAUTHENTICATED');
  });

  it('is the same as one of a program', async () => {
    const { email, password } = await client.register();
    const token = cookieOf(await begin({ email, password }));
    const answer = await client.post<{ refreshToken: string }>('/auth/refresh', { refreshToken: token });
    expected(200, await refresh(expected(200, answer).refreshToken));
  });

  it('is over, with its cookie, when it is ended', async () => {
    const { email, password } = await client.register();
    const begun = await begin({ email, password });
    const token = cookieOf(begun);
    const ended = await leave(withCookie(token));
    expect([ended.status, ended.body]).toEqual([204, undefined]);
    expect(ended.headers.getSetCookie()).toEqual([
      'jangteo_refresh=; HttpOnly; Secure; SameSite=Strict; Path=/auth; Max-Age=0',
    ]);
    expect(await isLoggedIn(begun.body.accessToken)).toBe(false);
    expectProblem(await refresh(token), 'UNAUTHENTICATED');
    expect((await leave({})).status).toBe(204);
  });

  it.each([
    ['no cookie', {}],
    ['another cookie', { cookie: 'my_jangteo_refresh=x' }],
    ['an empty one', { cookie: 'jangteo_refresh=' }],
    ['one that is none of ours', withCookie('x'.repeat(90))],
    ['one that is too long', withCookie('x'.repeat(5_000))],
  ])('does not go on with %s', async (_what, headers: Record<string, string>) => {
    const answer = await client.post<Problem>('/auth/console/refresh', undefined, { headers });
    expectProblem(answer, 'UNAUTHENTICATED');
  });

  it('shares the limits of logins', async () => {
    const { email, password } = await client.register();
    const headers = newAddress();
    const login = (guess: string) =>
      client.post<Problem>('/auth/login', { email, password: guess }, { headers });
    for (let time = 0; time < ATTEMPTS_MAX / 2; time += 1) {
      expectProblem(await begin({ email, password: 'a guess' }, headers), 'INVALID_CREDENTIALS');
      expectProblem(await login('a guess'), 'INVALID_CREDENTIALS');
    }
    expectProblem(await begin({ email, password }, headers), 'RATE_LIMITED');
    expectProblem(await login(password), 'RATE_LIMITED');
  });

  it('wants a password or a link, and not both', async () => {
    const { email, password } = await client.register();
    const wrong = [
      {},
      { email },
      { password },
      { email, password, loginToken: 'x' },
      { email, loginToken: 'x' },
    ];
    for (const body of wrong) expectProblem(await begin(body), 'VALIDATION_FAILED');
  });
});

describe('pages of other sites', () => {
  const there = (): string => new URL(service.url).host;

  it.each<[string, () => Record<string, string>]>([
    ['a page of another site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a page of a sibling', () => ({ 'sec-fetch-site': 'same-site' })],
    ['a page of another origin', () => ({ origin: 'https://evil.example' })],
    ['a page of another port', () => ({ origin: `http://${there()}1` })],
    ['a page of an address that begins like ours', () => ({ origin: `http://${there()}.evil.example` })],
    ['a page that hides where it is', () => ({ origin: 'null' })],
    ['what says both', () => ({ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' })],
    ['nonsense', () => ({ origin: there() })],
  ])('get nothing: %s', async (_who, saying) => {
    const { email, password } = await client.register();
    const begun = await begin({ email, password });
    const token = cookieOf(begun);
    const answers = [
      await begin({ email, password }, saying()),
      await refresh(token, saying()),
      await leave({ ...withCookie(token), ...saying() }),
    ];
    for (const answer of answers) {
      expectProblem(answer, 'FORBIDDEN');
      expect(answer.headers.getSetCookie()).toEqual([]);
      const names = [...answer.headers.keys()];
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    expect(await isLoggedIn(begun.body.accessToken)).toBe(true);
    expected(200, await refresh(token));
  });

  it.each<[string, () => Record<string, string>]>([
    ['our own', () => ({ 'sec-fetch-site': 'same-origin', origin: `http://${there()}` })],
    ['what somebody typed in', () => ({ 'sec-fetch-site': 'none' })],
    ['our own behind a proxy with TLS', () => ({ origin: `https://${there()}` })],
    [
      'our own behind a trusted proxy that has another name',
      () => ({ origin: 'https://shop.example', 'x-forwarded-host': 'shop.example:443' }),
    ],
    ['a program', () => ({})],
  ])('are not %s', async (_who, saying) => {
    const { email, password } = await client.register();
    const token = cookieOf(await begin({ email, password }, saying()));
    expected(200, await refresh(token, saying()));
    expect((await leave({ ...withCookie(token), ...saying() })).status).toBe(204);
  });
});

describe('a link to the console', () => {
  let viewer: Customer;
  beforeAll(async () => {
    viewer = await employed('viewer');
  });

  const stored = <T extends object>(statement: string, values: unknown[] = []): Promise<T[]> =>
    withClient(service.databaseUrl, async (database) => (await database.query<T>(statement, values)).rows);

  it('logs in as who made it, once', async () => {
    const { loginToken, expiresAt, path } = await linkOf(viewer.token);
    expect(path).toBe(`/console/#login=${loginToken}`);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(5 * 60_000 + 1_000);
    const answer = await begin({ loginToken }, { 'user-agent': 'Mozilla/5.0' });
    const { accessToken } = expected(200, answer);
    const me = expected(200, await client.get('/auth/me', { token: accessToken }));
    expect(me).toMatchObject({ userId: viewer.userId, role: 'viewer' });
    expected(200, await refresh(cookieOf(answer)));
    const again = expectProblem(await begin({ loginToken }), 'INVALID_CREDENTIALS');
    expect(again.detail).toBe('the link was used already, or is older than five minutes');
  });

  it('logs in one of those who show it at once', async () => {
    const { loginToken } = await linkOf(viewer.token);
    const answers = await Promise.all(Array.from({ length: 5 }, () => begin({ loginToken })));
    expect(tally(answers)).toEqual({ '200': 1, '401 INVALID_CREDENTIALS': 4 });
  });

  it('is good for five minutes', async () => {
    const { loginToken } = await linkOf(viewer.token);
    await stored(`UPDATE console_links SET expires_at = expires_at - interval '5 minutes'`);
    expectProblem(await begin({ loginToken }), 'INVALID_CREDENTIALS');
  });

  it('is stored as a hash, and neither in the log of staff nor in that of the service', async () => {
    const { loginToken } = await linkOf(viewer.token);
    const rows = JSON.stringify([
      await stored(`SELECT encode(token_hash, 'hex'), * FROM console_links`),
      await stored('SELECT * FROM admin_log'),
    ]);
    expect(rows).toContain('createConsoleLink');
    for (const text of [rows, await service.logs()]) {
      expect(text).not.toContain(loginToken);
      expect(text).not.toContain(Buffer.from(loginToken).toString('hex'));
    }
  });

  it('is one of ten at most', async () => {
    const one = await employed('operator');
    const links: Link[] = [];
    for (let time = 0; time < 12; time += 1) links.push(await linkOf(one.token));
    const [row] = await stored<{ count: string }>(
      'SELECT count(*) AS count FROM console_links WHERE user_id = $1',
      [one.userId],
    );
    expect(row?.count).toBe('10');
    for (const { loginToken } of links.slice(0, 2))
      expectProblem(await begin({ loginToken }), 'INVALID_CREDENTIALS');
    for (const { loginToken } of links.slice(-1)) expected(200, await begin({ loginToken }));
  });

  it('is made by npm run ops as well', async () => {
    const env = { ...process.env, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password };
    const { stdout } = await program(process.execPath, [OPS, 'console', '--url', service.url], { env });
    const [address = '', note] = stdout.split('\n');
    expect(address.startsWith(`${service.url}/console/#login=`)).toBe(true);
    expect(note).toMatch(/^Good once, until \S+Z$/);
    expected(200, await begin({ loginToken: address.split('=')[1] }));
  });

  it('is made once under an Idempotency-Key, and is good although that is repeated', async () => {
    const { token } = await employed('viewer');
    const headers = { 'idempotency-key': randomUUIDv7() };
    const make = () => client.post<Link & Problem>('/auth/console/links', undefined, { token, headers });
    const { loginToken } = expected(201, await make());
    expectProblem(await make(), 'IDEMPOTENCY_KEY_REUSED');
    expected(200, await begin({ loginToken }));
  });

  it('is made by staff who are logged in, and by no key', async () => {
    const make = (token?: string) => client.post<Problem>('/auth/console/links', undefined, { token });
    expectProblem(await make(), 'UNAUTHENTICATED');
    expectProblem(await make((await client.register()).token), 'FORBIDDEN');
    const draft = { name: 'Report', role: 'admin' };
    const { key } = expected(
      201,
      await client.post<{ key: string }>('/admin/api-keys', draft, { token: admin }),
    );
    expectProblem(await make(key), 'FORBIDDEN');
    for (const role of ['operator', 'admin']) expected(201, await make((await employed(role)).token));
  });

  it.each<[string, (who: Customer) => Promise<unknown>]>([
    ['the password is changed', async (who) => expect((await changePassword(who)).status).toBe(204)],
    [
      'an admin logs them out',
      async ({ userId }) => {
        const path = `/admin/users/${userId}/sessions`;
        expect((await client.send('DELETE', path, undefined, { token: admin })).status).toBe(204);
      },
    ],
    [
      'they end their other sessions',
      async ({ token }) => {
        expect((await client.send('DELETE', '/auth/sessions', undefined, { token })).status).toBe(204);
      },
    ],
    [
      'they log out',
      async (who) => {
        const { refreshToken } = expected(200, await login(who.email, who.password));
        expect((await client.post('/auth/logout', { refreshToken })).status).toBe(204);
      },
    ],
    [
      'a refresh token is found in two hands',
      async (who) => {
        const first = expected(200, await login(who.email, who.password));
        const goOn = ({ refreshToken }: Tokens) =>
          client.post<Tokens & Problem>('/auth/refresh', { refreshToken });
        expected(200, await goOn(expected(200, await goOn(first))));
        expectProblem(await goOn(first), 'UNAUTHENTICATED');
      },
    ],
  ])('is good no more once %s', async (_what, happens) => {
    const who = await employed('viewer');
    const { loginToken } = await linkOf(who.token);
    await happens(who);
    expectProblem(await begin({ loginToken }), 'INVALID_CREDENTIALS');
  });

  it('lets nobody in who is suspended', async () => {
    const who = await employed('viewer');
    const { loginToken } = await linkOf(who.token);
    expected(200, await change(who.userId, { state: 'SUSPENDED' }));
    expectProblem(await begin({ loginToken }), 'ACCOUNT_SUSPENDED');
  });
});

describe('a gateway', () => {
  async function withGateway(
    env: Record<string, string>,
    work: (other: ShopClient, gateway: RunningService) => Promise<void>,
  ): Promise<void> {
    const { databaseUrl } = service;
    const gateway = await startService('gateway', { databaseUrl, env });
    try {
      await work(shopClient(gateway.url, ADMIN), gateway);
    } finally {
      await gateway.stop();
    }
  }

  it('has nothing of the console where it is switched off', async () => {
    await withGateway({ CONSOLE: 'off', CONSOLE_SITE: folder }, async (other, gateway) => {
      for (const path of ['/console', '/console/', '/console/orders', '/console/race/7', ASSET]) {
        const { detail } = expectProblem(await other.get<Problem>(path), 'NOT_FOUND');
        expect(detail).toBe('No such path');
      }
      for (const route of ['sessions', 'refresh', 'logout', 'links'])
        expectProblem(await other.post(`/auth/console/${route}`, {}), 'NOT_FOUND');
      const { paths } = expected(200, await other.get<ApiDocument>('/openapi.json'));
      expect(Object.keys(paths).filter((path) => path.includes('console'))).toEqual([]);
      expect(await gateway.logs()).not.toContain('there is no console');
    });
  });

  it('starts without the site, and says so once', async () => {
    const empty = join(folder, 'assets');
    await withGateway({ CONSOLE_SITE: empty }, async (other, gateway) => {
      for (const path of ['/console/', '/console/orders', ASSET]) {
        const { detail } = expectProblem(await other.get<Problem>(path), 'NOT_FOUND');
        expect(detail).toBe('the console was not built');
      }
      const korean = await other.get<Problem>('/console/', { headers: { 'accept-language': 'ko' } });
      expect(korean.body.detail).toBe('콘솔을 빌드하지 않았습니다');
      expect((await gateway.logs()).match(/there is no console at \/console\//g)).toHaveLength(1);
      expectProblem(await other.post('/auth/console/refresh'), 'UNAUTHENTICATED');
    });
  });
});
