import { expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { fastify } from 'fastify';
import { Call, type CallRequest } from './request-context.js';

it('tells of a replay whoever sent an Idempotency-Key, and nobody else', () => {
  const told = (headers: object): string[] => {
    const names: string[] = [];
    const reply = { header: (name: string) => names.push(name) } as unknown as FastifyReply;
    new Call({ id: 'one', headers } as CallRequest, reply).tellReplayed();
    return names;
  };
  expect(told({ 'idempotency-key': 'mine' })).toEqual(['idempotent-replayed']);
  expect(told({})).toEqual([]);
});

it('knows that it was a replay, until that is taken back', async () => {
  const server = fastify();
  const seen: boolean[] = [];
  server.get('/', (request, reply) => {
    const call = new Call(request as CallRequest, reply);
    const look = () => seen.push(call.isReplay);
    look();
    call.tellReplayed();
    look();
    call.untellReplayed();
    look();
    return {};
  });
  const { headers } = await server.inject({ url: '/', headers: { 'idempotency-key': 'mine' } });
  expect(seen).toEqual([false, true, false]);
  expect(headers).not.toHaveProperty('idempotent-replayed');
});
