import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@jangteo/testkit';
import type { FastifyReply } from 'fastify';
import { doorWith, REFUSAL, type Door } from '../../test/door.js';
import type { ConnectionLimits } from './connections.js';
import { limitWork } from './load-shedding.js';

const MEBIBYTE = 1_048_576;
const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`;

/** However it comes about: `once` would fail where the other side resets the connection. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

describe('connections', () => {
  let door: Door;
  let port: number;
  let held: FastifyReply[];
  let served: number;

  async function open(limits: Partial<ConnectionLimits> = {}, proxies?: string): Promise<void> {
    held = [];
    served = 0;
    door = doorWith(limits, proxies);
    limitWork(door.server, door.connections, 1_000);
    door.server.get('/held', (_request, reply) => void held.push(reply));
    door.server.get('/long', (_request, reply) => {
      served += 1;
      void reply.send(Buffer.alloc(16 * MEBIBYTE));
    });
    door.server.get('/short', () => {
      served += 1;
      return 'short';
    });
    door.server.post('/sized', { bodyLimit: 32 * MEBIBYTE }, ({ body }) => {
      return String((body as { text: string }).text.length);
    });
    port = await door.listen();
  }
  afterEach(() => door.close());

  async function dial(localAddress = '127.0.0.1'): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  const count = (): Promise<number> =>
    new Promise((resolve, reject) => {
      door.server.server.getConnections((error, all) => (error ? reject(error) : resolve(all)));
    });

  it('are not read while a request of theirs is in work, so that nothing gathers', async () => {
    await open();
    const socket = await dial();
    socket.write(ask('/held'));
    await eventually(() => held.length === 1);
    // Far more than the system keeps for a socket, each piece less than what may wait.
    const long = `GET /short HTTP/1.1\r\nhost: shop\r\nx-long: ${'x'.repeat(1_000)}\r\n\r\n`;
    const piece = long.repeat(50);
    const pieces = (64 * MEBIBYTE) / piece.length;
    for (let sent = 0; sent < pieces; sent += 1) socket.write(piece);
    const hasStopped = async (): Promise<boolean> => {
      const before = socket.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return socket.writableLength === before && before > 0;
    };
    await eventually(hasStopped);
    expect(served).toBe(0);
    // All the same it is served as soon as there is an end to it.
    let got = '';
    socket.on('data', (chunk: Buffer) => (got = (got + chunk.toString()).slice(-1_000)));
    held[0]?.send('first');
    await eventually(() => served > 1_000);
    expect(got).toContain('short');
    socket.destroy();
  });

  it('end, when they are to, though what waits behind an answer never arrives', async () => {
    await open();
    const accepted = once(door.server.server, 'connection') as Promise<[Socket]>;
    const socket = await dial();
    const [server] = await accepted;
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    socket.write(ask('/held'));
    await eventually(() => held.length === 1);
    const head = 'host: shop\r\ncontent-type: application/json\r\ncontent-length: 100';
    socket.write(`POST /sized HTTP/1.1\r\n${head}\r\n\r\n{`);
    await eventually(() => server.isPaused());
    // As where it did not arrive in time.
    door.connections.of(server)!.endWith(REFUSAL);
    const end = closed(socket);
    held[0]?.send('first');
    await end;
    expect(got).toContain('first');
    expect(got).toContain('503 Too many');
  });

  it('take a body that comes in pieces, of a request that was sent behind another', async () => {
    await open();
    const socket = await dial();
    const body = JSON.stringify({ text: 'x'.repeat(8 * MEBIBYTE) });
    const head = `POST /sized HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    socket.write(`${ask('/held')}${head}\r\n\r\n${body}${ask('/short')}`);
    await eventually(() => held.length === 1);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    held[0]?.send('first');
    await eventually(() => text.includes('short'));
    expect(text).toMatch(new RegExp(`first[^]*${8 * MEBIBYTE}[^]*short`));
  });

  it('are cut off where more waits on all of them together than may', async () => {
    await open();
    const greedy = await Promise.all(Array.from({ length: 60 }, () => dial()));
    await eventually(async () => (await count()) === greedy.length);
    for (const socket of greedy) socket.write(ask('/held').repeat(999));
    await eventually(async () => (await count()) < greedy.length);
    expect(held.length).toBeLessThanOrEqual(greedy.length);
    // What is gone makes room again.
    for (const socket of greedy) socket.destroy();
    await eventually(async () => {
      door.server.server.closeAllConnections();
      return (await count()) === 0;
    });
    const next = await dial();
    next.write(ask('/held') + ask('/short').repeat(900));
    const its = (): FastifyReply | undefined =>
      held.find(({ request }) => request.raw.socket.remotePort === next.localPort);
    await eventually(() => its() !== undefined);
    its()?.send('first');
    await eventually(() => served === 900);
  });

  it('are cut off where more is sent at once than may wait', async () => {
    await open();
    const socket = await dial();
    socket.write(ask('/held') + ask('/short').repeat(1_500));
    await closed(socket);
    expect(served).toBe(0);
  });

  it('are cut off where nobody reads for too long, and no others are', async () => {
    await open({ ANSWER_SENDING_DEADLINE_MS: 1_000 });
    const waiting = await dial();
    waiting.write(ask('/held'));
    const idle = await dial();
    const deaf = await dial();
    deaf.pause();
    deaf.write(ask('/long').repeat(5));
    await eventually(() => served > 0);
    await eventually(async () => (await count()) === 2, { deadlineMs: 20_000 });
    expect(served).toBeLessThan(5);
    held[0]?.send('in the end');
    const [answer] = (await once(waiting, 'data')) as [Buffer];
    expect(answer.toString()).toContain('in the end');
    expect([await count(), idle.destroyed]).toEqual([2, false]);
  });

  it('hold no more bytes that nobody reads than they may in all: who has most of them is cut off', async () => {
    await open({ UNSENT_BYTES_MAX: 20 * MEBIBYTE });
    const deaf = await Promise.all(Array.from({ length: 8 }, () => dial()));
    for (const socket of deaf) {
      socket.pause();
      socket.write(ask('/long'));
    }
    await eventually(() => served === deaf.length);
    await eventually(async () => (await count()) < deaf.length, { deadlineMs: 20_000 });
    expect(await count()).toBeGreaterThan(0);
  });

  it('are as many as one address may have, and others have theirs', async () => {
    await open({ CONNECTIONS_PER_ADDRESS_MAX: 3 });
    const own = await Promise.all(Array.from({ length: 3 }, () => dial()));
    const one = await dial();
    one.write(ask('/short'));
    const [answer] = (await once(one, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
    await closed(one);
    expect(served).toBe(0);
    const other = await dial('127.0.0.2');
    other.write(ask('/short'));
    await once(other, 'data');
    own[0]?.destroy();
    await eventually(async () => {
      const next = await dial();
      next.write(ask('/short'));
      const [text] = (await once(next, 'data')) as [Buffer];
      next.destroy();
      return text.toString().startsWith('HTTP/1.1 200');
    });
  });

  it('are as many as a trusted proxy needs', async () => {
    await open({ CONNECTIONS_PER_ADDRESS_MAX: 3 }, '127.0.0.1');
    const many = await Promise.all(Array.from({ length: 10 }, () => dial()));
    for (const socket of many) socket.write(ask('/short'));
    await eventually(() => served === many.length);
    expect(await count()).toBe(many.length);
  });

  it('are no more than the limit in all: a newcomer has the place of an idle one where most are', async () => {
    await open({ CONNECTIONS_MAX: 4 });
    const lone = await dial('127.0.0.2');
    const busy = await dial();
    busy.write(ask('/held'));
    await eventually(() => held.length === 1);
    const idle = [await dial(), await dial()];
    const end = closed(idle[0]!);
    const newcomer = await dial('127.0.0.3');
    newcomer.write(ask('/short'));
    const [answer] = (await once(newcomer, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    await end;
    expect([lone, busy, idle[1]].map((socket) => socket?.destroyed)).toEqual([false, false, false]);
    expect(await count()).toBe(4);
  });

  it('are no more than the limit in all: where all are busy, who comes has to go', async () => {
    await open({ CONNECTIONS_MAX: 2 });
    const busy = [await dial(), await dial()];
    for (const socket of busy) socket.write(ask('/held'));
    await eventually(() => held.length === 2);
    await closed(await dial('127.0.0.2'));
    expect(busy.map(({ destroyed }) => destroyed)).toEqual([false, false]);
    expect(await count()).toBe(2);
  });

  it('are within the share of all networks of an address', async () => {
    await open({ CONNECTIONS_PER_ADDRESS_MAX: 1 });
    const block = Array.from({ length: 10 }, (_, index) => dial(`127.0.0.${index + 1}`));
    await Promise.all(block);
    const one = await dial('127.0.0.99');
    const [answer] = (await once(one, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
    const other = await dial('127.0.1.1');
    other.write(ask('/short'));
    await once(other, 'data');
  });
});
