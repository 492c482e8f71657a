import type { FastifyInstance, FastifyReply } from 'fastify';
import { Histogram } from 'prom-client';
import { EVENT_STREAM } from './event-stream.js';
import { isProbe } from './health-paths.js';

const requestSeconds = new Histogram({
  name: 'gateway_request_seconds',
  help: 'From the arrival of a request to the end of its answer, those of balancers left out',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
});

const isStream = (reply: FastifyReply): boolean =>
  String(reply.getHeader('content-type')).startsWith(EVENT_STREAM);

/** Times every answer but streams, which take as long as somebody watches. What fits no route is one route together: addresses are the client's to choose. */
export function timeRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, next) => {
    const { statusCode: status, elapsedTime } = reply;
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    if (!isProbe(request) && !isStream(reply))
      requestSeconds.observe({ method, route, status }, elapsedTime / 1_000);
    next();
  });
}
