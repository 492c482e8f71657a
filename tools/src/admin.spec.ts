import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminAccess, asAdmin } from './admin.js';

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

describe('the admin at work', () => {
  const asked: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const { method, url = '', headers } = request;
    asked.push(`${method} ${url} ${headers.authorization ?? ''}`.trim());
    if (url === '/auth/login') json(200, { accessToken: 'token', refreshToken: 'refresh' });
    // A shop that cannot be told of the end of a session.
    else if (url === '/auth/logout') json(500, {});
    else json(409, { title: 'No', detail: 'not now', code: 'CART_EMPTY' });
  };
  const server = createServer(answer);
  const access = { url: '', email: 'boss@example.com', password: 'secret' };
  const session = (...calls: string[]) => ['POST /auth/login', ...calls, 'POST /auth/logout'];

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    access.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    asked.length = 0;
  });

  it('ends the session when the work has ended', async () => {
    expect(await asAdmin(access, () => Promise.resolve(1))).toBe(1);
    expect(asked).toEqual(session());
  });

  it('ends it when the work fails too, with what the shop said', async () => {
    const failed = asAdmin(access, (shop) => shop.cart.clear());
    await expect(failed).rejects.toMatchObject({ status: 409, message: 'No: not now (CART_EMPTY)' });
    expect(asked).toEqual(session('DELETE /cart Bearer token'));
  });

  it('keeps it where a logout would undo the work', async () => {
    await asAdmin(access, () => Promise.resolve(), { staysLoggedIn: true });
    expect(asked).toEqual(['POST /auth/login']);
  });

  it('is told where nobody answers', async () => {
    const failed = asAdmin({ ...access, url: 'http://127.0.0.1:1' }, () => Promise.resolve());
    await expect(failed).rejects.toThrow('No shop answers at http://127.0.0.1:1');
  });
});
