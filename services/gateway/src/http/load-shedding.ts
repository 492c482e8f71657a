import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import type { Connections } from './connections.js';
import { Places, type Place } from '../domain/places.js';
import { isProbe } from './health-paths.js';
import { problemSender } from './problem.filter.js';
import { sharesOfAddress } from './shares.js';

const inWork = new Gauge({
  name: 'gateway_requests_in_work',
  help: 'Requests that are not answered yet, those of balancers left out',
});

const refused = new Counter({
  name: 'gateway_requests_refused_total',
  help: 'Requests sent away because REQUESTS_IN_WORK_MAX others were in work',
});

const sendAway = problemSender({
  code: 'SERVICE_UNAVAILABLE',
  detail: 'the shop has as much to do as it can; ask again in a moment',
});

const networksOf = ({ ip }: FastifyRequest): string[] => sharesOfAddress(ip).map(([network]) => network);

/**
 * Sends requests away while so many are in work, before anything is done for them: before their body is read,
 * their token verified or a message sent. So those that were let in are answered in time, and the next is let
 * in as soon as the answer to one of them is made, or its client is gone. A request is in work once all of it has
 * arrived, and until its answer is made: who sends or reads slowly takes nobody's place.
 *
 * @param max requests in work at a time, those that wait for the end of an order among them
 */
export function limitWork(fastify: FastifyInstance, connections: Connections, max: number): void {
  const places = new Places(max);
  const isSentAway = (request: FastifyRequest, reply: FastifyReply): boolean => {
    if (isProbe(request) || places.hasRoomFor(networksOf(request))) return false;
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
    countIn(request, reply);
    next();
  });

  function countIn(request: FastifyRequest, { raw }: FastifyReply): void {
    const connection = connections.of(request.raw.socket);
    if (isProbe(request)) {
      connection?.arrived(raw);
      return;
    }
    let place: Place | undefined;
    const giveBack = (): void => {
      if (place !== undefined) places.giveBack(place);
      inWork.dec();
    };
    if (connection?.arrived(raw, giveBack) !== true) return;
    place = places.take(networksOf(request));
    inWork.inc();
  }
}
