import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Refusal, RefusalCode } from '@jangteo/contracts';
import {
  BodyTooLarge,
  LineBudget,
  TransientFailure,
  UpstreamFailure,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '@jangteo/messaging';
import type { FastifyReply } from 'fastify';
import type { CallRequest } from './request-context.js';
import { languageOf, type Language } from '../domain/language.js';
import { problemOf } from '../domain/problem.js';
import { Refused } from './refusal-error.js';
import { varyBy } from './vary.js';
import { security } from '../accounts/security-log.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** Time after which it is worth asking again when a part of the shop is away. */
const RETRY_AFTER_SECONDS = 1;
const DETAIL_LENGTH_MAX = 200;

/** A request that cannot even be read, or breaks a rule of HTTP. */
function unreadable(status: number, message: string): Refusal {
  if (status === 404) return { code: 'NOT_FOUND' };
  if (status === 408) return { code: 'REQUEST_TIMEOUT' };
  if (status === 413) return { code: 'PAYLOAD_TOO_LARGE' };
  const detail = message.slice(0, DETAIL_LENGTH_MAX);
  return { code: 'VALIDATION_FAILED', detail, errors: [{ path: '', message: detail }] };
}

/** The framework's own errors, as Nest or Fastify throw them; `undefined` for what is a failure of ours. */
function frameworkRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const status =
    error instanceof HttpException ? error.getStatus() : 'statusCode' in error && error.statusCode;
  if (status === 503) return { code: 'SERVICE_UNAVAILABLE' };
  return typeof status === 'number' && status >= 400 && status < 500
    ? unreadable(status, error.message)
    : undefined;
}

type Outage = UpstreamTimeout | UpstreamUnavailable | TransientFailure;

/** Whether something that this process needs was away or late. */
function isOutage(error: unknown): error is Outage {
  return [UpstreamTimeout, UpstreamUnavailable, TransientFailure].some((Kind) => error instanceof Kind);
}

/**
 * Turns anything that was thrown into what a client is told. Of failures it learns no more than that they happened, and
 * whether what it asked for may be done all the same.
 *
 * @param changes whether the request was to change anything
 */
export function refusalOf(error: unknown, changes = true): Refusal {
  if (error instanceof Refused) return error.refusal;
  const isUnknown = error instanceof TransientFailure && error.mayBeDone && changes;
  if (error instanceof UpstreamTimeout || isUnknown) return { code: 'UPSTREAM_TIMEOUT' };
  if (isOutage(error)) return { code: 'SERVICE_UNAVAILABLE' };
  if (error instanceof BodyTooLarge) return { code: 'PAYLOAD_TOO_LARGE' };
  if (error instanceof UpstreamFailure && error.refusal?.code === 'VALIDATION_FAILED') return error.refusal;
  return frameworkRefusal(error) ?? { code: 'INTERNAL' };
}

const languageFor = ({ request }: FastifyReply): Language => languageOf(request.headers['accept-language']);

function sendText(reply: FastifyReply, status: number, text: string, language: Language): void {
  varyBy(reply, 'Accept-Language');
  reply.header('content-language', language);
  // Also where the success of the route may be kept.
  reply.header('cache-control', 'no-store');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  // Who refuses may know better.
  if (status === 503 && !reply.hasHeader('retry-after'))
    reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  reply.status(status).type(PROBLEM_TYPE).send(text);
}

/** Answers with a problem, and with the headers that its status asks for. */
export function sendProblem(reply: FastifyReply, refusal: Refusal, more: object = {}): void {
  const language = languageFor(reply);
  const problem = problemOf(refusal, language);
  // Of a limit that another service keeps nobody knows better.
  if (problem.status === 429 && !reply.hasHeader('retry-after'))
    reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  sendText(reply, problem.status, JSON.stringify({ ...problem, ...more }), language);
}

/** As {@link sendProblem}, for a problem that is answered so often that its text is made once. */
export function problemSender(refusal: Refusal): (reply: FastifyReply) => void {
  const { status } = problemOf(refusal);
  const texts = {
    en: JSON.stringify(problemOf(refusal, 'en')),
    ko: JSON.stringify(problemOf(refusal, 'ko')),
  };
  return (reply) => {
    const language = languageFor(reply);
    sendText(reply, status, texts[language], language);
  };
}

/** Health checks say what is missing in the body of their exception. */
export function healthOf(error: unknown): object {
  const body = error instanceof HttpException ? error.getResponse() : undefined;
  return typeof body === 'object' && 'details' in body ? { details: body.details } : {};
}

function noteForbidden({ id: requestId, method, routeOptions, caller }: CallRequest): void {
  const who = caller === undefined ? {} : { userId: caller.userId };
  security.note('forbidden', { ...who, requestId, route: `${method} ${routeOptions.url ?? ''}` });
}

/** A path as it was asked for; its query may hold an e-mail address, which is for no log. */
const pathOf = (url: string): string => url.slice(0, `${url}?`.indexOf('?'));

/** Of each code; an outage has one for each request, and would fill the disk that it needs. */
const LINES_PER_MINUTE = 100;

/** Makes every answer that is not a success a problem (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Problem');
  readonly #lines = new LineBudget(LINES_PER_MINUTE);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<CallRequest>();
    const reply = http.getResponse<FastifyReply>();
    const refusal = refusalOf(error, request.method !== 'GET' && request.method !== 'HEAD');
    this.#note(refusal.code, error, request);
    if (refusal.code === 'FORBIDDEN') noteForbidden(request);
    if (error instanceof Refused && error.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(error.retryAfterSeconds));
    }
    if (!reply.sent) sendProblem(reply, refusal, healthOf(error));
  }

  /** What was no fault of the client has its cause in the log. */
  #note(code: RefusalCode, error: unknown, { id: requestId, method, originalUrl }: CallRequest): void {
    const why = error instanceof Refused ? error.cause : error;
    if (code !== 'INTERNAL' && !isOutage(why)) return;
    const leftOut = this.#lines.take(code, performance.now());
    if (leftOut === undefined) return;
    const about = {
      code,
      requestId,
      method,
      path: pathOf(originalUrl),
      ...(leftOut === 0 ? {} : { leftOut }),
    };
    if (isOutage(why)) this.#logger.warn({ ...about, cause: why.message });
    else this.#logger.error({ ...about, err: why instanceof Error ? why : new Error(String(why)) });
  }
}
