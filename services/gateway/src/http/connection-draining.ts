import type { FastifyInstance } from 'fastify';
import type { Connections } from './connections.js';
import { EventStream } from './event-stream.js';

const SWEEP_EVERY_MS = 250;

/** Time in which what is still arriving may go on to arrive once the server closes. */
const ARRIVAL_GRACE_MS = 2_000;

/**
 * Lets go of connections once the server closes, so that it ends when the requests in work are answered.
 * Fastify tells clients so only for requests that come after that; the connection of one that was in work would
 * be kept open, and the process alive with it. One that has sent nothing yet, or half a request, is not idle to
 * Node, which has also stopped to look at how long it takes: anybody could hold up the end for ever.
 *
 * @param graceMs how long a request may go on to arrive
 */
export function letGoWhenClosing(
  fastify: FastifyInstance,
  connections: Connections,
  graceMs = ARRIVAL_GRACE_MS,
): void {
  let isClosing = false;
  fastify.addHook('preClose', (next) => {
    isClosing = true;
    const closingSince = performance.now();
    const sweep = setInterval(() => {
      fastify.server.closeIdleConnections();
      if (performance.now() - closingSince > graceMs) connections.endUnserved();
    }, SWEEP_EVERY_MS);
    fastify.server.once('close', () => clearInterval(sweep));
    next();
  });
  fastify.addHook('onSend', ({ raw: { socket } }, reply, payload, next) => {
    if (isClosing) reply.header('connection', 'close');
    const connection = connections.of(socket);
    if (payload instanceof EventStream) {
      connection?.streamed(reply.raw);
      payload.once('finished', () => connection?.made(reply.raw));
    } else connection?.made(reply.raw);
    next(null, payload);
  });
}
