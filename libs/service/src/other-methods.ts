import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KnownPaths } from './known-paths.js';

/**
 * Answers 405, and to OPTIONS 204, with what can be asked of a path that does not have the method. Nest would say 404,
 * as if a probe or a scrape with a wrong method had a wrong path.
 */
export function refuseOtherMethods(app: NestFastifyApplication): void {
  const known = new KnownPaths();
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => known.addRoute(route));
  fastify.addHook('onRequest', (request, reply, next) => {
    const methods = request.is404 ? known.methodsOf(request.url.split(/[?#]/, 1)[0]!) : [];
    if (methods.length === 0) {
      next();
      return;
    }
    reply.header('allow', methods.join(', '));
    if (request.method === 'OPTIONS') reply.status(204).send();
    else reply.status(405).send({ statusCode: 405, message: 'Method Not Allowed' });
  });
}
