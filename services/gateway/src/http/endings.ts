import type { Ending } from '@jangteo/service';
import type { FastifyInstance } from 'fastify';
import type { ApiRoute } from '../openapi/api-routes.js';
import { routerNameOf, routerNames } from './routing.js';

/** What tells programs that a call will go: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594). */
export const endingHeaders = ({ since, until }: Ending): Readonly<Record<string, string>> => ({
  deprecation: `@${Date.parse(since) / 1_000}`,
  sunset: new Date(until).toUTCString(),
});

/** Has every answer of a route that will go say so, refusals too. */
export function sayEndings(fastify: FastifyInstance, routes: readonly ApiRoute[]): void {
  const endings = new Map(
    routes.flatMap((route) => {
      const { ending } = route.operation;
      return ending === undefined
        ? []
        : routerNames(route).map((name) => [name, endingHeaders(ending)] as const);
    }),
  );
  if (endings.size === 0) return;
  fastify.addHook('onRequest', (request, reply, next) => {
    const headers = endings.get(routerNameOf(request));
    if (headers !== undefined) reply.headers(headers);
    next();
  });
}
