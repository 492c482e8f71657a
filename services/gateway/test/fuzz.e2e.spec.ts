import { randomUUIDv7 } from 'node:crypto';
import { Agent, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueName, type DeadLetter } from '@jangteo/contracts';
import { encodeCursor } from '@jangteo/database';
import {
  assertBooks,
  connectToBroker,
  DocumentedAnswers,
  eventually,
  expected,
  isWhole,
  startShop,
  START_DEADLINE_MS,
  type Shop,
} from '@jangteo/testkit';
import fc from 'fast-check';
import { INSIDES, nextPath } from './expectations.js';
import { GeneratedRequests, type GeneratedRequest, type World } from './generated-requests.js';
import { EDGE_TIMES } from './generated-values.js';

const REQUESTS = isWhole ? 20_000 : 10_000;
const AT_A_TIME = 16;
const SHRINK_MS = 30_000;
const FUZZ_MS = REQUESTS * 30;
const FAULTS_SHOWN = 10;
const DEAD_LETTERS = 12;
/**
 * Only an order that is on its way can be nudged, which none is for more than moments; the others need what is told
 * once, a cookie, or would log out who sends the rest.
 */
const BY_CHANCE = [
  'nudgeSaga',
  'changePassword',
  'resetPassword',
  'deleteMe',
  'endSession',
  'refreshConsoleSession',
];

/** How often operations are sought that no request has reached. */
const ROUNDS_MAX = 8;

/** What has to be there for an operation is made by this one, and taken away by others. */
const MADE_BY: Readonly<Partial<Record<string, string>>> = { removeFromCart: 'addToCart' };

/** The same requests at every run; FUZZ_SEED looks elsewhere. */
const DEFAULT_SEED = 20_260_101;

/** Limits that honest clients do not meet, and this one would; and tokens that outlive the test. */
const LIMITS = {
  LOGIN_ATTEMPTS_PER_MINUTE: '1000000',
  LOGIN_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_PER_MINUTE: '10000000',
  ACCESS_TOKEN_SECONDS: '3600',
  WEBHOOKS_MAX: '1000',
};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Sent {
  readonly request: GeneratedRequest;
  readonly status: number;
  readonly fault: string | undefined;
}

/** Makes that many of something at once. */
function many<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

/** A request as people can read it and send it again. */
function described({ method, path, headers, body }: GeneratedRequest): string {
  const text =
    typeof body === 'string' ? body : body === undefined ? '' : `bytes ${Buffer.from(body).toString('hex')}`;
  const shown = text.length > 2_000 ? `${text.slice(0, 2_000)}… (${text.length} characters)` : text;
  return `${method} ${path}\n${JSON.stringify({ ...headers, authorization: headers.authorization?.slice(0, 20) })}\n${shown}`;
}

describe('R31: generated requests', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
  let shop: Shop;
  let documented: DocumentedAnswers;
  let requests: fc.Arbitrary<GeneratedRequest>;

  beforeAll(async () => {
    shop = await startShop({ services: { gateway: LIMITS } });
    documented = await DocumentedAnswers.of(shop.url);
    requests = new GeneratedRequests(documented.document, await world()).any();
  }, START_DEADLINE_MS);

  afterAll(async () => {
    agent.destroy();
    await shop?.stop();
  });

  /** Things of the customer's own, of another customer's, and of nobody's. */
  async function world(): Promise<World> {
    const { client } = shop;
    const [customer, stranger] = await client.registerMany(2, 1_000_000);
    const { token, userId, email, password } = customer!;
    const products = await many(6, () => client.createProduct({ price: 10, stock: 1_000_000 }));
    const several = await client.createProduct({
      options: ['S', 'L'].map((name) => ({ name, stock: 1_000_000 })),
    });
    const coupons = await many(6, () => client.createCoupon({ totalQuantity: 1_000 }));
    const mine = await client.issue(customer!, coupons[0]!.couponId);
    const theirs = await client.issue(stranger!, coupons[0]!.couponId);
    const buyers = [customer!, customer!, customer!, customer!, stranger!];
    // What is archived, or has other options, is not sold as it was: that befalls the last one alone.
    const sold = products.slice(0, -1);
    const changed = {
      productId: products.slice(-1).map(({ productId }) => productId),
      optionId: products.slice(-1).flatMap(({ options }) => options.map(({ optionId }) => optionId)),
    };
    const carts = sold.map(({ productId }) => ({ items: [{ productId, quantity: 1 }] }));
    const orders = await many(buyers.length, async (index) =>
      expected(201, await client.order(buyers[index]!, carts[0]!)),
    );
    const charged = await client.post<{ chargeId: string }>('/balance/charge', { amount: 1 }, { token });
    const refreshTokens = await many(30, async () => {
      const granted = await client.post<{ refreshToken: string }>('/auth/login', { email, password });
      return expected(200, granted).refreshToken;
    });
    const next = nextPath(await client.get('/products?limit=1'));
    const letters = await deadLetters();
    const bystander = await client.register();
    const admin = await client.admin();
    const keys = await many(10, async () => {
      const draft = { name: 'Report', role: 'viewer' };
      return expected(201, await client.post<{ keyId: string }>('/admin/api-keys', draft, { token: admin }))
        .keyId;
    });
    const webhooks = await many(10, async () => {
      const draft = { name: 'Warehouse', url: 'https://127.0.0.1:1/' };
      return expected(
        201,
        await client.post<{ webhookId: string }>('/admin/webhooks', draft, { token: admin }),
      ).webhookId;
    });
    // Of a service without any: it sends nothing, and is known all the same.
    const { operationId } = expected(
      200,
      await client.post<{ operationId: string }>('/admin/dead-letters/coupon/send', {}, { token: admin }),
    );
    expected(200, await client.get('/admin/audit', { token: admin }));
    const audits = await client.get<{ auditId: string }[]>('/admin/audits', { token: admin });
    const others = { userId: [bystander.userId] };
    return {
      targets: {
        changeUser: others,
        endSessionsOfUser: others,
        addOption: changed,
        changeProduct: changed,
        changeOption: changed,
        restock: { productId: sold.map(({ productId }) => productId) },
        changeDeadLetterGroup: { service: ['wallet'] },
      },
      callers: { endOtherSessions: stranger!.token },
      tokens: { customer: token, stranger: stranger!.token, admin: await client.admin() },
      known: {
        userId: [userId, userId, stranger!.userId],
        productId: [...products, several].map(({ productId }) => productId),
        optionId: [...products, several].flatMap(({ options }) => options.map(({ optionId }) => optionId)),
        couponId: coupons.map(({ couponId }) => couponId),
        userCouponId: [mine.userCouponId, theirs.userCouponId],
        orderId: orders.map(({ orderId }) => orderId),
        chargeId: [expected(200, charged).chargeId],
        keyId: keys,
        webhookId: webhooks,
        operationId: [operationId],
        auditId: expected(200, audits).map(({ auditId }) => auditId),
        deadLetterId: letters.map(({ deadLetterId }) => deadLetterId),
        paymentMethod: ['tok_ok', 'tok_declined', 'tok_unknown'],
        email: [email],
        password: [password],
        refreshToken: refreshTokens,
        cursor: [
          new URLSearchParams(next?.split('?')[1]).get('cursor'),
          ...EDGE_TIMES.map((time) => encodeCursor([time, userId])),
        ],
      },
      bodies: {
        placeOrder: [...carts, { fromCart: true }],
        placeOrderAlias: carts,
        addToCart: carts.flatMap(({ items }) => items),
        refresh: refreshTokens.map((refreshToken) => ({ refreshToken })),
        restock: sold.flatMap(({ options }) => options.map(({ optionId }) => ({ optionId, quantity: 1 }))),
        resendToWebhook: [{ from: 1 }],
        changeDeadLetterGroup: letters
          .slice(0, 1)
          .map(({ type, reason }) => ({ type, reason, isMuted: true })),
      },
    };
  }

  async function waitingLetters(): Promise<DeadLetter[]> {
    const token = await shop.client.admin();
    return expected(200, await shop.client.get<DeadLetter[]>('/admin/dead-letters?limit=100', { token }));
  }

  /** Some messages that the wallet could not handle. */
  async function deadLetters(): Promise<DeadLetter[]> {
    const connection = await connectToBroker();
    try {
      const channel = await connection.createConfirmChannel();
      const queue = queueName(shop.namespace, 'wallet', 'commands');
      for (let count = 0; count < DEAD_LETTERS; count += 1) {
        channel.sendToQueue(queue, Buffer.from('{}'), {
          type: 'odd',
          messageId: randomUUIDv7(),
          persistent: true,
        });
      }
      await channel.waitForConfirms();
    } finally {
      await connection.close();
    }
    return await eventually(async () => {
      const found = await waitingLetters();
      return found.length === DEAD_LETTERS && found;
    });
  }

  function answerTo(request: GeneratedRequest): Promise<Answer> {
    const { method, path, headers, body } = request;
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(shop.url);
      const outgoing = send({ agent, hostname, port, method, path, headers }, (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.once('error', reject);
        const told = (): void => {
          const text = Buffer.concat(parts).toString();
          const answered = new Headers(
            Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
          );
          const isJson = /[/+]json/.test(answered.get('content-type') ?? '');
          const parsed: unknown = isJson ? JSON.parse(text) : text === '' ? undefined : text;
          resolve({ status: incoming.statusCode ?? 0, headers: answered, body: parsed });
        };
        incoming.once('end', told);
        if (incoming.headers['content-type']?.startsWith('text/event-stream') !== true) return;
        // It has no end to wait for: its beginning is the answer.
        incoming.once('data', () => {
          told();
          incoming.destroy();
        });
      });
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        // A connection that was kept may be closed just when it is used again: whoever finds it so takes another one.
        if (outgoing.reusedSocket && error.code === 'EPIPE') resolve(answerTo(request));
        else reject(error);
      });
      outgoing.end(body);
    });
  }

  async function sent(request: GeneratedRequest): Promise<Sent> {
    try {
      const answer = await answerTo(request);
      const { status, body } = answer;
      const fault =
        documented.fault(request.method, request.path, answer) ??
        (status === 500 ? 'it failed' : undefined) ??
        (status >= 400 && INSIDES.test(JSON.stringify(body))
          ? `it shows insides: ${JSON.stringify(body)}`
          : undefined);
      return { request, status, fault };
    } catch (error) {
      return { request, status: 0, fault: `no answer: ${String(error)}` };
    }
  }

  async function allSent(all: readonly GeneratedRequest[]): Promise<Sent[]> {
    const results: Sent[] = [];
    const waiting = all.values();
    const work = async (): Promise<void> => {
      for (const request of waiting) results.push(await sent(request));
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return results;
  }

  /** Sends smaller and smaller requests of the kind as long as they are answered wrongly. */
  async function smallest(seed: number, index: number): Promise<string> {
    const property = fc.asyncProperty(requests, async (request) => {
      const { fault } = await sent(request);
      expect(fault).toBeUndefined();
    });
    const parameters = { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: SHRINK_MS };
    const { counterexample } = await fc.check(property, parameters);
    return counterexample === null
      ? 'It is answered well when it is sent again.'
      : described(counterexample[0]);
  }

  it(
    'fail nothing, and are answered as the document says',
    async () => {
      const seed = Number(process.env.FUZZ_SEED ?? DEFAULT_SEED);
      const generated = fc.sample(requests, { seed, numRuns: REQUESTS });
      const results = await allSent(generated);
      const faults = results.filter(({ fault }) => fault !== undefined);
      const [first] = faults;
      if (first !== undefined) {
        const kinds = new Map(faults.map((result) => [result.fault, result]));
        const shown = [...kinds.values()]
          .slice(0, FAULTS_SHOWN)
          .map(({ request, fault }) => `${fault}\n${described(request)}`);
        const least = await smallest(seed, generated.indexOf(first.request));
        throw new Error(
          `${faults.length} of ${REQUESTS} answers are wrong (FUZZ_SEED=${seed}).\n\nThe first, as small as it gets:\n` +
            `${least}\n\nSome as they were:\n${shown.join('\n\n')}`,
        );
      }

      expect(results).toHaveLength(REQUESTS);
      // Requests that all end at the first check would show little.
      const reached = new Set(
        results.filter(({ status }) => status < 300).map(({ request }) => request.operation),
      );
      const operations = new Set(generated.map(({ operation }) => operation));
      const missed = [...operations].filter(
        (operation) => !reached.has(operation) && !BY_CHANCE.includes(operation),
      );
      // The more operations there are, the seldomer each is sent: those that chance has left out are sent more.
      const unreached = (): string[] => missed.filter((operation) => !reached.has(operation));
      for (let round = 1; round <= ROUNDS_MAX && unreached().length > 0; round += 1) {
        const sought = new Set(
          unreached().flatMap((operation) => [operation, MADE_BY[operation] ?? operation]),
        );
        const again = fc
          .sample(requests, { seed: seed + round, numRuns: REQUESTS })
          .filter(({ operation }) => sought.has(operation));
        for (const { request, status, fault } of await allSent(again)) {
          expect({ fault, request: fault && described(request) }).toEqual({});
          if (status < 300) reached.add(request.operation);
        }
      }
      expect(unreached()).toEqual([]);
      const statuses = new Set(results.map(({ status }) => status));
      expect([...statuses]).toEqual(
        expect.arrayContaining([200, 201, 204, 400, 401, 402, 403, 404, 409, 413, 422]),
      );
    },
    FUZZ_MS,
  );

  it('pass over an expectation that nobody knows', async () => {
    const request = {
      operation: '',
      method: 'GET',
      path: '/products',
      headers: { expect: 'a miracle' },
      body: undefined,
    };
    expect(await sent(request)).toMatchObject({ status: 200, fault: undefined });
  });

  it('leave money, stock and coupons where the orders say', async () => {
    const token = await shop.client.admin();
    // What was sent again has come back by now, or comes while the others are dropped.
    await eventually(async () => {
      const letters = await waitingLetters();
      for (const { service, deadLetterId } of letters) {
        const path = `/admin/dead-letters/${service}/${deadLetterId}/drop`;
        expected(200, await shop.client.post(path, { reason: 'sent by a test' }, { token }));
      }
      return letters.length === 0;
    });
    await assertBooks(shop);
  });
});
