import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { done, type OrderProgress } from '@jangteo/contracts';
import type { RequestClient } from '@jangteo/messaging';
import { eventually } from '@jangteo/testkit';
import type { FastifyReply } from 'fastify';
import type { Role } from '../domain/caller.js';
import type { Call } from '../http/request-context.js';
import { OrderStreams } from './order-streams.js';
import type { Streams } from './streams.js';

const orderId = '01920000-0000-7000-8000-000000000002';
const userId = '01920000-0000-7000-8000-000000000001';
const at = '2026-01-01T00:00:00.000Z';

type Right = NonNullable<Parameters<Streams['open']>[3]>;

describe('the stream of an order', () => {
  let progress: OrderProgress;
  let right: Right;
  let said: string[];
  let orders: OrderStreams;

  beforeEach(() => {
    said = [];
    progress = { orderId, userId, orderStatus: 'PENDING', hasEnded: false, entries: [entry(1)] };
    const stream = { once: () => stream, say: (text: string) => void said.push(text) };
    const streams = {
      open(_kind: string, _call: Call, _reply: FastifyReply, may: Right) {
        right = may;
        return stream;
      },
    };
    const requests = { ask: () => Promise.resolve(done({ orders: [progress] })) };
    orders = new OrderStreams(streams as unknown as Streams, requests as unknown as RequestClient);
    orders.onApplicationBootstrap();
  });
  afterEach(() => orders.beforeApplicationShutdown());

  function entry(sequence: number): OrderProgress['entries'][number] {
    return { sequence, orderStatus: 'PENDING', changedAt: at, changedBy: 'admin', actorId: userId };
  }
  const callerAs = (role: Role) => ({ userId, role, sessionId: undefined, createdAt: new Date() });

  it('tells nothing that is for staff once the role was taken away of who placed the order', async () => {
    const call = { caller: callerAs('viewer'), header: () => undefined } as unknown as Call;
    await orders.open(orderId, call, {} as FastifyReply);
    expect(said.join()).toContain('actorId');
    expect(right(callerAs('customer'))).toBe(true);
    progress = { ...progress, entries: [entry(2)] };
    await eventually(() => said.length > 1);
    expect(said[1]).not.toContain('actorId');
  });
});
