import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  orderCompleted,
  queueName,
  releaseStock,
  type DeadLetter,
  type DeadLetterWithBody,
  type StuckSaga,
} from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import {
  assertBooks,
  brokerUserOf,
  connectToBroker,
  honestSender,
  eventually,
  expected,
  startShop,
  START_DEADLINE_MS,
  waitingDeadLetters,
  withClient,
  type Customer,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import type { ConfirmChannel } from 'amqplib';
import { expectProblem, nextPath } from './expectations.js';

const OPS = join(projectRoot(), 'tools', 'dist', 'src', 'ops.js');
/** A price that breaks the debit of an order, until it is mended. */
const BAD_PRICE = 1_234;

let shop: Shop;
let client: ShopClient;
let token: string;
let customer: Customer;

beforeAll(async () => {
  shop = await startShop({
    env: { DEAD_LETTERS_INTERVAL_MS: '200', ATTEMPTS_MAX: '1' },
    services: {
      // What is lost stays lost, and what failed stays failed, until somebody does something about it.
      order: {
        ORDER_DEADLINE_MS: '600000',
        SAGA_RETRY_MS: '600000',
        SAGA_RETRY_MS_MAX: '600000',
        SWEEP_INTERVAL_MS: '100',
      },
      ranking: { RANKING_REFRESH_SECONDS: '1' },
      // Each program logs in.
      gateway: { LOGIN_ATTEMPTS_PER_MINUTE: '1000' },
    },
  });
  ({ client } = shop);
  token = await client.admin();
  customer = await client.register(1_000_000);
}, START_DEADLINE_MS);
afterAll(() => shop?.stop());

/** Nothing is left over, whatever was done. */
afterEach(() => assertBooks(shop));

const get = async <B>(path: string): Promise<B> => expected(200, await client.get<B>(path, { token }));
const post = async <B>(path: string, body: object = {}): Promise<B> =>
  expected(200, await client.post<B>(path, body, { token }));

const waiting = (query = ''): Promise<DeadLetter[]> => get(`/admin/dead-letters?limit=100${query}`);
const pathOf = ({ service, deadLetterId }: DeadLetter): string =>
  `/admin/dead-letters/${service}/${deadLetterId}`;
const drop = (letter: DeadLetter): Promise<DeadLetter> =>
  post(`${pathOf(letter)}/drop`, { reason: 'sent by a test' });
const dropAll = async (): Promise<void> => void (await Promise.all((await waiting()).map(drop)));

/** Works on a connection that is closed whatever happens: one left open would keep the tests from ending. */
async function onChannel(work: (channel: ConfirmChannel) => Promise<unknown>): Promise<void> {
  const connection = await connectToBroker();
  try {
    await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}

/** Puts something into a service's queue that no honest producer would send. */
async function sendPoison(
  [service, role, type]: readonly ['catalog' | 'ranking' | 'wallet', 'commands' | 'events', string],
  body: string,
): Promise<string> {
  const messageId = randomUUIDv7();
  await onChannel(async (channel) => {
    const queue = queueName(shop.namespace, service, role);
    channel.sendToQueue(queue, Buffer.from(body), {
      type,
      userId: brokerUserOf(honestSender(queue, type)),
      messageId,
      correlationId: randomUUIDv7(),
      headers: { 'schema-version': 1 },
      persistent: true,
    });
    await channel.waitForConfirms();
  });
  return messageId;
}

const POISONS = [
  ['malformed', ['catalog', 'commands', releaseStock.type], 'not json'],
  ['unknown-type', ['wallet', 'commands', 'wallet.dance'], '{}'],
  ['invalid-payload', ['ranking', 'events', orderCompleted.type], '{"orderId":7}'],
] as const;

/** One of each kind, in three services; the ids of the messages. */
async function poisoned(): Promise<string[]> {
  const ids: string[] = [];
  for (const [, to, body] of POISONS) ids.push(await sendPoison(to, body));
  await eventually(async () => (await waiting()).length === POISONS.length);
  return ids;
}

/** Lets every debit of a bad price fail as a bug would. */
async function breakDebits(): Promise<() => Promise<void>> {
  const alter = (what: string): Promise<unknown> =>
    withClient(shop.databaseUrlOf('wallet'), (database) => database.query(`ALTER TABLE ledger ${what}`));
  await alter(`ADD CONSTRAINT broken CHECK (amount <> ${-BAD_PRICE}) NOT VALID`);
  return async () => void (await alter('DROP CONSTRAINT broken'));
}

/** Places orders that nobody waits for. */
async function ordered(count: number, price: number): Promise<string[]> {
  const { productId } = await client.createProduct({ price });
  const items = [{ productId, quantity: 1 }];
  const answers = await Promise.all(
    Array.from({ length: count }, () => client.order(customer, { items }, { prefer: 'respond-async' })),
  );
  return answers.map((answer) => expected(202, answer).orderId);
}

async function statusesOf(orderIds: readonly string[]): Promise<Set<string>> {
  const orders = await Promise.all(orderIds.map((orderId) => client.untilEnded(customer, orderId)));
  return new Set(orders.map(({ orderStatus }) => orderStatus));
}

/** Runs `npm run ops -- …` as an admin does. */
async function ops(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { email, password } = client.adminCredentials;
  const env = { ...process.env, SHOP_URL: shop.url, ADMIN_EMAIL: email, ADMIN_PASSWORD: password };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [OPS, ...args], { env })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

/** Parses what the program prints for other programs. */
async function opsJson<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await ops(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

describe('dead letters of the whole shop', () => {
  it('are one list of all services, newest first, page by page', async () => {
    const ids = await poisoned();
    const letters: DeadLetter[] = [];
    for (let path: string | undefined = '/admin/dead-letters?limit=1'; path !== undefined;) {
      const answer = await client.get<DeadLetter[]>(path, { token });
      letters.push(...expected(200, answer));
      path = nextPath(answer);
    }
    expect(letters.map(({ messageId }) => messageId)).toEqual(ids.toReversed());
    expect(letters.map(({ reason }) => reason)).toEqual(POISONS.map(([reason]) => reason).toReversed());
    expect((await waiting('&service=wallet')).map(({ type }) => type)).toEqual(['wallet.dance']);
    expect((await waiting('&reason=malformed')).map(({ service }) => service)).toEqual(['catalog']);
    await dropAll();
  });

  it('can be looked into, and dropped with a reason that is kept with who gave it', async () => {
    const messageId = await sendPoison(['catalog', 'commands', releaseStock.type], '{"items":7}');
    const [letter] = await eventually(async () => {
      const found = await waiting();
      return found.length > 0 && found;
    });
    const whole = await get<DeadLetterWithBody>(pathOf(letter!));
    expect(whole).toMatchObject({ messageId, body: '{"items":7}', bodyEncoding: 'utf8', state: 'WAITING' });
    expect(whole.properties).toMatchObject({ headers: { 'schema-version': 1 } });
    const me = await get<{ userId: string }>('/auth/me');
    const dropped = { state: 'DROPPED', settledBy: me.userId, settledReason: 'sent by a test' };
    expect(await drop(letter!)).toMatchObject(dropped);
    expect(await get(pathOf(letter!))).toMatchObject(dropped);
    expect(await waiting()).toEqual([]);
    expect((await waiting('&state=DROPPED')).map(({ deadLetterId }) => deadLetterId)).toContain(
      letter!.deadLetterId,
    );
    expectProblem(await client.post(`${pathOf(letter!)}/send`, {}, { token }), 'DEAD_LETTER_SETTLED');
  });

  it('are sent again once what failed them is mended, and let their orders succeed', async () => {
    const mend = await breakDebits();
    const orderIds = await ordered(30, BAD_PRICE);
    const letters = await eventually(async () => {
      const found = await waiting('&reason=handler-failed');
      return found.length === orderIds.length && found;
    });
    expect(letters.map(({ correlationId }) => String(correlationId)).toSorted()).toEqual(orderIds.toSorted());
    const stuck = await get<StuckSaga[]>('/admin/sagas?olderThanSeconds=0&limit=100');
    expect(stuck.map(({ awaits }) => awaits)).toEqual(orderIds.map(() => ['DebitWallet']));
    await mend();
    const before = await client.balanceOf(customer);
    const one = letters[0]!;
    const sendAll = (): Promise<{ sent: number }> => post('/admin/dead-letters/wallet/send');
    await Promise.all([...[1, 2, 3].map(() => post(`${pathOf(one)}/send`)), ...[1, 2].map(() => sendAll())]);
    expect(await statusesOf(orderIds)).toEqual(new Set(['SUCCESS']));
    expect(await client.balanceOf(customer)).toBe(before - orderIds.length * BAD_PRICE);
    expect(await sendAll()).toMatchObject({ sent: 0, left: 0, unsendable: 0 });
  });

  it('are sent again although the service that keeps them is killed in the middle of it', async () => {
    const mend = await breakDebits();
    const orderIds = await ordered(30, BAD_PRICE);
    await eventually(async () => (await waiting()).length === orderIds.length);
    await mend();
    const sent = client.post('/admin/dead-letters/wallet/send', {}, { token });
    await shop.kill('wallet');
    await shop.start('wallet');
    await sent;
    await eventually(async () => {
      const { left } = await post<{ left: number }>('/admin/dead-letters/wallet/send');
      return left === 0;
    });
    expect(await statusesOf(orderIds)).toEqual(new Set(['SUCCESS']));
  });

  it('are for admins', async () => {
    const [letter] = [{ service: 'wallet', deadLetterId: randomUUIDv7() } as DeadLetter];
    const paths = ['/admin/dead-letters', pathOf(letter), '/admin/sagas'];
    for (const path of paths) {
      expectProblem(await client.get(path, { token: customer.token }), 'FORBIDDEN');
      expectProblem(await client.get(path), 'UNAUTHENTICATED');
    }
    const writes = [
      '/admin/dead-letters/wallet/send',
      `${pathOf(letter)}/send`,
      `${pathOf(letter)}/drop`,
      '/admin/sagas/nudge',
      `/admin/sagas/${randomUUIDv7()}/nudge`,
    ];
    for (const path of writes) {
      expectProblem(await client.post(path, { reason: 'x' }, { token: customer.token }), 'FORBIDDEN');
    }
  });

  it('are listed of the services that are there, and the one that is away is named', async () => {
    await poisoned();
    await shop.terminate('wallet');
    const problem = expectProblem(await client.get('/admin/dead-letters', { token }), 'SERVICE_UNAVAILABLE');
    expect(problem.detail).toBe('wallet does not answer');
    expect(await waiting('&service=ranking')).toHaveLength(1);
    await shop.start('wallet');
    expect(await waiting()).toHaveLength(POISONS.length);
    await dropAll();
  });
});

/** Orders whose debit was lost on its way. */
async function stuckOrders(count: number): Promise<string[]> {
  await shop.terminate('wallet');
  const orderIds = await ordered(count, 1_000);
  await eventually(async () => {
    const sagas = await get<StuckSaga[]>('/admin/sagas?olderThanSeconds=0&limit=100');
    return sagas.filter(({ awaits }) => awaits.includes('DebitWallet')).length === count;
  });
  await onChannel((channel) => channel.purgeQueue(queueName(shop.namespace, 'wallet', 'commands')));
  await shop.start('wallet');
  return orderIds;
}

/** Until these sagas owe nothing any more: an order has ended a moment before its event is known to have arrived. */
async function untilDone(orderIds: readonly string[]): Promise<void> {
  await eventually(async () => {
    const sagas = await get<StuckSaga[]>('/admin/sagas?olderThanSeconds=0&limit=100');
    return !sagas.some(({ orderId }) => orderIds.includes(orderId));
  });
}

describe('sagas without progress', () => {
  it('are shown to an admin, and go on when they are nudged', async () => {
    const orderIds = await stuckOrders(2);
    const [orderId, other] = orderIds;
    const sagas = await get<StuckSaga[]>('/admin/sagas?olderThanSeconds=0');
    expect(sagas.map((saga) => saga.orderId).toSorted()).toEqual(orderIds.toSorted());
    expect(sagas[0]).toMatchObject({ state: 'DEBITING_WALLET', userId: customer.userId, attempts: 0 });
    expect(await get('/admin/sagas?olderThanSeconds=3600')).toEqual([]);
    const me = await get<{ userId: string }>('/auth/me');
    expect(await post(`/admin/sagas/${orderId}/nudge`)).toMatchObject({ orderId, nudgedBy: me.userId });
    expect((await client.untilEnded(customer, orderId!)).orderStatus).toBe('SUCCESS');
    await untilDone([orderId!]);
    expectProblem(await client.post(`/admin/sagas/${orderId}/nudge`, {}, { token }), 'SAGA_ENDED');
    expectProblem(
      await client.post(`/admin/sagas/${randomUUIDv7()}/nudge`, {}, { token }),
      'ORDER_NOT_FOUND',
    );
    expect(await post('/admin/sagas/nudge', { olderThanSeconds: 0 })).toEqual({
      nudged: 1,
      operationId: expect.any(String),
    });
    expect((await client.untilEnded(customer, other!)).orderStatus).toBe('SUCCESS');
  });
});

describe('npm run ops', () => {
  it('lists, shows, sends and drops dead letters', async () => {
    const mend = await breakDebits();
    const orderIds = await ordered(3, BAD_PRICE);
    await eventually(async () => (await waiting()).length === 3);
    await sendPoison(['wallet', 'commands', 'wallet.\u001b[31mdance'], '{}');
    await eventually(async () => (await waiting()).length === 4);
    const { stdout } = await ops('list', '--service', 'wallet');
    for (const orderId of orderIds) expect(stdout).toContain(orderId);
    expect(stdout).not.toContain('\u001b');
    const failed = await opsJson<DeadLetter[]>('list', '--failed-by', 'handler-failed');
    expect(failed).toHaveLength(3);
    const [first] = failed;
    const name = `wallet/${first!.deadLetterId}`;
    expect((await ops('show', name)).stdout).toContain('violates check constraint');
    await mend();
    expect(await opsJson('send', name)).toMatchObject([{ state: 'SENT_AGAIN' }]);
    expect((await ops('send', '--all', '--type', first!.type)).stdout).toBe('2 sent again\n');
    expect(await statusesOf(orderIds)).toEqual(new Set(['SUCCESS']));
    const [odd] = await opsJson<DeadLetter[]>('list');
    const oddName = `wallet/${odd!.deadLetterId}`;
    expect((await ops('drop', oddName, '--reason', 'sent by a test')).stdout).toBe('1 dropped\n');
    expect((await ops('list')).stdout).toBe('There are none.\n');
    const refused = await ops('send', oddName);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('DEAD_LETTER_SETTLED')]);
  });

  it('lists and nudges sagas', async () => {
    const orderIds = await stuckOrders(3);
    const { stdout } = await ops('sagas', '--older-than', '0');
    for (const orderId of orderIds) expect(stdout).toMatch(new RegExp(`${orderId}.*DebitWallet`));
    expect(await opsJson('nudge', orderIds[0]!)).toMatchObject([{ orderId: orderIds[0] }]);
    expect((await client.untilEnded(customer, orderIds[0]!)).orderStatus).toBe('SUCCESS');
    await untilDone([orderIds[0]!]);
    expect(await opsJson('nudge', '--all', '--older-than', '0')).toEqual({ nudged: 2 });
    expect(await statusesOf(orderIds)).toEqual(new Set(['SUCCESS']));
    await untilDone(orderIds);
    expect((await ops('sagas', '--older-than', '0')).stdout).toBe('All sagas make progress.\n');
  });

  it('shows what there is, and what was wrong with what it was told', async () => {
    expect((await ops('--help')).stdout).toContain('npm run ops --');
    const wrong = [['dance'], ['show'], ['drop', 'wallet/1'], ['list', 'x'], ['send', 'wallet/1', '--all']];
    for (const args of wrong) expect((await ops(...args)).code).toBe(2);
    expect((await ops('send', 'gateway/1')).code).toBe(2);
    expect((await ops('list', '--url', 'http://127.0.0.1:1')).stderr).toContain('No shop answers');
    expect(await waitingDeadLetters(shop)).toEqual({});
  });
});
