import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** One line a request, under the id that its answer carries: only at debug, since thousands come a second. */
export function logRequests(app: NestFastifyApplication): void {
  const logger = new Logger('Http');
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, next) => {
      const { id: requestId, method, originalUrl: url } = request;
      const elapsedMs = Math.round(reply.elapsedTime);
      logger.debug({ msg: `${method} ${reply.statusCode}`, requestId, url, elapsedMs });
      next();
    });
}
