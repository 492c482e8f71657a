import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  pace,
  shareShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, tally } from './expectations.js';

const ORIGIN = 'https://console.example';
const here = await pace();
/** Hundreds of good requests at once have to arrive in it, on a busy machine too. */
const ARRIVAL_MS = here(1_500);
const SENDING_MS = 2_000;
const MEBIBYTE = 1_048_576;
const TEST_DEADLINE_MS = 120_000;

/** However it comes about: `once` would fail where the other side resets the connection. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

describe('the front door', () => {
  let shop: Shop;
  let client: ShopClient;
  let customer: Customer;
  let sockets: Socket[];

  beforeAll(async () => {
    shop = await shareShop({
      gateway: {
        CORS_ORIGINS: `${ORIGIN}, http://localhost:5173`,
        REQUEST_ARRIVAL_DEADLINE_MS: String(ARRIVAL_MS),
        ANSWER_SENDING_DEADLINE_MS: String(SENDING_MS),
        REQUESTS_IN_WORK_MAX: '100',
      },
    });
    ({ client } = shop);
    customer = await client.register(1_000_000);
    sockets = [];
  }, START_DEADLINE_MS);
  afterAll(async () => {
    for (const socket of sockets ?? []) socket.destroy();
    await shop?.stop();
  });

  async function dial(localAddress = '127.0.0.1'): Promise<Socket> {
    const { port, hostname } = new URL(shop.url);
    const socket = connect({ port: Number(port), host: hostname, localAddress });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** Everything that is answered to this text until the connection ends. */
  async function told(text: string): Promise<string> {
    const socket = await dial();
    socket.write(text);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await closed(socket);
    return answer;
  }

  const metric = async (name: string): Promise<number> => {
    const { body } = await shop.operators.get<string>('/metrics');
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length) ?? 0,
    );
  };

  describe('under attack', () => {
    /** One that sends requests as fast as they are taken, and reads nothing; begins anew where it is cut off. */
    async function deaf(address: string, text: string, signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const socket = await dial(address);
        socket.pause();
        const write = (): void => {
          while (!signal.aborted && !socket.destroyed && socket.write(text)) continue;
        };
        socket.on('drain', write);
        write();
        await Promise.race([closed(socket), once(signal, 'abort')]).catch(() => undefined);
        socket.destroy();
      }
    }

    const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: shop\r\n${more}\r\n`;

    it.each([
      // Long enough that what is read at once is no more than may wait.
      ['the longest answer', '127.0.0.2', () => get('/openapi.json', `x-long: ${'x'.repeat(400)}\r\n`), 50],
      [
        'what others have to look up',
        '127.0.0.4',
        () => get('/balance', `authorization: Bearer ${customer.token}\r\n`),
        0,
      ],
    ])(
      'serves all others while 50 connections ask for %s without end and read nothing, and grows no more',
      async (_what, address, request, cuts) => {
        const cutOff = () => metric('gateway_connections_cut_total{reason="answer not read"}');
        const before = await cutOff();
        const attack = new AbortController();
        const attackers = Array.from({ length: 50 }, () =>
          deaf(address, request().repeat(20), attack.signal),
        );
        const answers: Answer<unknown>[] = [];
        const rounds = async (count: number): Promise<void> => {
          for (let round = 0; round < count; round += 1) {
            const reads = ['/products', '/coupons', '/products/top'].map((path) => client.get(path));
            answers.push(...(await Promise.all(reads)));
            answers.push(await client.get('/balance', { token: customer.token }));
          }
        };
        try {
          await rounds(10);
          await eventually(async () => (await cutOff()) >= before + cuts, { deadlineMs: 60_000 });
          const memory = await metric('process_resident_memory_bytes');
          await rounds(40);
          expect(tally(answers)).toEqual({ '200': 200 });
          expect((await metric('process_resident_memory_bytes')) - memory).toBeLessThan(100 * MEBIBYTE);
          // Each of them has one request in work at most.
          expect(await metric('gateway_requests_in_work')).toBeLessThanOrEqual(50);
        } finally {
          attack.abort();
          await Promise.all(attackers);
        }
      },
      TEST_DEADLINE_MS,
    );

    it(
      'serves all others beside hundreds that say nothing, or never come to an end, and lets go of all of them',
      async () => {
        const begun = [
          '',
          'GET /products HTTP/1.1\r\n',
          'GET /products HTTP/1.1\r\nhost: shop\r\nx-one: ',
          'POST /auth/login HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{',
        ];
        const silent = await Promise.all(
          Array.from({ length: 400 }, async (_, index) => {
            const socket = await dial('127.0.0.3');
            const text = begun[index % begun.length]!;
            if (text !== '') socket.write(text);
            // One that trickles on is no better than one that stops.
            const trickle = setInterval(() => {
              if (text.endsWith(' ')) socket.write('x');
            }, 200);
            const ended = closed(socket.resume()).then(() => clearInterval(trickle));
            return { ended };
          }),
        );
        const reads = await Promise.all(Array.from({ length: 50 }, () => client.get('/products')));
        expect(tally(reads)).toEqual({ '200': 50 });
        await Promise.all(silent.map(({ ended }) => ended));
      },
      TEST_DEADLINE_MS,
    );
  });

  describe('what does not arrive', () => {
    const HEAD =
      'POST /auth/login HTTP/1.1\r\nhost: shop\r\nx-request-id: mine\r\ncontent-type: application/json\r\n';

    it.each([
      ['body', `${HEAD}content-length: 50\r\n\r\n{"email":`, /^mine$/],
      ['body of which nothing is there', `${HEAD}content-length: 50\r\n\r\n`, /^mine$/],
      ['chunk of a body', `${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{"ema`, /^mine$/],
      ['head', HEAD, /^[\w-]{36}$/],
      ['line', 'GET /produ', /^[\w-]{36}$/],
    ])('is told so: a %s', async (_what, text, id) => {
      const answer = await told(text);
      expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*content-type: application\/problem\+json/);
      expect(answer).toMatch(/connection: close/i);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
      expect(/^x-request-id: (.+)$/m.exec(head)?.[1]?.trim()).toMatch(id);
    });

    it('takes no answer from what was asked before it', async () => {
      const first = 'GET /products HTTP/1.1\r\nhost: shop\r\n\r\n';
      const late = await told(`${first}POST /auth/login HTTP/1.1\r\nhost: shop\r\ncontent-length: 9\r\n\r\n`);
      expect(late.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408']);
      const nonsense = await told(`${first}no HTTP at all\r\n\r\n`);
      expect(nonsense.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    });
  });

  describe('for operators', () => {
    it('shows metrics and how the whole shop is on a port of their own', async () => {
      for (const path of ['/health/live', '/health/ready', '/health/shop', '/health/shop/']) {
        expected(200, await shop.operators.get(path));
      }
      const metrics = await shop.operators.get<string>('/metrics');
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(expected(200, metrics)).toContain('gateway_requests_in_work');
      expectProblem(await shop.operators.get('/products'), 'NOT_FOUND');
      for (const path of ['/metrics', '/health/ready', '/health/shop/']) {
        const refused = await shop.operators.send('POST', path, '{}');
        expectProblem(refused, 'METHOD_NOT_ALLOWED');
        expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      }
    });

    it.each([
      '/metrics',
      '/metrics/',
      '/%6detrics',
      '/metrics?x=1',
      '/health/shop',
      '/health/%73hop',
      '/health%2fready',
      '/health',
      '//metrics',
      '/docs/..%2fmetrics',
    ])('shows the world nothing at %s', async (path) => {
      expectProblem(await client.get(path), 'NOT_FOUND');
    });

    it('looks once a second, however many want to know whether it is ready', async () => {
      const looks = async (): Promise<number> => {
        const [row] = await shop.sql<{ calls: number }>(
          'gateway',
          'SELECT sum(xact_commit)::int AS calls FROM pg_stat_database WHERE datname = current_database()',
        );
        return row?.calls ?? 0;
      };
      const before = await looks();
      const answers = await Promise.all(Array.from({ length: 2_000 }, () => client.get('/health/ready')));
      expect(tally(answers)).toEqual({ '200': answers.length });
      expect((await looks()) - before).toBeLessThan(answers.length / 4);
    });
  });

  describe('R33: for pages of other origins', () => {
    const names = ({ headers }: Answer<unknown>): string[] =>
      [...headers.keys()].filter((name) => name.startsWith('access-control-'));
    const preflight = (
      path: string,
      origin: string,
      headers: Record<string, string> = {},
    ): Promise<Answer<unknown>> =>
      client.send('OPTIONS', path, undefined, {
        headers: { origin, 'access-control-request-method': 'POST', ...headers },
      });

    it('says beforehand what they may send, of every path, and asks for no token', async () => {
      for (const origin of [ORIGIN, 'http://localhost:5173']) {
        for (const path of ['/orders', '/admin/audit', '/balance/charge/', '/no/such/path']) {
          const answer = await preflight(path, origin, {
            'access-control-request-headers': 'authorization,content-type,idempotency-key,prefer',
          });
          expect([answer.status, answer.body]).toEqual([204, undefined]);
          expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
          expect(answer.headers.get('access-control-allow-methods')).toMatch(/POST.*PATCH.*DELETE/);
          const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(/, */);
          expect(allowed).toEqual(
            expect.arrayContaining([
              'authorization',
              'content-type',
              'idempotency-key',
              'prefer',
              'x-request-id',
            ]),
          );
          expect(answer.headers.get('vary')).toContain('Origin');
          expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
        }
      }
    });

    it('lets them read answers, refusals too, with the headers that matter', async () => {
      const options = { headers: { origin: ORIGIN } };
      const answers = [
        await client.get('/products', options),
        await client.get('/balance', options),
        await client.get('/nothing', options),
        await client.send('PUT', '/products', '{}', options),
        await client.post('/auth/login', {}, options),
        await client.get('/', options),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 405, 400, 200]);
      for (const { headers } of answers) {
        expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
        expect(headers.get('vary')).toContain('Origin');
        const exposed = headers.get('access-control-expose-headers')?.split(', ');
        expect(exposed).toEqual(
          expect.arrayContaining([
            'Deprecation',
            'Idempotent-Replayed',
            'Link',
            'Location',
            'Preference-Applied',
            'Retry-After',
            'Services-Unanswered',
            'Sunset',
          ]),
        );
        expect(headers.has('access-control-allow-credentials')).toBe(false);
      }
    });

    it.each([
      'https://console.example.evil',
      'http://console.example',
      'https://CONSOLE.example',
      'null',
      'x',
    ])('says nothing to those of %s', async (origin) => {
      for (const answer of [
        await preflight('/orders', origin),
        await client.get('/products', { headers: { origin } }),
      ]) {
        expect(names(answer)).toEqual([]);
        expect(answer.headers.get('vary')).toContain('Origin');
      }
    });
  });

  describe('for what a path does not have', () => {
    const NAMES = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH'];

    it('says which methods every path has, and answers no other', async () => {
      const document = expected(
        200,
        await client.get<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json'),
      );
      const paths = Object.entries(document.paths);
      expect(paths.length).toBeGreaterThan(25);
      for (const [pattern, operations] of paths) {
        const has = Object.keys(operations).map((name) => name.toUpperCase());
        const allow = [...has, ...(has.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].toSorted().join(', ');
        const path = pattern.replaceAll(/\{\w+\}/g, '01920000-0000-7000-8000-0000000000b1');
        for (const name of NAMES.filter((one) => !allow.split(', ').includes(one))) {
          const answer = await told(`${name} ${path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n`);
          expect([pattern, name, answer.slice(0, 12)]).toEqual([pattern, name, 'HTTP/1.1 405']);
          expect(answer).toMatch(new RegExp(`^allow: ${allow}\r$`, 'm'));
          // To HEAD there is no body.
          expect(answer.includes('METHOD_NOT_ALLOWED')).toBe(name !== 'HEAD');
        }
        const options = await client.send('OPTIONS', path, undefined);
        expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
      }
    });

    it.each([
      ['GET', '/admin/dead-letters/wallet/send', 'OPTIONS, POST'],
      ['GET', '/admin/dead-letters/wallet/send/', 'OPTIONS, POST'],
      ['PATCH', '/products/top', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/docs/', 'GET, HEAD, OPTIONS'],
      ['POST', '/', 'GET, HEAD, OPTIONS'],
      ['POST', '/health/ready', 'GET, HEAD, OPTIONS'],
    ])('does not take one path for another: %s %s', async (method, path, allow) => {
      const answer = await client.send(method, path, method === 'GET' ? undefined : '{}');
      expect(expectProblem(answer, 'METHOD_NOT_ALLOWED').status).toBe(405);
      expect(answer.headers.get('allow')).toBe(allow);
    });

    it('says 404 whatever is asked of what is not there', async () => {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        expectProblem(await client.send(method, '/no/such/path', undefined), 'NOT_FOUND');
      }
    });

    it('answers HEAD as GET, without the body', async () => {
      for (const path of ['/products', '/docs', '/openapi.json', '/health/ready', '/']) {
        const answer = await fetch(`${shop.url}${path}`, { method: 'HEAD' });
        expect([path, answer.status, await answer.text()]).toEqual([path, 200, '']);
        const { headers } = await fetch(`${shop.url}${path}`);
        expect(answer.headers.get('content-type')).toBe(headers.get('content-type'));
      }
    });
  });

  it('takes a path with a slash at its end for the same path', async () => {
    const { productId } = await client.createProduct();
    const { token } = customer;
    const admin = await client.admin();
    for (const path of [
      '/docs/',
      '/products/',
      '/products/top/',
      `/products/${productId}/`,
      '/health/live/',
    ]) {
      expected(200, await client.get(path));
    }
    expected(200, await client.get('/cart/', { token }));
    expected(200, await client.post('/balance/charge/', { amount: 1 }, { token }));
    expected(201, await client.post('/products/', { name: 'Cup', price: 1, stock: 1 }, { token: admin }));
    const page = await client.get('/products/?limit=1');
    expect(page.headers.get('link')).toMatch(/^<\/products\/\?limit=1&cursor=/);
  });

  describe('at the first path', () => {
    it('tells programs where to go on', async () => {
      const entry = expected(200, await client.get<Record<string, unknown>>('/'));
      expect(entry).toMatchObject({ name: 'Jangteo', documentation: '/docs', openapi: '/openapi.json' });
      for (const path of ['/docs', '/openapi.json', '/products', '/health/live', '/health/ready']) {
        expect(JSON.stringify(entry)).toContain(`"${path}"`);
      }
    });

    it('shows people a page whose links lead somewhere', async () => {
      const page = await fetch(`${shop.url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('vary')).toContain('Accept');
      const text = await page.text();
      const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!);
      expect(links).toEqual(expect.arrayContaining(['/docs', '/openapi.json', '/health/ready']));
      for (const link of links)
        expect([link, (await fetch(`${shop.url}${link}`)).status]).toEqual([link, 200]);
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'.*style-src 'sha256-/);
    });
  });

  describe('for addresses that cannot be read', () => {
    const UNREADABLE = [
      '/%',
      '/%zz?limit=1',
      '/products/%zz',
      '/orders/%C3%28',
      `/products/${'1'.repeat(101)}`,
    ];

    it.each(UNREADABLE)('answers as for every other refusal: %p', async (path) => {
      const headers = { origin: ORIGIN, 'x-request-id': 'my-request-7' };
      const [refusal, stray] = [
        await client.get(path, { headers }),
        await client.get('/nothing', { headers }),
      ];
      expectProblem(refusal, 'VALIDATION_FAILED');
      expect(refusal.headers.get('x-request-id')).toBe('my-request-7');
      expect(refusal.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      const namesOf = (answer: Answer<unknown>): string[] => [...answer.headers.keys()].sort();
      expect(namesOf(refusal)).toEqual(namesOf(stray));
    });

    it('answers one after the other on a connection, whatever the method', async () => {
      const request = (line: string, more = ''): string => `${line} HTTP/1.1\r\nhost: shop\r\n${more}\r\n`;
      const body = 'content-type: application/json\r\ncontent-length: 2\r\n';
      const answer = await told(
        `${request('GET /%')}${request('POST /%zz', body)}{}${request('OPTIONS /%')}` +
          request('GET /health/live', 'connection: close\r\n'),
      );
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
        'HTTP/1.1 400',
        'HTTP/1.1 400',
        'HTTP/1.1 400',
        'HTTP/1.1 200',
      ]);
    });
  });

  describe('for queries', () => {
    it('refuses a parameter that the route does not know, and does nothing', async () => {
      const { token } = customer;
      const admin = await client.admin();
      const balance = await client.balanceOf(customer);
      const { userId } = customer;
      const { productId } = await client.createProduct();
      const asked: [string, Promise<Answer<unknown>>][] = [
        ['userId', client.get(`/cart?userId=${userId}`, { token: admin })],
        ['userId', client.get(`/cart?userId=${userId}`, { token })],
        ['userId', client.post(`/balance/charge?userId=${userId}`, { amount: 5 }, { token: admin })],
        ['userId', client.post(`/balance/charge?userId=${userId}`, { amount: 5 }, { token })],
        ['page', client.get('/products?page=2')],
        ['Limit', client.get('/products?Limit=2')],
        ['sort', client.get('/orders?limit=2&sort=asc', { token })],
        ['verbose', client.get(`/products/${productId}/?verbose`)],
        ['x', client.post('/orders?x=1', { items: [{ productId, quantity: 1 }] }, { token })],
        ['__proto__', client.get('/coupons?__proto__=1')],
        ['x', client.get('/openapi.json?x=1')],
        ['x', client.get('/?x=1')],
      ];
      for (const [name, call] of asked) {
        const answer = await call;
        const { errors } = expectProblem(answer, 'VALIDATION_FAILED');
        expect(errors).toEqual([{ path: name, message: 'is not a known parameter' }]);
      }
      expect(await client.balanceOf(customer)).toBe(balance);
    });

    it('takes those that it knows', async () => {
      const admin = { token: await client.admin() };
      expected(200, await client.get('/products?limit=1'));
      expected(200, await client.get(`/balance?userId=${customer.userId}`, admin));
      expected(200, await client.get(`/orders?userId=${customer.userId}&limit=3`, admin));
    });
  });

  it('takes an Idempotency-Key of 255 characters, whatever their bytes, and knows it again', async () => {
    const { token } = customer;
    const charge = (key: string): Promise<Answer<{ chargeId: string }>> =>
      client.post('/balance/charge', { amount: 1 }, { token, headers: { 'idempotency-key': bytesOf(key) } });
    const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
    const seen = new Set<string>();
    for (const key of ['주'.repeat(86), '문'.repeat(255), '🛒'.repeat(255), 'é'.repeat(255), '주문-1']) {
      const { chargeId } = expected(200, await charge(key));
      expect(expected(200, await charge(key)).chargeId).toBe(chargeId);
      seen.add(chargeId);
    }
    expect(seen.size).toBe(5);
    for (const key of ['주'.repeat(256), '🛒'.repeat(256), 'a'.repeat(256)]) {
      expectProblem(await charge(key), 'VALIDATION_FAILED');
    }
  });

  describe('for hosts', () => {
    it.each([
      'host: shop\r\nhost: evil.example',
      'host: shop\r\nHOST: shop',
      'Host: shop\r\nx-other: 1\r\nhoSt: evil.example',
    ])('refuses to be called by two: %p', async (hosts) => {
      const answer = await told(`GET /products HTTP/1.1\r\n${hosts}\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*VALIDATION_FAILED/);
    });

    it.each(['http://evil.example', 'https://evil.example:8443', 'HTTP://u:p@evil.example'])(
      'says nothing of %s in a target that names it',
      async (origin) => {
        const ask = (path: string): Promise<string> =>
          told(`GET ${origin}${path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n`);
        const list = await ask('/products?limit=1');
        expect(list).toMatch(/^HTTP\/1\.1 200 [^]*^link: <\/products\?limit=1&cursor=/m);
        for (const answer of [list, await ask('/nothing'), await ask(''), await ask('/products?x=1')]) {
          expect(answer).not.toMatch(/evil/i);
        }
        expect(await ask('/metrics')).toMatch(/^HTTP\/1\.1 404 /);
      },
    );
  });

  it('keeps no token that was tried out on the page of the documents', async () => {
    const script = await (await fetch(`${shop.url}/docs/page.js`)).text();
    expect(script).toContain('SwaggerUIBundle');
    expect(script).not.toContain('persistAuthorization');
  });
});
