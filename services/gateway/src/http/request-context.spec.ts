import { expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
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
