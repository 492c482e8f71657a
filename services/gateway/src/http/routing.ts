import type { IncomingMessage } from 'node:http';
import type { Refusal } from '@jangteo/contracts';
import { KnownPaths } from '@jangteo/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiRoute } from '../openapi/api-routes.js';
import { refusalOf, sendProblem } from './problem.filter.js';
import { checkedBody } from './validation.pipe.js';

/** What the router calls a route and its other names: method and path. */
export const routerNames = ({ method, paths }: Pick<ApiRoute, 'method' | 'paths'>): string[] =>
  paths.map((path) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);

/** What the router calls the route of a request; HEAD is asked of what GET is. */
export const routerNameOf = ({ method, routeOptions: { url } }: FastifyRequest): string =>
  `${method === 'HEAD' ? 'GET' : method} ${url}`;

/** The names of the parameters that a query may have, by what the router calls the route. */
function queriesOf(routes: readonly ApiRoute[]): Map<string, ReadonlySet<string>> {
  const entries = routes.flatMap((route) => {
    const schemas = route.parameters.filter((part) => part.in === 'query').map(({ schema }) => schema);
    const names = new Set(schemas.flatMap((schema) => Object.keys(schema.shape)));
    return routerNames(route).map((name) => [name, names] as const);
  });
  return new Map(entries);
}

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0]!;

/** An absolute target names the shop, too; what counts is its path. */
export function originForm(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') || path === '*' ? path : `/${path}`;
}

const hostsIn = (headers: readonly string[]): number =>
  headers.filter((name, index) => index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host')
    .length;

/** Reasons for which the address of a request cannot be routed at all. */
const unroutable = new WeakMap<IncomingMessage, Refusal>();
/** A path without a route. */
const NOWHERE = '/unreadable';

/**
 * Refuses a request whose address the router cannot read. The router would answer it before any hook is run: routed
 * again, to where nothing is, it is counted, limited and answered with the headers of every other stray.
 */
export function refuseUnroutable(error: Error, { raw, server }: FastifyRequest, reply: FastifyReply): void {
  unroutable.set(raw, refusalOf(error));
  raw.url = NOWHERE;
  server.routing(raw, reply.raw);
}

const ERRORS_MAX = 50;

function invalid(reply: FastifyReply, errors: { path: string; message: string }[]): void {
  sendProblem(reply, { code: 'VALIDATION_FAILED', errors: errors.slice(0, ERRORS_MAX) });
}

/**
 * Answers what is asked of a path that does not have it, before anything is done for it: 404 where nothing is
 * there, 405 where something else can be asked, and to OPTIONS what that is; 400 where the query has parameters
 * that the route does not know.
 */
export function answerStrays(fastify: FastifyInstance, routes: readonly ApiRoute[]): void {
  const known = new KnownPaths();
  const queries = queriesOf(routes);
  fastify.addHook('onRoute', (route) => known.addRoute(route));
  fastify.addHook('onRequest', (request, reply, next) => {
    if (hostsIn(request.raw.rawHeaders) > 1) {
      invalid(reply, [{ path: 'Host', message: 'must be there once' }]);
    } else if (request.is404) {
      answerStray(request, reply);
    } else if (known.isOther(request.method, request.routeOptions.url ?? '', pathOf(request.url))) {
      refuseMethod(reply, known.methodsOf(pathOf(request.url)));
    } else {
      const unknown = unknownIn(request);
      if (unknown.length === 0) next();
      else
        invalid(
          reply,
          unknown.map((path) => ({ path, message: 'is not a known parameter' })),
        );
    }
  });

  function answerStray({ method, url, raw }: FastifyRequest, reply: FastifyReply): void {
    const refusal = unroutable.get(raw);
    if (refusal !== undefined) {
      sendProblem(reply, refusal);
      return;
    }
    const isOfAll = url === '*' && method === 'OPTIONS';
    const methods = isOfAll ? known.methods : known.methodsOf(pathOf(url));
    if (methods.length === 0) sendProblem(reply, { code: 'NOT_FOUND' });
    else if (method === 'OPTIONS') reply.status(204).header('allow', methods.join(', ')).send();
    else refuseMethod(reply, methods);
  }

  function unknownIn(request: FastifyRequest): string[] {
    const names = Object.keys(request.query as object);
    if (names.length === 0) return [];
    const allowed = queries.get(routerNameOf(request));
    return allowed === undefined ? [] : names.filter((name) => !allowed.has(name));
  }
}

/** Refuses bodies that are not empty where a route reads none: whoever sends one means something else. */
export function refuseBodies(fastify: FastifyInstance, routes: readonly ApiRoute[]): void {
  const bodiless = new Set(routes.filter(({ body }) => body === undefined).flatMap(routerNames));
  fastify.addHook('preValidation', (request, reply, next) => {
    const checked = bodiless.has(routerNameOf(request)) ? checkedBody(request.body ?? undefined) : undefined;
    if (checked?.ok === false) sendProblem(reply, checked.refusal);
    else next();
  });
}

function refuseMethod(reply: FastifyReply, methods: readonly string[]): void {
  reply.header('allow', methods.join(', '));
  sendProblem(reply, { code: 'METHOD_NOT_ALLOWED' });
}
