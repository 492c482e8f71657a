import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminAccess, AdminClient, ShopProblem } from './admin-client.js';

const settings = { ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: 'secret' };

describe('where the admin of a shop is found', () => {
  it('is what the user said, then SHOP_URL, then where npm start has it', async () => {
    const environment = { ...settings, SHOP_URL: 'http://shop.example', PORT: '8080' };
    const access = { email: 'boss@example.com', password: 'secret' };
    expect(await adminAccess('http://other.example/', environment)).toEqual({
      url: 'http://other.example',
      ...access,
    });
    expect(await adminAccess(undefined, environment)).toEqual({ url: 'http://shop.example', ...access });
    expect(await adminAccess(undefined, { ...environment, SHOP_URL: '' })).toEqual({
      url: 'http://127.0.0.1:8080',
      ...access,
    });
  });

  it('is no address that cannot be one', async () => {
    await expect(adminAccess('shop', settings)).rejects.toThrow('shop is no address of a shop');
  });
});

describe('a client of the admin', () => {
  const asked: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const json = (status: number, body: object, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const granted = { accessToken: 'token', refreshToken: 'refresh' };
    asked.push(request.url ?? '');
    if (request.url === '/auth/login' || request.url === '/auth/refresh') json(200, granted);
    else if (request.url === '/auth/logout') response.writeHead(204).end();
    else if (request.headers.authorization !== 'Bearer token') json(401, {});
    else if (request.url === '/list') json(200, [1], { link: '</list?cursor=a>; rel="next"' });
    else json(409, { title: 'No', detail: 'not now', code: 'CART_EMPTY' });
  };
  const server = createServer(answer);
  const access = { url: '', email: 'boss@example.com', password: 'secret' };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    access.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('is logged in, and told where a list goes on', async () => {
    const client = await AdminClient.login(access);
    expect(await client.send('GET', '/list')).toEqual({ body: [1], next: '/list?cursor=a' });
  });

  it('goes on in the session that it has, and ends it when the work has ended', async () => {
    asked.length = 0;
    const worked = AdminClient.during(access, async (client) => {
      await client.refresh();
      return await client.get('/list');
    });
    expect(await worked).toEqual([1]);
    expect(asked).toEqual(['/auth/login', '/auth/refresh', '/list', '/auth/logout']);
  });

  it('ends its session when the work fails too', async () => {
    asked.length = 0;
    const failed = AdminClient.during(access, (client) => client.post('/other', {}));
    await expect(failed).rejects.toThrow('not now');
    expect(asked).toEqual(['/auth/login', '/other', '/auth/logout']);
  });

  it('says what the shop said when it refuses', async () => {
    const client = await AdminClient.login(access);
    const refused = client.post('/other', {});
    await expect(refused).rejects.toThrow(ShopProblem);
    await expect(refused).rejects.toMatchObject({ status: 409, message: 'No: not now (CART_EMPTY)' });
  });

  it('says where it looked when nobody answers', async () => {
    await expect(AdminClient.login({ ...access, url: 'http://127.0.0.1:1' })).rejects.toThrow(
      'no shop answers at http://127.0.0.1:1',
    );
  });
});
