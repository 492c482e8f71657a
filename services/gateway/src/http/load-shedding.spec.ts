import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@jangteo/testkit';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { doorWith, type Door } from '../../test/door.js';
import { limitWork } from './load-shedding.js';

const LIMIT = 6;
const HEAD = 'GET /held HTTP/1.1\r\nhost: shop\r\n\r\n';
const HALF =
  'POST /held HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half":';
const REST = `${' '.repeat(90)}1}`;

async function inWork(): Promise<number | undefined> {
  const metric = await register.getSingleMetric('gateway_requests_in_work')?.get();
  return metric?.values[0]?.value;
}

const untilInWork = (count: number): Promise<true> => eventually(async () => (await inWork()) === count);

describe('limitWork', () => {
  let door: Door;
  let held: FastifyReply[];
  let port: number;

  beforeEach(async () => {
    held = [];
    door = doorWith();
    limitWork(door.server, door.connections, LIMIT);
    const hold = (_request: unknown, reply: FastifyReply): void => void held.push(reply);
    door.server.get('/held', hold);
    door.server.post('/held', hold);
    door.server.get('/long', (_request, reply) => reply.send(Buffer.alloc(64 * 1_048_576)));
    door.server.get('/health/live', (_request, reply) => reply.send('alive'));
    port = await door.listen();
  });
  afterEach(() => door.close());

  async function send(text: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
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

  it('counts a request no longer when its client is gone', async () => {
    await send(HEAD);
    await untilHeld(1);
    const socket = await send(HEAD);
    await untilInWork(2);
    socket.destroy();
    await untilInWork(1);
    // What is answered to nobody gives no place free once more.
    held[1]?.send('too late');
    expect(await inWork()).toBe(1);
    held[0]?.send('in time');
    await untilInWork(0);
  });

  it('has one request of a connection in work, whatever is sent behind it, and answers all in their order', async () => {
    const socket = await send(HEAD.repeat(50));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await send(HEAD);
    for (let answer = 1; answer <= 50; answer += 1) {
      await eventually(() => held.filter((reply) => !reply.sent).length === 2);
      expect(await inWork()).toBe(2);
      held
        .find((reply) => !reply.sent && reply.raw.socket?.remotePort === socket.localPort)
        ?.send(`no ${answer}.`);
    }
    await eventually(() => text.includes('no 50.'));
    expect(text.match(/no \d+\./g)).toEqual(Array.from({ length: 50 }, (_, index) => `no ${index + 1}.`));
  });

  it('gives a place to the next when the answer is made, whether or not anybody reads it', async () => {
    const deaf = await Promise.all(
      Array.from({ length: LIMIT * 2 }, async () => {
        const socket = await send('GET /long HTTP/1.1\r\nhost: shop\r\n\r\n'.repeat(20));
        socket.pause();
        return socket;
      }),
    );
    await untilInWork(0);
    await Promise.all(Array.from({ length: LIMIT }, () => send(HEAD)));
    await untilHeld(LIMIT);
    expect(deaf.some(({ destroyed }) => destroyed)).toBe(false);
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

  it('sends away what comes beyond the limit, but no balancer that asks whether to send anybody', async () => {
    await Promise.all(Array.from({ length: LIMIT }, () => send(HEAD)));
    await untilHeld(LIMIT);
    const url = `http://127.0.0.1:${port}`;
    const answer = await fetch(`${url}/held`, { method: 'POST', body: 'x'.repeat(500_000) });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/%68ealth/live`)).status).toBe(200);
    for (const path of [
      '/health/live%2f',
      '/health%2flive',
      '/health/live/../../held',
      '/health',
      '/metrics',
    ]) {
      expect((await fetch(`${url}${path}`)).status).toBe(503);
    }
    expect([held.length, await inWork()]).toEqual([LIMIT, LIMIT]);
  });

  it('keeps places for others while one address holds all that it can get', async () => {
    await Promise.all(Array.from({ length: LIMIT * 2 }, () => send(HEAD)));
    await untilHeld(LIMIT);
    const other = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    await once(other, 'connect');
    other.write(HEAD);
    await untilHeld(LIMIT + 1);
    expect(await inWork()).toBe(LIMIT + 1);
  });
});
