import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { networkOf } from '../domain/network.js';
import { isProbe } from './health-paths.js';
import { sendProblem } from './problem.filter.js';
import { WindowCounter } from './window-counter.js';

const NETWORKS_MAX = 100_000;

/**
 * Refuses the requests of an address beyond so many a minute, before anything is done for them. What balancers ask
 * counts as well, and is answered all the same: that costs no more than to refuse it.
 *
 * @param perMinute requests that one address may send
 */
export function limitRate(app: NestFastifyApplication, perMinute: number): void {
  const requests = new WindowCounter(NETWORKS_MAX);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      const { count, leftMs } = requests.count(networkOf(request.ip));
      if (count <= perMinute || isProbe(request)) return;
      reply.header('retry-after', String(Math.ceil(leftMs / 1_000)));
      sendProblem(reply, { code: 'RATE_LIMITED' });
    });
}
