import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  expected,
  shareShop,
  START_DEADLINE_MS,
  withClient,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { expectProblem, tally } from './expectations.js';

describe('R8: registering with an Idempotency-Key', () => {
  let shop: Shop;
  let client: ShopClient;
  let person: { email: string; password: string; name: string };
  let headers: Record<string, string>;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  beforeEach(() => {
    person = { email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'Lee' };
    headers = { 'idempotency-key': randomUUID() };
  });

  const register = (body: object = person, sent = headers) =>
    client.post<{ userId: string }>('/auth/register', body, { headers: sent });

  const accounts = async (email: string): Promise<number> =>
    (await shop.sql('gateway', 'SELECT 1 FROM users WHERE email = $1', [email])).length;

  it('makes one account of twenty requests at once, each answered alike', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => register()));
    expect(tally(answers)).toEqual({ '201': 20 });
    for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
    expect(await accounts(person.email)).toBe(1);
    expected(200, await client.post('/auth/login', { email: person.email, password: person.password }));
  });

  it('answers a repeat as the first time, however the same is written, and after a restart', async () => {
    const made = await register();
    const first = expected(201, made);
    const spelt = { name: ' Lee ', password: person.password, email: ` ${person.email.toUpperCase()}` };
    const again = await register(spelt);
    expect(expected(201, again)).toEqual(first);
    expect([made, again].map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    const token = await client.login(person);
    const found = await client.get(made.headers.get('location')!, { token });
    expect(expected(200, found)).toEqual(first);
    await shop.kill('gateway');
    await shop.start('gateway');
    const quoted = { 'idempotency-key': `"${headers['idempotency-key']}"` };
    expect(expected(201, await register(person, quoted))).toEqual(first);
  });

  it('answers a repeat as the first time, whatever its owner has changed since', async () => {
    const first = expected(201, await register());
    const token = await client.login(person);
    const [email, newPassword] = [`${randomUUID()}@example.com`, 'battery staple'];
    const passwords = { currentPassword: person.password, newPassword };
    expected(204, await client.post('/auth/password', passwords, { token }));
    const change = { name: 'Park', email, currentPassword: newPassword };
    expected(200, await client.send('PATCH', '/auth/me', JSON.stringify(change), { token }));
    const again = await register();
    expect(expected(201, again)).toEqual(first);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await accounts(person.email)).toBe(0);
    expectProblem(await register({ ...person, password: newPassword }), 'IDEMPOTENCY_KEY_REUSED');
    const kept = await shop.sql('gateway', 'SELECT answer::text FROM first_answers');
    for (const secret of [person.email, person.password, headers['idempotency-key']!]) {
      expect(JSON.stringify(kept)).not.toContain(secret);
    }
  });

  it('answers a repeat of what a gateway of the release before has made', async () => {
    const first = expected(201, await register());
    const forget = 'DELETE FROM first_answers';
    await withClient(shop.databaseUrlOf('gateway'), (database) => database.query(forget));
    expect(expected(201, await register())).toEqual(first);
    expectProblem(await register({ ...person, name: 'Park' }), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('refuses another name or password under the key, and tells nothing of the account', async () => {
    const { userId } = expected(201, await register());
    for (const other of [{ name: 'Park' }, { password: 'another horse' }]) {
      const answer = await register({ ...person, ...other });
      expectProblem(answer, 'IDEMPOTENCY_KEY_REUSED');
      expect(JSON.stringify(answer.body)).not.toContain(userId);
    }
    const { email } = person;
    expectProblem(
      await client.post('/auth/login', { email, password: 'another horse' }),
      'INVALID_CREDENTIALS',
    );
  });

  it('refuses the address under another key, and without one', async () => {
    expected(201, await register());
    expectProblem(await register(person, { 'idempotency-key': randomUUID() }), 'EMAIL_TAKEN');
    expectProblem(await register(person, {}), 'EMAIL_TAKEN');
  });

  it('gives two people who chose one key an account each', async () => {
    const first = expected(201, await register());
    const other = { ...person, email: `${randomUUID()}@example.com` };
    expect(expected(201, await register(other)).userId).not.toBe(first.userId);
  });

  it('lets nobody who knows the key guess the password faster than by logging in', async () => {
    expected(201, await register());
    const answers = [];
    for (let guess = 1; guess <= 12; guess += 1) {
      answers.push(await register({ ...person, password: `guess number ${guess}` }));
    }
    expect(tally(answers)).toEqual({ '422 IDEMPOTENCY_KEY_REUSED': 10, '429 RATE_LIMITED': 2 });
    expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
    expectProblem(await register(), 'RATE_LIMITED');
  });
});
