import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@jangteo/infra';
import { Caller } from './caller.js';
import type { Operation } from './operation.js';

type Answering = (response: ServerResponse) => void;

const ITEMS = [{ productId: 'p', optionId: 'o', quantity: 1 }];

const json =
  (status: number, body: object): Answering =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const proxy: Answering = (response) => void response.writeHead(503).end('<html>No server</html>');
const cutOff: Answering = (response) => void response.destroy();
const cutInside: Answering = (response) => {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': 100 });
  response.write('{', () => response.destroy());
};
const unreadable: Answering = (response) => {
  response.writeHead(201, { 'content-type': 'application/json' }).end('{');
};
const silence: Answering = () => {};

describe('a caller', () => {
  const asked: string[] = [];
  let answering: Answering = silence;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { authorization, prefer, 'idempotency-key': key } = request.headers;
    asked.push([request.method, request.url, authorization, key, prefer].join(' '));
    answering(response);
  });
  let url: string;
  let caller: Caller;

  const order: Operation = {
    kind: 'order',
    userId: 'kim',
    token: 'kims',
    key: 'one',
    ask: (shop, options) => shop.orders.place({ items: ITEMS }, { ...options, wait: 2 }),
    unknowns: 0,
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    caller = new Caller(url);
  });
  afterAll(async () => {
    await caller.close();
    server.closeAllConnections();
    server.close();
  });

  it.each<[string, Answering, object]>([
    [
      'done, and with which status',
      json(202, { orderId: 'a', orderStatus: 'PENDING', items: [] }),
      { knowledge: 'ok', told: { status: 202, orderId: 'a', orderStatus: 'PENDING' } },
    ],
    [
      'refused',
      json(409, { code: 'OUT_OF_STOCK', orderId: 'a', title: 'No' }),
      { knowledge: 'ok', told: { status: 409, code: 'OUT_OF_STOCK', orderId: 'a' } },
    ],
    [
      'given up',
      json(503, { code: 'ORDER_TIMED_OUT', orderId: 'a' }),
      { knowledge: 'ok', told: { status: 503, code: 'ORDER_TIMED_OUT', orderId: 'a' } },
    ],
    [
      'sent away',
      json(503, { code: 'SERVICE_UNAVAILABLE' }),
      { knowledge: 'fail', told: { status: 503, code: 'SERVICE_UNAVAILABLE' } },
    ],
    [
      'not known where the shop does not know',
      json(504, { code: 'UPSTREAM_TIMEOUT' }),
      { knowledge: 'unknown', told: { status: 504, code: 'UPSTREAM_TIMEOUT' } },
    ],
    ['done, without what it should say', unreadable, { knowledge: 'ok', told: { status: 201 } }],
    ['not known where a proxy answers', proxy, { knowledge: 'unknown', told: { status: 503 } }],
    ['not known where the connection is lost', cutOff, { knowledge: 'unknown', error: 'UND_ERR_SOCKET' }],
    [
      'not known where it is lost in the answer',
      cutInside,
      { knowledge: 'unknown', error: 'UND_ERR_SOCKET' },
    ],
  ])('asks once, under the key, and says that it is %s', async (_, answer, known) => {
    asked.length = 0;
    answering = answer;
    expect(await caller.attempt(order)).toEqual({ hung: false, ms: expect.any(Number), ...known });
    expect(asked).toEqual(['POST /orders Bearer kims one wait=2']);
  });

  it('does not take a fault of what asks for an answer that is lost', async () => {
    const ask = () => Promise.reject(new TypeError('there is no such call'));
    await expect(caller.attempt({ ...order, ask })).rejects.toThrow('there is no such call');
  });

  it('does not know where nothing comes, and says that it hangs', async () => {
    answering = silence;
    const impatient = new Caller(url, 50);
    const known = { knowledge: 'unknown', error: 'TimeoutError', hung: true };
    expect(await impatient.attempt(order)).toMatchObject(known);
    await impatient.close();
  });

  it('knows that nothing was sent where nobody listens', async () => {
    const nobody = new Caller(`http://127.0.0.1:${await freePort()}`);
    expect(await nobody.attempt(order)).toMatchObject({ knowledge: 'fail', error: 'ECONNREFUSED' });
    await nobody.close();
  });
});
