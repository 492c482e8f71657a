import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const SWEEP_EVERY_MS = 250;

/** How long what is still arriving may go on to arrive once the server closes. */
const ARRIVAL_GRACE_MS = 2_000;

/** The connections of a server, and which of them have a request that is not answered yet. */
class Connections {
  readonly #open = new Set<Socket>();
  readonly #inWork = new Map<Socket, number>();

  opened(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#inWork.delete(socket);
    });
  }

  begins({ raw: { socket } }: FastifyRequest, reply: FastifyReply): void {
    if (reply.raw.destroyed) return;
    this.#inWork.set(socket, (this.#inWork.get(socket) ?? 0) + 1);
    reply.raw.once('close', () => {
      const left = (this.#inWork.get(socket) ?? 1) - 1;
      if (left > 0) this.#inWork.set(socket, left);
      else this.#inWork.delete(socket);
    });
  }

  /** Ends those that nobody is served on: silent ones, and those on which a request never quite arrives. */
  endUnserved(): void {
    for (const socket of this.#open) if (!this.#inWork.has(socket)) socket.destroy();
  }
}

/**
 * Lets go of connections once the server closes, so that it ends when the requests in work are answered.
 * Fastify tells clients so only for requests that come after that; the connection of one that was in work would
 * be kept open, and the process alive with it. One that has sent nothing yet, or half a request, is not idle to
 * Node, which has also stopped to look at how long it takes: anybody could hold up the end for ever.
 *
 * @param graceMs how long a request may go on to arrive
 */
export function letGoWhenClosing(fastify: FastifyInstance, graceMs = ARRIVAL_GRACE_MS): void {
  const connections = new Connections();
  let isClosing = false;
  fastify.server.on('connection', (socket) => connections.opened(socket));
  // After the body: what is still arriving is not in work.
  fastify.addHook('preValidation', (request, reply, next) => {
    connections.begins(request, reply);
    next();
  });
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
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (isClosing) reply.header('connection', 'close');
    next(null, payload);
  });
}
