import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readConfig } from '@jangteo/service';
import { eventually } from '@jangteo/testkit';
import { cacheMetrics } from './cache.metrics.js';
import { catalogEnv } from './catalog.config.js';
import { SharedProducts } from './shared-products.js';

const AWAY = 'Redis does not answer, going on without it: ';

let lines: string[];
let server: Server;
let sockets: Socket[];
let shared: SharedProducts | undefined;
beforeAll(() => {
  const note = (line: unknown): number => lines.push(String(line));
  Logger.overrideLogger({ log: note, warn: note, error: note });
});
beforeEach(() => {
  [lines, sockets] = [[], []];
});
afterEach(async () => {
  shared?.onApplicationShutdown();
  await close();
});
afterAll(() => Logger.overrideLogger(['error']));

/** No more connections, and an end to those that there are. */
async function close(): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
}

/** Connects to a server that does this with what it is told. */
async function connectTo(onWords: (words: string, socket: Socket) => void): Promise<SharedProducts> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (words) => onWords(words.toString(), socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const config = readConfig(catalogEnv, {
    DATABASE_URL: 'postgres://not-used',
    AMQP_URL: 'amqp://not-used',
    HTTP_PORT: '0',
    REDIS_URL: `redis://127.0.0.1:${port}`,
    REDIS_DEADLINE_MS: '100',
  });
  shared = new SharedProducts(config);
  shared.onModuleInit();
  return shared;
}

const failures = async (): Promise<number> => (await cacheMetrics.sharedFailures.get()).values[0]?.value ?? 0;

const isRead = (words: string): boolean => words.includes('MGET');
/** To each of the commands that a connection begins with. */
const welcome = (words: string, socket: Socket) =>
  socket.write('+OK\r\n'.repeat(words.match(/^\*\d+\r$/gm)?.length ?? 0));

describe('a Redis that does not answer', () => {
  it('is said with each reason, and only once with the same', async () => {
    const products = await connectTo((words, socket) => {
      if (isRead(words)) void close();
      else welcome(words, socket);
    });
    const before = await failures();
    await eventually(async () => {
      await products.read(['a']);
      expect(await failures()).toBeGreaterThan(before + 4);
      expect(lines).toEqual([`${AWAY}Socket closed unexpectedly`, expect.stringContaining('ECONNREFUSED')]);
    });
  });

  it('may be one for TLS, where no connection is ever ready', async () => {
    await connectTo((_words, socket) => socket.destroy());
    await eventually(() => expect(lines.join('\n')).toContain('it speaks TLS on this port'));
  });

  it('is not also said of all that has waited for the same answer', async () => {
    const products = await connectTo((words, socket) => {
      if (!isRead(words)) welcome(words, socket);
    });
    await eventually(async () => {
      await Promise.all(['a', 'b', 'c'].map((id) => products.read([id])));
      expect(lines).toEqual([`${AWAY}no answer within 100 ms`]);
    });
  });
});
