import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { shopClient, type ShopClient } from './shop-client.js';

const CUSTOMER = { userId: 'kim', email: 'kim@example.com', password: 'secret', token: 'kims' };

describe('what tests ask by the client', () => {
  const asked: IncomingHttpHeaders[] = [];
  let answering: (response: ServerResponse) => void;
  const server = createServer((request, response) => {
    asked.push(request.headers);
    answering(response);
  });
  let client: ShopClient;

  const json = (status: number, body: object) => (response: ServerResponse) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, 'x-request-id': 'r1' }).end(JSON.stringify(body));
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = shopClient(url, CUSTOMER);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    asked.length = 0;
  });

  it('is answered with all that came, a refusal too, and never sent again', async () => {
    const problem = { code: 'SERVICE_UNAVAILABLE', status: 503 };
    answering = json(503, problem);
    const answer = await client.order(CUSTOMER, { items: [] });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 503, body: problem });
    expect(answer.headers.get('x-request-id')).toBe('r1');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ authorization: 'Bearer kims', prefer: 'wait=30' });
  });

  it('has a key where the test gives one, and none otherwise', async () => {
    answering = json(201, { orderId: 'o1' });
    await client.order(CUSTOMER, { items: [] });
    await client.order(CUSTOMER, { items: [] }, { 'Idempotency-Key': 'mine' });
    expect(asked.map((headers) => headers['idempotency-key'])).toEqual([undefined, 'mine']);
    expect(asked.map(({ prefer }) => prefer)).toEqual(['wait=30', 'wait=30']);
  });

  it('waits for an order as long as the test says, or as the shop does by itself', async () => {
    answering = json(201, { orderId: 'o1' });
    for (const prefer of ['wait=1', undefined]) await client.order(CUSTOMER, { items: [] }, { prefer });
    expect(asked.map(({ prefer }) => prefer)).toEqual(['wait=1', undefined]);
  });

  it('fails as a bare request does where the connection is lost', async () => {
    answering = (response) => void response.destroy();
    await expect(client.readOrder(CUSTOMER, 'o1')).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('fails where the answer is not the one that a method promises', async () => {
    answering = json(200, { productId: 'p1' });
    await expect(client.issue(CUSTOMER, 'c1')).rejects.toThrow('expected 201, got 200');
  });
});
