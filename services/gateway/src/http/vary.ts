import type { FastifyReply } from 'fastify';

/** Says that the answer depends on one more header of the request. */
export function varyBy(reply: FastifyReply, header: string): void {
  const others = reply.getHeader('vary');
  reply.header('vary', others === undefined ? header : `${String(others)}, ${header}`);
}
