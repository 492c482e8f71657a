import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { HEARTBEAT, OPENING } from '../domain/server-sent.js';

export const EVENT_STREAM = 'text/event-stream';

/** Why a stream has ended: its client left, nothing comes any more, or it was ended by us. */
export type StreamEnd = 'client' | 'over' | 'age' | 'access' | 'slow' | 'stopping';

/**
 * An answer that goes on: server-sent events for one client. It is an ordinary answer to the framework, with all its
 * headers; of the limits on answers those on sending begin when it ends.
 */
export class EventStream extends Readable {
  #end: StreamEnd = 'client';
  #isOver = false;
  #saidAtMs = performance.now();

  /**
   * @param unsentMax bytes that may wait for the client before it is cut off
   */
  constructor(
    private readonly reply: FastifyReply,
    private readonly unsentMax: number,
  ) {
    super();
    // Once the answer is sent or the connection lost, also where only its head was asked for.
    reply.raw.once('close', () => this.destroy());
    this.say(OPENING);
  }

  /** Why it has ended, once it has. */
  get ended(): StreamEnd {
    return this.#end;
  }

  /** Sends the stream's head, and from then on what is said. */
  open(): void {
    const { reply } = this;
    reply.header('content-type', EVENT_STREAM);
    reply.header('x-accel-buffering', 'no');
    void reply.send(this);
  }

  /** Sends the text of an event, unless too much waits already. */
  say(text: string): void {
    if (this.#isOver || this.destroyed) return;
    this.#saidAtMs = performance.now();
    this.push(text);
    if (this.readableLength + (this.#socket?.writableLength ?? 0) > this.unsentMax) this.#cutOff();
  }

  /** Sends a comment where nothing was said for so long. */
  beat(pauseMs: number): void {
    if (performance.now() - this.#saidAtMs >= pauseMs) this.say(HEARTBEAT);
  }

  /** Ends the answer in order. */
  finish(reason: Exclude<StreamEnd, 'client' | 'slow'>): void {
    if (this.#isOver || this.destroyed) return;
    this.#isOver = true;
    this.#end = reason;
    this.push(null);
    this.emit('finished');
  }

  override _read(): void {
    // What is said is pushed as it comes.
  }

  get #socket() {
    return this.reply.raw.socket;
  }

  #cutOff(): void {
    this.#isOver = true;
    this.#end = 'slow';
    this.#socket?.destroy();
    this.destroy();
  }
}
