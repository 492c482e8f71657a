import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@jangteo/testkit';
import { doorWith, type Door } from '../../test/door.js';
import type { ConnectionLimits } from './connections.js';
import { EventStream } from './event-stream.js';

const MEBIBYTE = 1_048_576;
const UNSENT_MAX = 65_536;
/** More than the system keeps for a socket. */
const TOO_MUCH = 64 * MEBIBYTE;
const EVENT = `data: ${'x'.repeat(10_000)}\n\n`;

describe('an answer that goes on', () => {
  let door: Door;
  let port: number;
  let streams: EventStream[];
  let unsentMax: number;

  async function open(limits: Partial<ConnectionLimits> = {}): Promise<void> {
    streams = [];
    unsentMax = UNSENT_MAX;
    door = doorWith(limits);
    door.server.get('/stream', (_request, reply) => {
      const stream = new EventStream(reply, unsentMax);
      streams.push(stream);
      stream.open();
    });
    door.server.get('/long', (_request, reply) => void reply.send(Buffer.alloc(TOO_MUCH)));
    port = await door.listen();
  }
  afterEach(() => door.close());

  async function ask(path: string): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`);
    return socket;
  }

  const isOver = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      socket.resume();
      socket.once('close', () => resolve());
    });

  it('cuts off who does not read it, once more waits than may, and nobody else', async () => {
    await open();
    const [deaf, reader] = [await ask('/stream'), await ask('/stream')];
    deaf.pause();
    let got = 0;
    reader.on('data', (chunk: Buffer) => (got += chunk.length));
    await eventually(() => streams.length === 2);
    const [slow, other] = streams as [EventStream, EventStream];
    // One at a time, so that who reads has time to.
    for (let said = 0; said < TOO_MUCH && !slow.destroyed; said += EVENT.length) {
      slow.say(EVENT);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([slow.destroyed, slow.ended]).toEqual([true, 'slow']);
    await isOver(deaf);
    other.say(EVENT);
    await eventually(() => got > EVENT.length);
    expect(other.destroyed).toBe(false);
    other.finish('over');
    await eventually(() => other.destroyed);
    expect(other.ended).toBe('over');
  });

  it('is not late for as long as it goes on, and has the time of every answer from its end', async () => {
    await open({ ANSWER_SENDING_DEADLINE_MS: 200 });
    const [stream, long] = [await ask('/stream'), await ask('/long')];
    long.pause();
    await eventually(() => streams.length === 1);
    // By then all connections were looked at for late answers.
    await isOver(long);
    expect([stream.destroyed, streams[0]!.destroyed]).toEqual([false, false]);
    stream.pause();
    unsentMax = TOO_MUCH;
    const later = await ask('/stream');
    later.pause();
    await eventually(() => streams.length === 2);
    const unread = streams[1]!;
    // Once something waits here, the system takes no more.
    for (let said = 0; said < TOO_MUCH && unread.readableLength < MEBIBYTE; said += EVENT.length) {
      unread.say(EVENT);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(unread.destroyed).toBe(false);
    unread.finish('over');
    await isOver(later);
    expect(streams[0]!.destroyed).toBe(false);
  });

  it('beats where it is silent, and gives up its place once nobody listens', async () => {
    await open();
    const socket = await ask('/stream');
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    await eventually(() => streams.length === 1);
    const [stream] = streams as [EventStream];
    stream.beat(60_000);
    stream.say('data: 1\n\n');
    await eventually(() => got.includes('data: 1'));
    expect(got).not.toContain(':\n\n');
    stream.beat(0);
    await eventually(() => got.includes(':\n\n'));
    socket.destroy();
    await eventually(() => stream.destroyed);
    expect(stream.ended).toBe('client');
  });
});
