import type { FastifyRequest } from 'fastify';

const PROBES: ReadonlySet<string | undefined> = new Set(['/health/live', '/health/ready']);

/**
 * Recognises what balancers ask, often and from one address; it costs next to nothing, and must be answered above all
 * under load. Goes by the route that was found, since one path can be written in many ways.
 */
export function isProbe({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean {
  return PROBES.has(routeOptions.url);
}
