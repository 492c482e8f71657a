import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { Share } from '../domain/network.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Requests that may wait behind the one in work: all of them came in one piece, before reading could stop. */
const WAITING_MAX = 1_000;
/** On all connections; each takes some three kilobytes. */
const WAITING_IN_ALL_MAX = 10_000;

/**
 * A client's connection, on which one request is in work at a time. Those that were sent behind it wait, unread as
 * far as Node lets them be: it goes on to parse what it has read when reading stops.
 */
export class Connection {
  #current: ServerResponse | undefined;
  #reply: FastifyReply | undefined;
  #hasArrived = false;
  #madeAtMs: number | undefined;
  #giveBack: (() => void) | undefined;
  readonly #waiting: [IncomingMessage, ServerResponse][] = [];
  #isHeld = false;
  #lastWords: string | undefined;
  /** Something of the last request is still missing, though it was answered. */
  #isAnsweredEarly = false;

  constructor(
    readonly socket: Socket,
    /** Whom limits count it as; a proxy's connection is of many clients, and of nobody. */
    readonly shares: readonly Share[],
    /** The number of requests that wait on all connections. */
    private readonly inAll: { waiting: number },
  ) {
    // Node reads on by itself whenever a request has been parsed to its end.
    socket.on('resume', () => {
      if (this.#isHeld) socket.pause();
    });
  }

  /** True while nothing is asked on it, as far as its client has said. */
  get isIdle(): boolean {
    return this.#current === undefined;
  }

  /** True while a request that has arrived in full is in work. */
  get isServed(): boolean {
    return this.#current !== undefined && this.#hasArrived;
  }

  /** Has a request worked on now, or when those before it are answered. @returns whether it can wait */
  take(request: IncomingMessage, response: ServerResponse, handle: Handler): boolean {
    // It ends: what is sent now is for nobody.
    if (this.#lastWords !== undefined) return true;
    if (this.#current === undefined) {
      this.#begin(request, response, handle);
      return true;
    }
    if (this.#waiting.length >= WAITING_MAX || this.inAll.waiting >= WAITING_IN_ALL_MAX) return false;
    this.#waiting.push([request, response]);
    this.inAll.waiting += 1;
    this.#hold();
    return true;
  }

  /** The request in work is being answered by this, as soon as all of it is there. */
  begun(reply: FastifyReply): void {
    if (reply.raw === this.#current) this.#reply = reply;
  }

  /**
   * All of the request in work has arrived.
   *
   * @param giveBack called once, when its answer is made or its client is gone
   * @returns false where its client is gone already
   */
  arrived(response: ServerResponse, giveBack?: () => void): boolean {
    if (response !== this.#current || response.destroyed) return false;
    this.#hasArrived = true;
    this.#giveBack = giveBack;
    return true;
  }

  /** The answer is made, and about to be sent. */
  made(response: ServerResponse): void {
    if (response !== this.#current) return;
    this.#release();
    this.#madeAtMs ??= performance.now();
  }

  /** The answer is a stream, which begins now: it is nothing in work, and may be sent for as long as it goes on. */
  streamed(response: ServerResponse): void {
    if (response === this.#current) this.#release();
  }

  /** Tells whether an answer has been on its way for so long without all of its bytes having left. */
  isSendingLongerThan(deadlineMs: number, nowMs: number): boolean {
    return this.#madeAtMs !== undefined && nowMs - this.#madeAtMs > deadlineMs;
  }

  /** The reply to a request of which something is still missing. */
  get unarrived(): FastifyReply | undefined {
    const isThere = this.#hasArrived || this.#madeAtMs !== undefined || this.#reply?.request.raw.complete;
    return isThere ? undefined : this.#reply;
  }

  /** Says something that answers no request, after the answers to all requests, and ends. */
  endWith(text: string): void {
    this.#lastWords = text;
    if (this.#isAnsweredEarly) this.socket.destroy();
    else if (this.#current === undefined) this.#end(text);
    else this.#hold();
  }

  /** The client is gone, or cut off: nothing of what waits is begun any more. */
  closed(): void {
    this.inAll.waiting -= this.#waiting.length;
    this.#waiting.length = 0;
    this.#release();
  }

  #begin(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    this.#current = response;
    this.#isAnsweredEarly = false;
    // Unlike Fastify's onResponse, Node says this once of every answer, sent or not.
    response.once('close', () => this.#finished(request, handle));
    handle(request, response);
  }

  #finished(request: IncomingMessage, handle: Handler): void {
    this.#release();
    this.#isAnsweredEarly = !request.complete;
    this.#current = undefined;
    this.#reply = undefined;
    this.#hasArrived = false;
    this.#madeAtMs = undefined;
    if (this.socket.destroyed) return;
    // The answer was the last one of its connection: nobody would hear of what comes behind it.
    if (!this.socket.writable) this.closed();
    const next = this.#waiting[0];
    if (next !== undefined && (this.#lastWords === undefined || next[0].complete)) {
      this.#waiting.shift();
      this.inAll.waiting -= 1;
      // Of the last one something may still be to come; of those before it nothing is.
      if (this.#waiting.length === 0 && this.#lastWords === undefined) this.#letGo();
      this.#begin(...next, handle);
    } else if (this.#lastWords !== undefined) {
      // What waits has not arrived, and will not: reading is over.
      this.closed();
      if (this.#isAnsweredEarly) this.socket.destroy();
      else this.#end(this.#lastWords);
    } else this.#letGo();
  }

  #end(text: string): void {
    const { socket } = this;
    socket.end(text, () => socket.destroy());
  }

  #release(): void {
    const giveBack = this.#giveBack;
    this.#giveBack = undefined;
    giveBack?.();
  }

  #hold(): void {
    this.#isHeld = true;
    this.socket.pause();
  }

  #letGo(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.socket.resume();
  }
}
