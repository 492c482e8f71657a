import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import { isOfOperators } from './operators.js';
import { problemSender } from './problem.filter.js';

const inWork = new Gauge({
  name: 'gateway_requests_in_work',
  help: 'Requests that are not answered yet, those of operators left out',
});

const refused = new Counter({
  name: 'gateway_requests_refused_total',
  help: 'Requests sent away because REQUESTS_IN_WORK_MAX others were in work',
});

const sendAway = problemSender({
  code: 'SERVICE_UNAVAILABLE',
  detail: 'the shop has as much to do as it can; ask again in a moment',
});

/**
 * Sends requests away while so many are in work, before anything is done for them: before their body is read,
 * their token verified or a message sent. So those that were let in are answered in time, and the next is let
 * in as soon as one of them is, or its client is gone. A request is in work once all of it has arrived: who
 * sends slowly takes nobody's place.
 *
 * @param max requests in work at a time, those that wait for the end of an order among them
 */
export function limitWork(fastify: FastifyInstance, max: number): void {
  let count = 0;
  const isSentAway = (request: FastifyRequest, reply: FastifyReply): boolean => {
    if (count < max || isOfOperators(request.url)) return false;
    refused.inc();
    sendAway(reply);
    return true;
  };
  fastify.addHook('onRequest', (request, reply, next) => {
    if (!isSentAway(request, reply)) next();
  });
  // The first hook after the body; others may have filled the shop meanwhile.
  fastify.addHook('preValidation', (request, reply, next) => {
    if (isSentAway(request, reply)) return;
    if (!isOfOperators(request.url) && !reply.raw.destroyed) countIn(reply);
    next();
  });

  function countIn(reply: FastifyReply): void {
    count += 1;
    inWork.inc();
    // Unlike Fastify's onResponse, Node says this once of every answer, sent or not.
    reply.raw.once('close', () => {
      count -= 1;
      inWork.dec();
    });
  }
}
