import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { z } from 'zod';
import type { ApiRoute } from '../openapi/api-routes.js';
import { answerStrays, refuseBodies } from './routing.js';

it('refuses a body where none is read, and takes an empty one for none', async () => {
  const server = fastify();
  const routes = [
    { method: 'delete', paths: ['/cart/{id}', '/basket/{id}'], body: undefined },
    { method: 'delete', paths: ['/me'], body: z.strictObject({ password: z.string() }) },
  ];
  refuseBodies(server, routes as unknown as ApiRoute[]);
  const emptied: string[] = [];
  for (const url of ['/cart/:id', '/basket/:id', '/me'])
    server.delete(url, (request) => ({ emptied: emptied.push(request.url) }));
  const asked = async (url: string, payload?: object | string) => {
    const json = { 'content-type': 'application/json' };
    const headers = payload === undefined ? {} : json;
    const { statusCode, body } = await server.inject({ method: 'DELETE', url, payload, headers });
    return [statusCode, statusCode === 200 ? undefined : (JSON.parse(body) as { errors: object[] }).errors];
  };
  const unknown = ['productId', 'optionId'].map((path) => ({ path, message: 'is not a known field' }));
  const line = { productId: 'cup', optionId: 'red' };
  expect(await asked('/cart/7', line)).toEqual([400, unknown]);
  expect(await asked('/basket/7', line)).toEqual([400, unknown]);
  for (const wrong of ['[]', '"cup"', '1']) expect((await asked('/cart/7', wrong))[0]).toBe(400);
  expect(emptied).toEqual([]);
  expect(await asked('/cart/7')).toEqual([200, undefined]);
  expect(await asked('/cart/7', {})).toEqual([200, undefined]);
  expect(await asked('/me', { password: 'x' })).toEqual([200, undefined]);
});

it('says what can be asked of the whole server', async () => {
  // What asks by `inject` has a slash before it.
  const server = fastify({ rewriteUrl: () => '*' });
  answerStrays(server, []);
  server.get('/cart', () => ({}));
  server.put('/cart/items', () => ({}));
  const { statusCode, headers } = await server.inject({ method: 'OPTIONS', url: '/' });
  expect([statusCode, headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS, PUT']);
});
