import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, ScriptedShop } from '../../test/scripted-shop.js';
import { Jangteo } from '../client.js';

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

  it('fails as the order does, late or not', async () => {
    const shortages = [{ productId: 'p1', optionId: 'x', requested: 1, available: 0 }];
    const failed = order('FAILED', { failureCode: 'OUT_OF_STOCK', shortages });
    server.play(json(202, order('PENDING')), json(200, failed));
    await expect(shop.orders.place(DRAFT, { wait: 'ended' })).rejects.toMatchObject({
      code: 'OUT_OF_STOCK',
      status: 409,
      orderId: 'o1',
      shortages,
    });
  });
});
