import { beginServerSpan, isTracing, runUnder, SpanKind, SpanStatusCode, type Span } from '@jangteo/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isProbe } from './health-paths.js';

/** A request, with its span where requests are traced. */
export type TracedRequest = FastifyRequest & { span?: Span };

function begun(request: TracedRequest): Span | undefined {
  const { traceparent } = request.headers;
  return beginServerSpan(typeof traceparent === 'string' ? traceparent : undefined, () => ({
    name: request.method,
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': request.method,
      'url.scheme': request.protocol,
      'url.path': request.url.split('?', 1)[0],
      'jangteo.request_id': request.id,
    },
  }));
}

function end(span: Span, { method, routeOptions }: FastifyRequest, { statusCode, raw }: FastifyReply): void {
  const { url: route } = routeOptions;
  if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
  if (raw.writableFinished) span.setAttribute('http.response.status_code', statusCode);
  else span.setAttribute('error.type', 'client closed connection');
  if (statusCode >= 500)
    span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(statusCode));
  span.end();
}

/** Begins a trace, or goes on with the client's, for each request but those of balancers. */
export function traceRequests(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  fastify.addHook('onRequest', (request: TracedRequest, reply, next) => {
    const span = isProbe(request) ? undefined : begun(request);
    if (span !== undefined) {
      request.span = span;
      // Unlike Fastify's onResponse, Node says this once of every answer, sent or not.
      reply.raw.once('close', () => end(span, request, reply));
    }
    next();
  });
  // Once the body is there: what its arrival calls back is under no span.
  fastify.addHook('preHandler', ({ span }: TracedRequest, _reply, next) => {
    if (span === undefined) next();
    else runUnder(span, next);
  });
}
