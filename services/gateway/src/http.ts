import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { requestIdOf } from '@jangteo/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limitWork } from './admission.js';
import { letGoWhenClosing } from './closing.js';
import { problemOf } from './domain/problem.js';
import type { GatewayConfig } from './gateway.config.js';
import { ProblemFilter, PROBLEM_TYPE, refusalOf, sendProblem } from './problem.filter.js';
import { limitRate } from './rate-limit.js';
import { Refused } from './refused.js';
import { traceRequests } from './request-spans.js';
import { timeRequests } from './request.metrics.js';
import { ValidationPipe } from './validation.pipe.js';

const BODY_BYTES_MAX = 100 * 1_024;
/** How much later than its deadline a request that is still arriving may be noticed. */
const ARRIVAL_LOOK_EVERY_MS_MAX = 5_000;

const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The request's id, the same for Fastify, for the logs and in the answer. */
function requestId(raw: IncomingMessage & { id?: unknown }): string {
  const id = requestIdOf(raw.headers['x-request-id']);
  raw.id = id;
  return id;
}

/** Answers what is no HTTP, before there is a request that anything else could answer. */
function refuseSocket(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const detail =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'the address and headers of the request are too long'
      : 'the request is not valid HTTP';
  const errors = [{ path: '', message: detail }];
  const body = JSON.stringify(problemOf({ code: 'VALIDATION_FAILED', detail, errors }));
  const head = [
    'HTTP/1.1 400 Bad Request',
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestIdOf(undefined)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** The HTTP server of the API. */
export function httpAdapter({
  TRUSTED_PROXIES,
  REQUEST_ARRIVAL_DEADLINE_MS: arrivalMs,
}: Pick<GatewayConfig, 'TRUSTED_PROXIES' | 'REQUEST_ARRIVAL_DEADLINE_MS'>): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    genReqId: requestId,
    requestTimeout: arrivalMs,
    http: {
      // Node takes the smaller of both times for that of the head, and the larger one for that of the whole.
      headersTimeout: arrivalMs,
      // It looks every 30 seconds unless told, which may double the time.
      connectionsCheckingInterval: Math.min(arrivalMs, ARRIVAL_LOOK_EVERY_MS_MAX),
    },
    // While the process drains, a request on a connection that is open still gets its answer.
    return503OnClosing: false,
    ...(TRUSTED_PROXIES === undefined ? {} : { trustProxy: TRUSTED_PROXIES }),
    clientErrorHandler: refuseSocket,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      sendProblem(reply, refusalOf(error));
    },
  });
}

function invalidBody(message: string): Refused {
  return new Refused({ code: 'VALIDATION_FAILED', detail: message, errors: [{ path: '', message }] });
}

type Done = (error: Error | null, body?: unknown) => void;

/** Bodies are JSON in UTF-8, or nothing; what is declared to be anything else is refused. */
function acceptOnlyJson(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  const options = { bodyLimit: BODY_BYTES_MAX };
  app.useBodyParser('application/json', options, (request: FastifyRequest, body: Buffer, done: Done) => {
    if (body.length === 0) return done(null, undefined);
    let text: string;
    try {
      text = utf8.decode(body);
    } catch {
      return done(invalidBody('the body is not UTF-8'));
    }
    return parse(request, text, done);
  });
  app.useBodyParser('*', options, (_request: FastifyRequest, body: Buffer, done: Done) => {
    if (body.length === 0) done(null, undefined);
    else done(invalidBody('the body must be JSON, with the content type application/json'));
  });
}

/** An expectation that nobody knows is passed over (RFC 9110, 10.1.1) and not answered with a bare 417. */
function passOverExpectations(app: NestFastifyApplication): void {
  const { server } = app.getHttpAdapter().getInstance();
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Sets up what every answer has in common. */
export function prepareHttp(
  app: NestFastifyApplication,
  limits: Pick<GatewayConfig, 'REQUESTS_IN_WORK_MAX' | 'RATE_LIMIT_PER_MINUTE'>,
): void {
  acceptOnlyJson(app);
  letGoWhenClosing(app.getHttpAdapter().getInstance());
  passOverExpectations(app);
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new ValidationPipe());
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, next) => {
      reply.header('x-request-id', request.id);
      reply.header('x-content-type-options', 'nosniff');
      // Nothing of an answer is ever shown as a page, but for the pages that say so themselves.
      reply.header('content-security-policy', NO_PAGE);
      // Answers are of one moment and one user; the few that are not say so themselves.
      reply.header('cache-control', 'no-store');
      next();
    });
  traceRequests(app.getHttpAdapter().getInstance());
  timeRequests(app.getHttpAdapter().getInstance());
  // After the hook above, so that a refusal has an id as well. The cheaper one first.
  limitWork(app.getHttpAdapter().getInstance(), limits.REQUESTS_IN_WORK_MAX);
  limitRate(app, limits.RATE_LIMIT_PER_MINUTE);
}
