import {
  BadRequestException,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
  type ArgumentsHost,
} from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import {
  BodyTooLarge,
  TransientFailure,
  UpstreamFailure,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '@jangteo/messaging';
import { fastify } from 'fastify';
import { ProblemFilter, refusalOf, sendProblem } from './problem.filter.js';
import { Refused } from './refusal-error.js';

const fastifyError = (statusCode: number): Error => Object.assign(new Error('of Fastify'), { statusCode });

const lostSightOf = Object.assign(new TransientFailure('x'), { mayBeDone: true });

describe('refusalOf', () => {
  it('says that the outcome is not known only where there could be one', () => {
    expect(refusalOf(lostSightOf, true)).toEqual({ code: 'UPSTREAM_TIMEOUT' });
    expect(refusalOf(lostSightOf, false)).toEqual({ code: 'SERVICE_UNAVAILABLE' });
  });

  it.each([
    ['UPSTREAM_TIMEOUT', new UpstreamTimeout('x')],
    ['SERVICE_UNAVAILABLE', new UpstreamUnavailable('x')],
    ['SERVICE_UNAVAILABLE', new TransientFailure('x')],
    ['PAYLOAD_TOO_LARGE', new BodyTooLarge('x')],
    ['PAYLOAD_TOO_LARGE', fastifyError(413)],
    ['VALIDATION_FAILED', fastifyError(400)],
    ['VALIDATION_FAILED', fastifyError(415)],
    ['VALIDATION_FAILED', new BadRequestException('x')],
    ['NOT_FOUND', new NotFoundException('x')],
    ['VALIDATION_FAILED', new UpstreamFailure('x', { code: 'VALIDATION_FAILED' })],
    ['INTERNAL', new UpstreamFailure('x', { code: 'INTERNAL', detail: 'insides' })],
    ['INTERNAL', new UpstreamFailure('x')],
    ['INTERNAL', fastifyError(500)],
    ['INTERNAL', new TypeError('insides')],
    ['INTERNAL', 'a string'],
    ['OUT_OF_STOCK', new Refused({ code: 'OUT_OF_STOCK' })],
  ])('answers %s to %p', (code, error) => {
    const refusal = refusalOf(error);
    expect(refusal.code).toBe(code);
    expect(JSON.stringify(refusal)).not.toContain('insides');
  });
});

describe('ProblemFilter', () => {
  it('logs why a part of the shop was away, bounded however many ask, and nothing of refusals', () => {
    const logged = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const filter = new ProblemFilter();
    const request = { id: 'r1', method: 'POST', originalUrl: '/orders?q=mina@example.com' };
    const catches = (error: Error): void => {
      const http = { getRequest: () => request, getResponse: () => ({ sent: true }) };
      filter.catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
    };
    catches(new Refused({ code: 'SERVICE_UNAVAILABLE' }));
    catches(new ServiceUnavailableException());
    expect(logged).not.toHaveBeenCalled();
    const cause = new UpstreamTimeout('wallet.ping: no answer within 5000 ms');
    catches(new Refused({ code: 'SERVICE_UNAVAILABLE' }, undefined, { cause }));
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ cause: cause.message }));
    for (let count = 0; count < 1_000; count += 1) catches(new TransientFailure('database: ECONNREFUSED'));
    const about = { requestId: 'r1', method: 'POST', path: '/orders' };
    expect(logged).toHaveBeenCalledWith({
      ...about,
      code: 'SERVICE_UNAVAILABLE',
      cause: 'database: ECONNREFUSED',
    });
    expect(logged).toHaveBeenCalledTimes(100);
    catches(new UpstreamTimeout('order.place: no answer within 5000 ms'));
    expect(logged).toHaveBeenLastCalledWith({
      ...about,
      code: 'UPSTREAM_TIMEOUT',
      cause: 'order.place: no answer within 5000 ms',
    });
    logged.mockRestore();
  });
});

describe('sendProblem', () => {
  it('says when to ask again of every limit, also of one that another service keeps', async () => {
    const server = fastify();
    server.get('/known/:code', ({ params }, reply) => {
      reply.header('retry-after', '42');
      sendProblem(reply, params as { code: 'RATE_LIMITED' });
    });
    server.get('/:code', ({ params }, reply) => sendProblem(reply, params as { code: 'RATE_LIMITED' }));
    const told = async (path: string) => (await server.inject(path)).headers['retry-after'];
    expect(await told('/known/RATE_LIMITED')).toBe('42');
    expect(await told('/known/SERVICE_UNAVAILABLE')).toBe('42');
    expect(await told('/SERVICE_UNAVAILABLE')).toBe('1');
    expect(await told('/RATE_LIMITED')).toBe('1');
    expect(await told('/TOO_MANY_ORDERS_IN_FLIGHT')).toBe('1');
    expect(await told('/CART_EMPTY')).toBeUndefined();
  });
});
