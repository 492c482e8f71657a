import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  expected,
  shareShop,
  startShop,
  START_DEADLINE_MS,
  type Answer,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { expectProblem, tally } from './expectations.js';

const FAILURES_MAX = 12;
const WAITING_MAX = 20;
const ACCOUNTS_MAX = 5;

const { privateKey } = generateKeyPairSync('ed25519');

const GATEWAY = {
  TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  LOGIN_FAILURES_PER_MINUTE: String(FAILURES_MAX),
  PASSWORDS_WAITING_MAX: String(WAITING_MAX),
  SESSIONS_PER_USER_MAX: '3',
  // So that a test can be many addresses.
  TRUSTED_PROXIES: '127.0.0.1',
};

interface Session {
  accessToken: string;
  refreshToken: string;
}

let networks = 0;

/** An address in a network (a /24) that nobody has been in before. */
function newAddress(): Record<string, string> {
  networks += 1;
  return { 'x-forwarded-for': `198.${Math.floor(networks / 200) + 18}.${networks % 200}.7` };
}

describe('R8: accounts under attack', () => {
  let shop: Shop;
  let client: ShopClient;

  beforeAll(async () => {
    shop = await startShop({ services: { gateway: GATEWAY } });
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const login = ({ email, password }: { email: string; password: string }, headers = newAddress()) =>
    client.post<Session>('/auth/login', { email, password }, { headers });

  const guess = (email: string, headers = newAddress()): Promise<Answer<unknown>> =>
    login({ email, password: 'a guess' }, headers);

  const refresh = (refreshToken: string) => client.post<Session>('/auth/refresh', { refreshToken });

  async function opened(customer: Customer): Promise<Session> {
    return expected(200, await login(customer));
  }

  async function expectOver({ accessToken: token }: Session): Promise<void> {
    expectProblem(await client.get('/auth/me', { token }), 'UNAUTHENTICATED');
    expectProblem(await client.get('/balance', { token }), 'UNAUTHENTICATED');
  }

  describe('access tokens end with their session', () => {
    let customer: Customer;
    let session: Session;

    beforeAll(async () => {
      customer = await client.register();
    });

    const inUse = async ({ accessToken: token }: Session): Promise<void> => {
      expected(200, await client.get('/auth/me', { token }));
    };

    it('with the logout, all that were made in it, and none of another session', async () => {
      session = await opened(customer);
      const other = await opened(customer);
      const later = expected(200, await refresh(session.refreshToken));
      for (const one of [session, later, other]) await inUse(one);
      expect((await client.post('/auth/logout', { refreshToken: later.refreshToken })).status).toBe(204);
      await expectOver(session);
      await expectOver(later);
      await inUse(other);
    });

    it('when a refresh token turns out to be in two hands', async () => {
      session = await opened(customer);
      const second = expected(200, await refresh(session.refreshToken));
      const third = expected(200, await refresh(second.refreshToken));
      await inUse(third);
      expectProblem(await refresh(session.refreshToken), 'UNAUTHENTICATED');
      for (const one of [session, second, third]) await expectOver(one);
    });

    it('when too many others were begun', async () => {
      session = await opened(customer);
      await inUse(session);
      for (let other = 0; other < 3; other += 1) await inUse(await opened(customer));
      await expectOver(session);
    });

    it('when an admin has a new password', async () => {
      const admin = expected(200, await login(client.adminCredentials));
      await inUse(admin);
      await shop.terminate('gateway');
      await shop.start('gateway', { ADMIN_PASSWORD: 'another admin password' });
      await expectOver(admin);
      const again = await login({ ...client.adminCredentials, password: 'another admin password' });
      await inUse(expected(200, again));
      await shop.terminate('gateway');
      await shop.start('gateway');
    });

    it('and name one: somebody else’s, or one that never was, is none', async () => {
      session = await opened(customer);
      const stranger = await client.register();
      const signed = async (claims: object): Promise<Session> => {
        const header = { alg: 'EdDSA', ...decodeProtectedHeader(session.accessToken) };
        const jwt = new SignJWT({ ...decodeJwt(session.accessToken), ...claims }).setProtectedHeader(header);
        return { ...session, accessToken: await jwt.sign(privateKey) };
      };
      await inUse(await signed({ jti: randomUUID() }));
      await expectOver(await signed({ sid: decodeJwt(stranger.token)['sid'] }));
      await expectOver(await signed({ sid: randomUUID() }));
      await expectOver(await signed({ sub: stranger.userId }));
      // As the release before made them, for as long as one of its gateways may run beside this one.
      await inUse(await signed({ sid: undefined, jti: randomUUID() }));
    });
  });

  describe('strangers who guess passwords', () => {
    it('lock nobody out who comes from where the account was used before, neither here nor there', async () => {
      const home = newAddress();
      const customer = await client.register();
      expected(200, await login(customer, home));
      // From everywhere, and from the very address that it is used from.
      const elsewhere = [];
      for (let n = 0; n < FAILURES_MAX; n += 1) elsewhere.push(await guess(customer.email));
      expect(tally(elsewhere)).toEqual({ '401 INVALID_CREDENTIALS': FAILURES_MAX });
      expectProblem(await guess(customer.email), 'RATE_LIMITED');
      expectProblem(await login(customer), 'RATE_LIMITED');
      expected(200, await login(customer, home));
      for (let n = 0; n <= FAILURES_MAX; n += 1) await guess(`${randomUUID()}@example.com`, home);
      expectProblem(await guess(`${randomUUID()}@example.com`, home), 'RATE_LIMITED');
      expected(200, await login(customer, home));
    });

    it('do not lock out the admin either, nor who registered and never logged in, nor who refreshed there', async () => {
      const [home, travelling] = [newAddress(), newAddress()];
      const person = { email: `${randomUUID()}@example.com`, password: 'correct horse' };
      expected(201, await client.post('/auth/register', { ...person, name: 'Lee' }, { headers: home }));
      const admin = client.adminCredentials;
      expected(200, await login(admin, home));
      const traveller = await client.register();
      const { refreshToken } = await opened(traveller);
      expected(200, await client.post('/auth/refresh', { refreshToken }, { headers: travelling }));
      for (const { email } of [person, admin, traveller]) {
        for (let n = 0; n < FAILURES_MAX; n += 1) await guess(email);
        expectProblem(await guess(email), 'RATE_LIMITED');
      }
      expected(200, await login(person, home));
      expected(200, await login(admin, home));
      expected(200, await login(traveller, travelling));
    });

    it('are tried no more often when all come at once', async () => {
      const { email } = await client.register();
      const many = Array.from({ length: 100 }, (_, n) => n);
      const fromEverywhere = await Promise.all(many.map(() => guess(email)));
      const byOne = newAddress();
      const ofMany = await Promise.all(many.map(() => guess(`${randomUUID()}@example.com`, byOne)));
      const home = newAddress();
      const toOne = await Promise.all(many.map(() => guess('admin@nowhere.example', home)));
      for (const [answers, max] of [
        [fromEverywhere, FAILURES_MAX],
        [ofMany, FAILURES_MAX],
        [toOne, 10],
      ] as const) {
        const { '401 INVALID_CREDENTIALS': tried = 0, '429 RATE_LIMITED': refused = 0 } = tally(answers);
        expect(tried).toBeLessThanOrEqual(max);
        expect(tried + refused).toBe(many.length);
        expect(refused).toBeGreaterThanOrEqual(many.length - max);
      }
    });

    it('guess no faster at the registrations of others, when all come at once', async () => {
      const person = { email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'Lee' };
      const key = { 'idempotency-key': randomUUID() };
      expected(201, await client.post('/auth/register', person, { headers: key }));
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => {
          const headers = { ...key, ...newAddress() };
          return client.post('/auth/register', { ...person, password: `guess number ${n}` }, { headers });
        }),
      );
      expect(tally(answers)).toEqual({
        '422 IDEMPOTENCY_KEY_REUSED': FAILURES_MAX,
        '429 RATE_LIMITED': 40 - FAILURES_MAX,
      });
    });

    it('lose no try of those who succeed', async () => {
      const home = newAddress();
      const customers = await Promise.all(Array.from({ length: FAILURES_MAX + 4 }, () => client.register()));
      for (const customer of customers) expected(200, await login(customer, home));
    });
  });

  describe('a network of many addresses', () => {
    /** Asks on and on, as many at a time, until it is told to end. */
    function flood(parallel: number, ask: (n: number) => Promise<Answer<unknown>>) {
      let isOver = false;
      let asked = 0;
      const answers: Answer<unknown>[] = [];
      const loops = Array.from({ length: parallel }, async () => {
        while (!isOver) answers.push(await ask((asked += 1)));
      });
      return {
        answers,
        async end(): Promise<void> {
          isOver = true;
          await Promise.all(loops);
        },
      };
    }

    const ofSite = (n: number) => ({ 'x-forwarded-for': `2001:db8:99:${(n % 60_000).toString(16)}::1` });

    it.each([
      ['logins', (n: number) => guess(`${randomUUID()}@example.com`, ofSite(n))],
      [
        'registrations',
        (n: number) => {
          const person = { email: `${randomUUID()}@example.com`, password: 'password 1', name: 'Crowd' };
          return client.post('/auth/register', person, { headers: ofSite(n) });
        },
      ],
    ] as const)('keeps nobody from logging in with its %s', async (_what, ask) => {
      const customers = await Promise.all(Array.from({ length: 4 }, () => client.register()));
      const crowd = flood(WAITING_MAX * 2, ask);
      await eventually(() => expect(crowd.answers.length).toBeGreaterThan(WAITING_MAX));
      const answers = [];
      for (const customer of customers) answers.push(await login(customer));
      await crowd.end();
      expect(tally(answers)).toEqual({ '200': customers.length });
    });
  });
});

describe('R8: accounts of one network', () => {
  let shop: Shop;
  let client: ShopClient;

  beforeAll(async () => {
    const gateway = { ACCOUNTS_PER_NETWORK_PER_HOUR: String(ACCOUNTS_MAX), TRUSTED_PROXIES: '127.0.0.1' };
    shop = await shareShop({ gateway });
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  const register = (from: string, headers = {}, email = `${randomUUID()}@example.com`) =>
    client.post(
      '/auth/register',
      { email, password: 'correct horse', name: 'Lee' },
      {
        headers: { 'x-forwarded-for': from, ...headers },
      },
    );

  it('are so many in an hour, also when all come at once, and others are made all the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: ACCOUNTS_MAX * 3 }, (_, n) => register(`2001:db8:1:2::${n.toString(16)}`)),
    );
    expect(tally(answers)).toEqual({ '201': ACCOUNTS_MAX, '429 RATE_LIMITED': ACCOUNTS_MAX * 2 });
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expected(201, await register('2001:db8:1:3::1'));
    expected(201, await register('203.0.113.7'));
  });

  it('are not fewer because one was asked for again', async () => {
    const from = '203.0.113.99';
    const [key, email] = [{ 'idempotency-key': randomUUID() }, `${randomUUID()}@example.com`];
    for (let n = 0; n < ACCOUNTS_MAX * 2; n += 1) expected(201, await register(from, key, email));
    for (let n = 1; n < ACCOUNTS_MAX; n += 1) expected(201, await register(from));
    expectProblem(await register(from), 'RATE_LIMITED');
    expected(201, await register(from, key, email));
  });

  it('tell who is registered no more often to those who ask with other e-mails for theirs', async () => {
    const [mina, lee] = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
    expected(201, await register('198.51.100.1', {}, mina));
    expected(201, await register('198.51.100.2', {}, lee));
    const token = await client.login({ email: mina, password: 'correct horse' });
    const from = '198.51.100.3';
    const rename = (email: string) => {
      const body = JSON.stringify({ email, currentPassword: 'correct horse' });
      return client.send('PATCH', '/auth/me', body, { token, headers: { 'x-forwarded-for': from } });
    };
    for (let n = 0; n < ACCOUNTS_MAX; n += 1) expectProblem(await rename(lee), 'EMAIL_TAKEN');
    expectProblem(await rename(lee), 'RATE_LIMITED');
    expectProblem(await register(from), 'RATE_LIMITED');
    // One's own is no question.
    expected(200, await rename(mina));
  });
});
