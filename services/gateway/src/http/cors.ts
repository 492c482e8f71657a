import type { FastifyInstance } from 'fastify';
import { Cors } from '../domain/cors.js';

const VARIES = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/**
 * Lets pages of these origins call the API. What a browser asks beforehand is answered at once, without a limit and
 * without a look at what it asks of: that costs less than to refuse it.
 */
export function letOriginsIn(fastify: FastifyInstance, origins: readonly string[]): void {
  const cors = new Cors(origins);
  if (!cors.isOn) return;
  fastify.addHook('onRequest', ({ method, headers }, reply, next) => {
    const { origin } = headers;
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    reply.header('vary', isPreflight ? VARIES : 'Origin');
    if (!cors.allows(origin)) next();
    else if (isPreflight) reply.status(204).headers(cors.preflight(origin)).send();
    else {
      reply.headers(cors.answer(origin));
      next();
    }
  });
}
