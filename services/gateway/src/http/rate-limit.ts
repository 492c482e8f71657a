import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isProbe } from './health-paths.js';
import { sendProblem } from './problem.filter.js';
import { sharesOfAddress } from './shares.js';
import { WindowCounter } from './window-counter.js';

const NETWORKS_MAX = 100_000;

/**
 * Refuses the requests of an address beyond so many a minute, before anything is done for them, and tells in each answer
 * how many are left (draft-ietf-httpapi-ratelimit-headers). What balancers ask
 * counts as well, and is answered all the same: that costs no more than to refuse it.
 *
 * @param perMinute requests that one address may send; the networks around it as many times that as their shares
 */
export function limitRate(app: NestFastifyApplication, perMinute: number): void {
  const requests = new WindowCounter(NETWORKS_MAX);
  const policy = `"requests";q=${perMinute};w=60`;
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      const { left, leftMs } = requests.countWithin(sharesOfAddress(request.ip), perMinute);
      const leftSeconds = String(Math.ceil(leftMs / 1_000));
      reply.header('ratelimit-policy', policy);
      reply.header('ratelimit', `"requests";r=${Math.max(0, left)};t=${leftSeconds}`);
      if (left >= 0 || isProbe(request)) return;
      reply.header('retry-after', leftSeconds);
      sendProblem(reply, { code: 'RATE_LIMITED' });
    });
}
