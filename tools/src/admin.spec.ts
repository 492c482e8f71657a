import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminAccess, asAdmin, placeOf } from './admin.js';

const settings = { ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: 'secret' };
const access = { email: 'boss@example.com', password: 'secret' };
const running = { url: 'http://127.0.0.1:4000', adminEmail: 'keeper@example.com' };
const dotEnv = { GATEWAY_PORT: '5000', ADMIN_EMAIL: 'owner@example.com', ADMIN_PASSWORD: 'of compose' };

describe('where the admin of a shop is found', () => {
  it('is what the user said, then SHOP_URL, then where npm start runs, then PORT, then the .env of compose', () => {
    const environment = { ...settings, SHOP_URL: 'http://shop.example', PORT: '8080' };
    const all = { url: 'http://other.example', environment, running, dotEnv };
    expect(placeOf(all)).toEqual({ url: 'http://other.example', ...access });
    expect(placeOf({ ...all, url: undefined })).toEqual({ url: 'http://shop.example', ...access });
    const unnamed = { ...all, url: undefined, environment: { ...environment, SHOP_URL: '' } };
    expect(placeOf(unnamed)).toEqual({ url: running.url, ...access });
    expect(placeOf({ ...unnamed, running: undefined })).toEqual({ url: 'http://127.0.0.1:8080', ...access });
    expect(placeOf({ environment: settings, dotEnv })).toEqual({ url: 'http://127.0.0.1:5000', ...access });
  });

  it('comes with the admin of that place, where none is named', () => {
    expect(placeOf({ environment: {}, running, dotEnv })).toEqual({
      url: running.url,
      email: 'keeper@example.com',
      password: undefined,
    });
    expect(placeOf({ environment: {}, dotEnv: { ...dotEnv, GATEWAY_PORT: '' } })).toEqual({
      url: 'http://127.0.0.1:3000',
      email: 'owner@example.com',
      password: 'of compose',
    });
  });

  it('is no port that nobody has named: whoever has it would be told the password', () => {
    expect(() => placeOf({ environment: settings })).toThrow('Name it by --url, SHOP_URL or PORT');
  });

  it('is no address that cannot be one', async () => {
    await expect(adminAccess('shop', settings)).rejects.toThrow('shop is no address of a shop');
    expect(await adminAccess('http://other.example/', settings)).toEqual({
      url: 'http://other.example',
      ...access,
    });
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
