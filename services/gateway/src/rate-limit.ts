import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from './domain/network.js';
import { isProbe } from './probes.js';
import { sendProblem } from './problem.filter.js';

const WINDOW_SECONDS = 60;

/**
 * Refuses the requests of an address beyond so many a minute, before anything is done for them. Counted in
 * this process: the limit is there to stop floods, not to meter customers. What balancers ask counts as well, and
 * is answered all the same: that costs no more than to refuse it.
 *
 * @param perMinute requests that one address may send
 */
export function limitRate(app: NestFastifyApplication, perMinute: number): void {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      try {
        await limiter.consume(networkOf(request.ip));
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        if (isProbe(request)) return;
        reply.header('retry-after', String(Math.ceil(error.msBeforeNext / 1_000)));
        sendProblem(reply, { code: 'RATE_LIMITED' });
      }
    });
}
