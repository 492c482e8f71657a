import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { sayEndings } from './endings.js';
import type { ApiRoute } from '../openapi/api-routes.js';

const route = (path: string, operation: object): ApiRoute =>
  ({ method: 'get', paths: [path, `${path}/alias`], operation }) as unknown as ApiRoute;

it('has calls that will go say since when and until when, under each of their names and when they refuse', async () => {
  const ending = { since: '2027-01-01', until: '2027-07-01', instead: 'Ask `GET /new`.' };
  const server = fastify();
  sayEndings(server, [route('/old/{id}', { ending }), route('/new', {})]);
  for (const path of ['/old/:id', '/old/:id/alias', '/new']) {
    server.get(path, (_request, reply) => reply.code(path === '/old/:id' ? 404 : 200).send('{}'));
  }
  const said = async (path: string): Promise<unknown[]> => {
    const { headers } = await server.inject(path);
    return [headers.deprecation, headers.sunset];
  };
  const old = ['@1798761600', 'Thu, 01 Jul 2027 00:00:00 GMT'];
  expect(await said('/old/7')).toEqual(old);
  expect(await said('/old/7/alias')).toEqual(old);
  expect(await said('/new')).toEqual([undefined, undefined]);
  expect(await said('/nowhere')).toEqual([undefined, undefined]);
});
