import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@jangteo/testkit';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { limitWork } from './admission.js';

const LIMIT = 6;
const HEAD = 'GET /held HTTP/1.1\r\nhost: shop\r\n\r\n';
const HALF =
  'POST /held HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half":';

async function inWork(): Promise<number | undefined> {
  const metric = await register.getSingleMetric('gateway_requests_in_work')?.get();
  return metric?.values[0]?.value;
}

const REST = `${' '.repeat(90)}1}`;

const untilInWork = (count: number): Promise<true> => eventually(async () => (await inWork()) === count);

describe('limitWork', () => {
  let server: FastifyInstance;
  let held: FastifyReply[];

  beforeEach(async () => {
    held = [];
    server = fastify();
    limitWork(server, LIMIT);
    const hold = (_request: unknown, reply: FastifyReply): void => void held.push(reply);
    server.get('/held', hold);
    server.post('/held', hold);
    server.get('/metrics/of-all', (_request, reply) => reply.send('metrics'));
    await server.listen({ port: 0, host: '127.0.0.1' });
  });

  afterEach(async () => {
    server.server.closeAllConnections();
    await server.close();
  });

  const portOf = (): number => (server.server.address() as AddressInfo).port;

  async function send(text: string): Promise<Socket> {
    const socket = connect(portOf(), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }

  async function untilHeld(count: number): Promise<void> {
    await eventually(() => held.length === count);
  }

  it('counts a request until it is answered, on a connection that stays', async () => {
    const socket = await send(HEAD);
    for (let round = 1; round <= LIMIT * 2; round += 1) {
      await untilHeld(round);
      expect(await inWork()).toBe(1);
      held.at(-1)?.send('done');
      await untilInWork(0);
      socket.write(HEAD);
    }
    await untilHeld(LIMIT * 2 + 1);
  });

  it.each([
    ['whose answer is not begun', HEAD, 1],
    ['behind others on one connection', HEAD.repeat(5), 5],
  ])('counts a request no longer when its client is gone: one %s', async (_what, text, count) => {
    await send(HEAD);
    await untilHeld(1);
    const socket = await send(text);
    await untilInWork(1 + count);
    socket.destroy();
    await untilInWork(1);
    // What is answered to nobody gives no place free once more.
    for (const reply of held.slice(1)) reply.send('too late');
    expect(await inWork()).toBe(1);
    held[0]?.send('in time');
    await untilInWork(0);
  });

  it('counts a request only once all of it has arrived, so that nobody who sends slowly takes a place', async () => {
    const slow = await Promise.all(Array.from({ length: LIMIT * 2 }, () => send(HALF)));
    await send(HEAD);
    await untilHeld(1);
    expect(await inWork()).toBe(1);
    for (const socket of slow.slice(0, LIMIT)) socket.write(REST);
    await untilHeld(LIMIT);
    expect(await inWork()).toBe(LIMIT);
    // Others were faster: the one too many is sent away although there was room when it began.
    const last = slow[LIMIT]!;
    last.write(REST);
    const [answer] = (await once(last, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 [^]*SERVICE_UNAVAILABLE/);
    expect([held.length, await inWork()]).toEqual([LIMIT, LIMIT]);
  });

  it('counts an answer that waits behind another one until it is sent or its client is gone', async () => {
    const socket = await send(HEAD.repeat(4));
    await untilHeld(4);
    held[1]?.send('waits for the first');
    expect(await inWork()).toBe(4);
    held[0]?.send('first');
    await untilInWork(2);
    held[3]?.send('never sent');
    socket.destroy();
    await untilInWork(0);
  });

  it('sends away what comes beyond the limit, but no operators', async () => {
    await send(HEAD.repeat(LIMIT));
    await untilHeld(LIMIT);
    const url = `http://127.0.0.1:${portOf()}`;
    const answer = await fetch(`${url}/held`, { method: 'POST', body: 'x'.repeat(500_000) });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
    expect((await fetch(`${url}/metrics/of-all`)).status).toBe(200);
    expect([held.length, await inWork()]).toEqual([LIMIT, LIMIT]);
  });
});
