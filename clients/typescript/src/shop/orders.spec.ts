import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, problem, ScriptedShop } from '../../test/scripted-shop.js';
import { Jangteo } from '../client.js';
import { JangteoError } from '../problem.js';

const DRAFT = { items: [{ productId: 'p1', quantity: 1 }] };
const order = (orderStatus: string, more: object = {}) => ({
  orderId: 'o1',
  orderStatus,
  items: [],
  ...more,
});

describe('placing an order', () => {
  let server: ScriptedShop;
  let shop: Jangteo;
  beforeAll(async () => {
    server = await ScriptedShop.open();
    shop = new Jangteo({ url: server.url, retry: false });
  });
  afterAll(async () => {
    await server.close();
  });

  it.each([
    [undefined, undefined],
    [7, 'wait=7'],
    ['none', 'respond-async'],
    ['ended', 'wait=30'],
  ] as const)('with wait %s prefers %s', async (wait, prefer) => {
    server.play(json(201, order('SUCCESS')));
    await shop.orders.place(DRAFT, wait === undefined ? {} : { wait });
    expect(server.asked[0]?.headers.prefer).toBe(prefer);
  });

  it('cancels nothing where it is only asked what that gives back', async () => {
    server.play(json(200, order('SUCCESS')), json(200, order('CANCELLED')));
    await shop.orders.whatCancelGivesBack('o1');
    await shop.orders.cancel('o1');
    expect(server.asked.map(({ path }) => path)).toEqual([
      '/orders/o1/cancel?dryRun=true',
      '/orders/o1/cancel',
    ]);
  });

  it('answers with what is known where it does not wait to the end', async () => {
    server.play(json(202, order('PENDING')));
    expect(await shop.orders.place(DRAFT)).toMatchObject({ orderStatus: 'PENDING' });
    expect(server.asked).toHaveLength(1);
  });

  it('follows it to the end where that is asked for', async () => {
    server.play(json(202, order('PENDING')), json(200, order('PENDING')), json(200, order('SUCCESS')));
    expect(await shop.orders.place(DRAFT, { wait: 'ended' })).toMatchObject({ orderStatus: 'SUCCESS' });
    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /orders',
      'GET /orders/o1',
      'GET /orders/o1',
    ]);
  });

  const shortages = [{ productId: 'p1', optionId: 'x', requested: 1, available: 0 }];
  const tooMuch = [{ path: 'items', message: 'come to too much' }];
  it.each([
    ['OUT_OF_STOCK', 409, { shortages }],
    ['OPTION_REQUIRED', 400, { productId: 'p1' }],
    ['OPTION_NOT_FOUND', 404, { productId: 'p1', optionId: 'x' }],
    ['VALIDATION_FAILED', 400, { errors: tooMuch }],
    ['ORDER_TIMED_OUT', 503, {}],
    ['OF_A_LATER_RELEASE', 409, {}],
  ])('fails as the order does, late or not: %s with %s', async (failureCode, status, facts) => {
    const { shortages: short, ...failureFacts } = facts as { shortages?: unknown };
    const failure = { failureCode, failureDetail: 'as it is', failureFacts, shortages: short };
    const late = [json(202, order('PENDING')), json(200, order('FAILED', failure))];
    const atOnce = problem(status, failureCode, { detail: 'as it is', orderId: 'o1', ...facts });
    const errors: JangteoError[] = [];
    for (const script of [late, [atOnce]]) {
      server.play(...script);
      await shop.orders.place(DRAFT, { wait: 'ended' }).catch((error: JangteoError) => errors.push(error));
    }
    const names = ['code', 'status', 'orderId', 'productId', 'optionId', 'fields', 'shortages'] as const;
    const [first, second] = errors.map((error) => names.map((name) => error[name]));
    expect(first).toEqual(second);
    expect(first?.slice(0, 3)).toEqual([failureCode, status, 'o1']);
    for (const fact of Object.values(facts)) expect(first).toContainEqual(fact);
  });
});
