import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { eventually } from '@jangteo/testkit';
import type { FastifyReply } from 'fastify';
import { doorWith } from '../../test/door.js';

const GRACE_MS = 300;

it('ends with what it has accepted answered, whoever is connected in silence or stops in the middle', async () => {
  const held: FastifyReply[] = [];
  const { server, connections, listen } = doorWith({}, undefined, GRACE_MS);
  server.addHook('preValidation', (request, reply, next) => {
    connections.of(request.raw.socket)?.arrived(reply.raw);
    next();
  });
  server.post('/held', (_request, reply) => void held.push(reply));
  const port = await listen();
  const open = async (text: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  const head = 'POST /held HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n';
  const unserved = await Promise.all(
    ['', 'POST /he', `${head}content-length: 100\r\n\r\n{"half":`].map(open),
  );
  const served = await open(`${head}content-length: 2\r\n\r\n{}`);
  await eventually(() => held.length === 1);

  const closed = server.close();
  await Promise.all(unserved.map((socket) => once(socket, 'close')));
  // It has waited for the one all the while.
  expect(served.destroyed).toBe(false);
  held[0]?.send('done');
  const [answer] = (await once(served, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
  await closed;
});
