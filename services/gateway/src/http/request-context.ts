import { createHash, randomUUID } from 'node:crypto';
import { traceparentOfSpan } from '@jangteo/tracing';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Operation, RequestContract } from '@jangteo/contracts';
import { newId } from '@jangteo/messaging';
import type { Trace } from '@jangteo/messaging';
import type { FastifyReply } from 'fastify';
import type { OpenEntry } from '../domain/admin-entry.js';
import type { LoggedIn } from '../domain/caller.js';
import { canonicalJson, idempotencyKeyOf, operationOf } from '../domain/idempotency.js';
import { tagOf, versionsOf } from '../domain/if-match.js';
import { nextLink } from '../domain/link.js';
import { networksOf } from '../domain/network.js';
import { isOwnPage } from '../domain/own-page.js';
import { traceparentOf } from '../domain/trace.js';
import { valueOf } from './refusal-error.js';
import type { TracedRequest } from './request-spans.js';

/** A request, with who makes it once the access guard has found out. */
export type CallRequest = TracedRequest & { caller?: LoggedIn; adminEntry?: OpenEntry };

const REPLAYED = 'idempotent-replayed';

/**
 * Node keeps a store of random UUIDs, where random bytes are a call each time. With their version among the
 * first 8 bytes they are never all zero.
 */
const randomHex = (bytes: number): string =>
  randomUUID()
    .replaceAll('-', '')
    .slice(0, bytes * 2);

/** One call of the API, apart from its body: who makes it, what it belongs to, what goes into the answer's head. */
export class Call {
  readonly trace: Trace;

  constructor(
    private readonly request: CallRequest,
    private readonly reply: FastifyReply,
  ) {
    const { span } = request;
    const traceparent = span ? traceparentOfSpan(span) : traceparentOf(this.header('traceparent'), randomHex);
    this.trace = { requestId: request.id, traceparent };
  }

  /** @throws Error on a route that is open to anyone */
  get caller(): LoggedIn {
    const { caller } = this.request;
    if (caller === undefined) throw new Error('nobody has to log in for this route');
    return caller;
  }

  /** Whom limits count the client as: its networks, the narrowest first, as far as proxies are trusted. */
  get networks(): [string, ...string[]] {
    return networksOf(this.request.ip);
  }

  /** False where another site's page has sent it. */
  get isOfOwnPage(): boolean {
    const { host } = this.request;
    return isOwnPage({ site: this.header('sec-fetch-site'), origin: this.header('origin'), host });
  }

  get isReading(): boolean {
    return this.request.method === 'GET' || this.request.method === 'HEAD';
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** @throws Refused with VALIDATION_FAILED when the Idempotency-Key is no key */
  idempotencyKey(): string | undefined {
    return valueOf(idempotencyKeyOf(this.header('idempotency-key')));
  }

  /**
   * The name under which the owning service stores the outcome of this write: the client's, so that it can
   * ask again, or one that is never used twice.
   *
   * @param material everything of path and body that makes this write another one
   * @param part tells a write of several from the first, under one key
   * @throws Refused with VALIDATION_FAILED when the Idempotency-Key is no key
   */
  operation(contract: Pick<RequestContract, 'type'>, material: unknown, part = ''): Operation {
    const key = this.idempotencyKey();
    if (key === undefined) return { key: newId(), fingerprint: '' };
    const fingerprint = createHash('sha256').update(canonicalJson(material)).digest('base64url');
    const { userId, keyId = userId } = this.caller;
    return operationOf(keyId, contract.type + part, key, fingerprint);
  }

  /**
   * Versions of which one must be the one that is changed; `undefined` where any may be.
   *
   * @throws Refused with VALIDATION_FAILED when If-Match has no tags
   */
  ifMatch(): number[] | undefined {
    return valueOf(versionsOf(this.header('if-match')));
  }

  /** Says which version is answered with; a service of the release before does not know. */
  tellVersion({ version }: { readonly version?: number | undefined }): void {
    if (version !== undefined) this.tell('etag', tagOf(version));
  }

  /** Says that an earlier request with this one's Idempotency-Key was answered so; nothing where it has none. */
  tellReplayed(): void {
    if (this.header('idempotency-key') !== undefined) this.tell(REPLAYED, 'true');
  }

  /** Whether what was answered so far was answered before; never where the request has no Idempotency-Key. */
  get isReplay(): boolean {
    return this.reply.hasHeader(REPLAYED);
  }

  /** Takes back {@link tellReplayed}: of several writes under one key only the one that is answered with counts. */
  untellReplayed(): void {
    this.reply.removeHeader(REPLAYED);
  }

  /** Sets a header of the answer. */
  tell(name: string, value: string): void {
    this.reply.header(name, value);
  }

  /**
   * The name of what staff do by this call, under which it can be asked what became of it: its entry in their log.
   *
   * @throws Error where the call is none that is logged
   */
  get operationId(): string {
    const { adminEntry } = this.request;
    if (adminEntry === undefined) throw new Error('this call is not in the admin log');
    return adminEntry.entryId;
  }

  /** Keeps the state before the change, for the log of what admins do. */
  noteBefore(before: object | undefined): void {
    const { adminEntry } = this.request;
    if (adminEntry !== undefined) adminEntry.before = before;
  }

  /** The answer's status, where it is not the route's usual one. */
  status(status: number): void {
    this.reply.status(status);
  }

  /** Says where a list goes on, if it does. */
  linkNext(next: string | undefined): void {
    if (next !== undefined) this.tell('link', nextLink(this.request.url, next));
  }
}

/** Gives a controller's method the {@link Call}. */
export const FromCall = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  return new Call(http.getRequest<CallRequest>(), http.getResponse<FastifyReply>());
});
