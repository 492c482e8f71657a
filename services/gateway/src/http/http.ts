import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Refusal } from '@jangteo/contracts';
import { requestIdOf } from '@jangteo/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limitWork } from './load-shedding.js';
import type { ApiRoute } from '../openapi/api-routes.js';
import { letGoWhenClosing } from './connection-draining.js';
import type { Handler } from './connection.js';
import { Connections } from './connections.js';
import { letOriginsIn } from './cors.js';
import { sayEndings } from './endings.js';
import { problemOf } from '../domain/problem.js';
import type { GatewayConfig } from '../gateway.config.js';
import { ProblemFilter, PROBLEM_TYPE, sendProblem } from './problem.filter.js';
import { limitRate } from './rate-limit.js';
import { Refused } from './refusal-error.js';
import { traceRequests } from './request-spans.js';
import { timeRequests } from './request.metrics.js';
import { answerStrays, originForm, refuseBodies, refuseUnroutable } from './routing.js';
import { NetworkList } from './network-list.js';
import { ValidationPipe } from './validation.pipe.js';

const BODY_BYTES_MAX = 100 * 1_024;
/** The greatest delay with which a request that is still arriving after its deadline is noticed. */
const ARRIVAL_LOOK_EVERY_MS_MAX = 5_000;

const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The request's id, the same for Fastify, for the logs and in the answer. */
function requestId(raw: IncomingMessage & { id?: unknown }): string {
  const id = requestIdOf(raw.headers['x-request-id']);
  raw.id = id;
  return id;
}

function refusalOfSocket({ code }: { code?: string }): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'REQUEST_TIMEOUT' };
  const detail =
    code === 'HPE_HEADER_OVERFLOW'
      ? 'the address and headers of the request are too long'
      : 'the request is not valid HTTP';
  return { code: 'VALIDATION_FAILED', detail, errors: [{ path: '', message: detail }] };
}

/** A whole answer to what there is no request of that anything else could answer, and the end of its connection. */
function lastWordsOf(refusal: Refusal): string {
  const problem = problemOf(refusal);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    'content-language: en',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestIdOf(undefined)}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    ...(problem.status === 503 ? ['retry-after: 1'] : []),
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

const tooManyConnections = (): string =>
  lastWordsOf({ code: 'SERVICE_UNAVAILABLE', detail: 'too many connections from this address' });

/** Answers what is no HTTP, or did not arrive in time, after what was asked before it. */
function refuseSocket(connections: Connections, error: Error & { code?: string }, socket: Socket): void {
  const connection = connections.of(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || connection === undefined) {
    socket.destroy();
    return;
  }
  const refusal = refusalOfSocket(error);
  const { unarrived } = connection;
  if (unarrived === undefined) connection.endWith(lastWordsOf(refusal));
  else {
    unarrived.header('connection', 'close');
    sendProblem(unarrived, refusal);
  }
}

type ServerSettings = Pick<GatewayConfig, 'CONNECTION_IDLE_MS' | 'REQUEST_ARRIVAL_DEADLINE_MS'>;

function serverOf(settings: ServerSettings, connections: Connections, handle: Handler): Server {
  const { CONNECTION_IDLE_MS: keepAliveTimeout, REQUEST_ARRIVAL_DEADLINE_MS: arrivalMs } = settings;
  const server = createServer(
    {
      keepAliveTimeout,
      requestTimeout: arrivalMs,
      // Node takes the smaller of both times for that of the head, and the larger one for that of the whole.
      headersTimeout: arrivalMs,
      // It looks every 30 seconds unless told, which may double the time.
      connectionsCheckingInterval: Math.min(arrivalMs, ARRIVAL_LOOK_EVERY_MS_MAX),
    },
    connections.oneByOne(handle),
  );
  // An expectation that nobody knows is passed over (RFC 9110, 10.1.1) and not answered with a bare 417.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  connections.watch(server);
  return server;
}

type DoorConfig = ServerSettings &
  Pick<GatewayConfig, 'CORS_ORIGINS' | 'RATE_LIMIT_PER_MINUTE' | 'REQUESTS_IN_WORK_MAX' | 'TRUSTED_PROXIES'> &
  ConstructorParameters<typeof Connections>[0];

/** The way by which every request comes in and every answer goes out. */
export class FrontDoor {
  readonly #proxies: NetworkList;
  readonly #connections: Connections;

  constructor(private readonly config: DoorConfig) {
    this.#proxies = config.TRUSTED_PROXIES ?? new NetworkList();
    this.#connections = new Connections(config, this.#proxies, tooManyConnections);
  }

  /** The HTTP server of the API. */
  adapter(): FastifyAdapter {
    return new FastifyAdapter({
      bodyLimit: BODY_BYTES_MAX,
      genReqId: requestId,
      serverFactory: (handle: Handler) => serverOf(this.config, this.#connections, handle),
      // While the process drains, a request on a connection that is open still gets its answer.
      return503OnClosing: false,
      trustProxy: (address: string) => this.#proxies.has(address),
      rewriteUrl: ({ url = '/' }) => originForm(url),
      routerOptions: { ignoreTrailingSlash: true },
      clientErrorHandler: (error, socket) => refuseSocket(this.#connections, error, socket),
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
        refuseUnroutable(error, request, reply),
    });
  }

  /** Sets up what every answer has in common. @param routes those whose queries and bodies are held to what they know */
  prepare(app: NestFastifyApplication, routes: readonly ApiRoute[]): void {
    const fastify = app.getHttpAdapter().getInstance();
    acceptOnlyJson(app);
    letGoWhenClosing(fastify, this.#connections);
    app.useGlobalFilters(new ProblemFilter());
    app.useGlobalPipes(new ValidationPipe());
    fastify.addHook('onRequest', (request, reply, next) => {
      this.#connections.of(request.raw.socket)?.begun(reply);
      reply.header('x-request-id', request.id);
      reply.header('x-content-type-options', 'nosniff');
      // Nothing of an answer is ever shown as a page, but for the pages that say so themselves.
      reply.header('content-security-policy', NO_PAGE);
      // Answers are of one moment and one user; the few that are not say so themselves.
      reply.header('cache-control', 'no-store');
      next();
    });
    sayEndings(fastify, routes);
    letOriginsIn(fastify, this.config.CORS_ORIGINS);
    traceRequests(fastify);
    timeRequests(fastify);
    // After the hook above, so that a refusal has an id as well. The cheaper one first.
    limitWork(fastify, this.#connections, this.config.REQUESTS_IN_WORK_MAX);
    limitRate(app, this.config.RATE_LIMIT_PER_MINUTE);
    answerStrays(fastify, routes);
    refuseBodies(fastify, routes);
  }
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
