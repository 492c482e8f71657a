import { randomUUIDv7 } from 'node:crypto';
import { Readable } from 'node:stream';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { done, refuse, REFUSALS, type Outcome, type Refusal } from '@jangteo/contracts';
import { bodyChecks } from '@jangteo/gateway/bodies';
import { OPENING, textOf, versionsOf } from '@jangteo/gateway/domain';
import type { DemoLanguage } from '../demo-goods.js';
import { accounts } from './accounts.js';
import { ApiDocument, EVENT_STREAM, type Example, type Operation } from './api-document.js';
import { balance } from './balance.js';
import type { Answer, Call, Handler, Handlers } from './call.js';
import { cart } from './cart.js';
import { goods } from './goods.js';
import { orders } from './orders.js';
import { OpenStreams } from './open-streams.js';
import { choicesOf, preferenceOf, preferred } from './prefer.js';
import { seededStore } from './seeds.js';
import type { Store, User } from './store.js';

/** What is asked for by these is kept; every other operation answers with its example. */
const HANDLERS: Handlers = { ...accounts, ...balance, ...cart, ...goods, ...orders };

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const BODY_BYTES_MAX = 100 * 1_024;

/** STREAM_SECONDS_MAX of a shop that does not set it. */
const STREAM_MS = 900_000;

export interface MockOptions {
  /** Of the same document, where that was read before: what it has compiled is kept. */
  readonly api?: ApiDocument;
  /** How long a stream stays open that has no end of its own. */
  readonly streamMs?: number;
}

/** An answer that was given under an Idempotency-Key, and to what. */
interface Kept {
  readonly asked: string;
  readonly outcome: Outcome<Answer>;
}

/**
 * The API as its document has it, with a memory: a server that is ready to listen. Bodies are read as the gateway of
 * this version reads them.
 */
export function mockShop(
  document: object,
  language: DemoLanguage,
  {
    api = new ApiDocument(document as Readonly<Record<string, unknown>>),
    streamMs = STREAM_MS,
  }: MockOptions = {},
): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, routerOptions: { ignoreTrailingSlash: true } });
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, parsed) => {
    try {
      parsed(null, text === '' ? undefined : JSON.parse(text as string));
    } catch (error) {
      parsed(Object.assign(error as Error, { statusCode: 400 }));
    }
  });
  letEverybodyIn(app);
  const streams = new OpenStreams(streamMs);
  app.addHook('preClose', async () => streams.endAll());
  const mock = new Mock(seededStore(language), document, streams);
  for (const operation of api.operations) {
    app.route({
      method: operation.method,
      url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => mock.answer(operation, request, reply),
    });
  }
  refuseOtherMethods(app, api);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'NOT_FOUND' }));
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode === 413) return sendProblem(reply, { code: 'PAYLOAD_TOO_LARGE' });
    if (statusCode < 500) return sendProblem(reply, invalid('', message));
    console.error(error);
    return sendProblem(reply, { code: 'INTERNAL' });
  });
  return app;
}

/** Pages of every origin may call, and read every header. */
function letEverybodyIn(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    reply.header('x-request-id', headers['x-request-id'] ?? randomUUIDv7());
    reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' });
    if (method !== 'OPTIONS') return undefined;
    // A star would leave out Authorization.
    const asked = headers['access-control-request-headers'] ?? '*';
    reply.headers({
      'access-control-allow-methods': METHODS.join(', '),
      'access-control-allow-headers': asked,
      'access-control-max-age': '7200',
    });
    return reply.status(204).send();
  });
}

function refuseOtherMethods(app: FastifyInstance, { operations }: ApiDocument): void {
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const known = operations.filter((operation) => operation.path === path).map(({ method }) => method);
    app.route({
      method: METHODS.filter((method) => !known.includes(method)),
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (_request, reply) => {
        reply.header('allow', [...known, 'OPTIONS'].join(', '));
        return sendProblem(reply, { code: 'METHOD_NOT_ALLOWED' });
      },
    });
  }
}

function invalid(path: string, message: string): Refusal {
  return { code: 'VALIDATION_FAILED', errors: [{ path, message }] };
}

function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, title } = REFUSALS[refusal.code];
  const { code, detail = title, ...more } = refusal;
  const problem = { type: `urn:jangteo:problem:${code}`, title, status, detail, code, ...more };
  reply.header('content-language', 'en');
  return reply.status(status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Decides what each call is answered. */
class Mock {
  /** By what is done, whatever its route is called, and then by whose key it is. */
  readonly #kept = new Map<Handler, Map<string, Kept>>();
  readonly #bodies = bodyChecks();

  constructor(
    readonly store: Store,
    readonly document: object,
    readonly streams: OpenStreams,
  ) {}

  answer(operation: Operation, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const preference = preferenceOf(headerOf(request, 'prefer'));
    if (preference !== undefined) {
      const example = preferred(operation, preference);
      if (example !== undefined) return sendExample(reply, operation, example);
      const choices = `${operation.id} has ${choicesOf(operation)}`;
      return sendProblem(reply, invalid('prefer', choices));
    }
    const sessionId = this.#sessionOf(request);
    const caller = this.#callerIn(sessionId);
    const isForSome = operation.roles.length > 0;
    if (isForSome && caller === undefined) return refused(reply, operation, { code: 'UNAUTHENTICATED' });
    if (isForSome && !operation.roles.includes(caller!.role)) {
      return refused(reply, operation, { code: 'FORBIDDEN' });
    }
    const { params, query, headers } = request;
    const checked = operation.check({ path: params as object, query: query as object, headers } as never);
    if ('errors' in checked) {
      return refused(reply, operation, { code: 'VALIDATION_FAILED', errors: [...checked.errors] });
    }
    const body = this.#bodies.get(operation.id)?.(request.body ?? undefined) ?? done(request.body);
    if (!body.ok) return refused(reply, operation, body.refusal);
    const versions = operation.takes('If-Match')
      ? versionsOf(headerOf(request, 'if-match'))
      : done(undefined);
    if (!versions.ok) return refused(reply, operation, versions.refusal);
    const call = {
      store: this.store,
      caller: isForSome ? caller : undefined,
      sessionId,
      ...(checked.request as Pick<Call, 'path' | 'query'>),
      body: body.value,
      prefer: headerOf(request, 'prefer') ?? '',
      versions: versions.value,
      lastEventId: headerOf(request, 'last-event-id'),
    };
    return this.#send(reply, operation, this.#outcome(operation, call, request, reply));
  }

  #sessionOf(request: FastifyRequest): string | undefined {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    return this.store.accessTokens.get(token ?? '');
  }

  #callerIn(sessionId: string | undefined): User | undefined {
    return this.store.users.get(this.store.sessions.get(sessionId ?? '')?.userId ?? '');
  }

  /** Answers a repeat under an Idempotency-Key as the first time. */
  #outcome(
    operation: Operation,
    call: Call,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Outcome<Answer> | undefined {
    if (operation.id === 'readApiDocument') return done({ body: this.document });
    const handler = HANDLERS[operation.id];
    const key = headerOf(request, 'idempotency-key');
    if (handler === undefined || key === undefined || !operation.takes('Idempotency-Key')) {
      return handler?.(call);
    }
    const given = this.#kept.get(handler) ?? new Map<string, Kept>();
    this.#kept.set(handler, given);
    const name = `${ownerOf(call)} ${key}`;
    const asked = JSON.stringify([call.path, call.query, call.body]);
    const kept = given.get(name);
    if (kept === undefined) {
      const outcome = handler(call);
      given.set(name, { asked, outcome });
      return outcome;
    }
    if (kept.asked !== asked) return refuse('IDEMPOTENCY_KEY_REUSED');
    reply.header('idempotent-replayed', 'true');
    return kept.outcome;
  }

  /** @param outcome undefined for what the mock keeps nothing of: it is answered with an example */
  #send(reply: FastifyReply, operation: Operation, outcome: Outcome<Answer> | undefined): FastifyReply {
    const example = operation.examples.find(({ status }) => status < 300)!;
    if (outcome === undefined) {
      const isStream = example.mediaType === EVENT_STREAM;
      const body = isStream ? this.streams.open(String(example.body)) : example.body;
      return sendExample(reply, operation, { ...example, body });
    }
    if (!outcome.ok) return refused(reply, operation, outcome.refusal);
    const { status = example.status, headers = {}, events, next } = outcome.value;
    const { body = events && OPENING + events.map(textOf).join('') } = outcome.value;
    reply.headers(headers);
    if (next !== undefined) reply.header('link', nextLink(reply.request.url, next));
    const shown = operation.examples.find((one) => one.status === status) ?? example;
    return sendExample(reply, operation, { ...shown, status, body });
  }
}

/** Whose key it is: strangers are told apart by the e-mail with which they register. */
function ownerOf({ caller, body }: Call): string {
  return caller?.userId ?? (body as { email: string }).email;
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  return headers[name] as string | undefined;
}

function refused(reply: FastifyReply, operation: Operation, refusal: Refusal): FastifyReply {
  reply.headers(documentedHeaders(reply, operation, REFUSALS[refusal.code].status));
  return sendProblem(reply, refusal);
}

/** Those that the document promises, but for the ones that are there. */
function documentedHeaders(
  reply: FastifyReply,
  operation: Operation,
  status: number,
): Record<string, string> {
  const headers = Object.entries(operation.headersOf(status));
  return Object.fromEntries(headers.filter(([name]) => !reply.hasHeader(name)));
}

function sendExample(
  reply: FastifyReply,
  operation: Operation,
  { status, mediaType, body }: Example,
): FastifyReply {
  reply.status(status).headers(documentedHeaders(reply, operation, status));
  if (mediaType === undefined) return reply.send();
  if (body instanceof Readable) return reply.type(mediaType).send(body);
  return reply.type(mediaType).send(mediaType.endsWith('json') ? JSON.stringify(body) : String(body));
}

function nextLink(url: string, cursor: string): string {
  const next = new URL(url, 'http://shop.invalid');
  next.searchParams.set('cursor', cursor);
  return `<${next.pathname}${next.search}>; rel="next"`;
}
