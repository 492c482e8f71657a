import { JangteoError } from './problem.js';
import { pause, pauseMs, RETRY, type Retry } from './retry.js';
import type { Call, CallOptions, Transport } from './transport.js';

/** An event of a stream, its data read as JSON. */
export interface ServerEvent<Data = unknown, Type extends string = string> {
  /** Where a stream goes on after it; empty where it has no such place. */
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
}

export interface StreamOptions extends Pick<CallOptions, 'signal' | 'requestId' | 'retry'> {
  /** Goes on after the event of this id. */
  readonly lastEventId?: string | undefined;
  /** Milliseconds without a byte after which the connection counts as lost (45,000). */
  readonly silenceMs?: number | undefined;
}

/** An event as its lines have it; how long to wait before the stream is opened again; a comment, such as a heartbeat. */
type Parsed =
  | { readonly id: string; readonly type: string; readonly data: string }
  | { readonly retryMs: number }
  | { readonly comment: string };

/** Reads lines of a stream as the standard of server-sent events has it, however they are cut into chunks. */
export class EventParser {
  #rest = '';
  #data: string[] = [];
  #type = '';
  #id: string;

  constructor(lastEventId = '') {
    this.#id = lastEventId;
  }

  *push(chunk: string): Generator<Parsed> {
    // A carriage return at the end may be half of a line's end.
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const parsed = this.#line(line);
      if (parsed !== undefined) yield parsed;
    }
  }

  #line(line: string): Parsed | undefined {
    if (line === '') return this.#dispatch();
    const [name = '', ...rest] = line.split(':');
    const value = rest.join(':').replace(/^ /, '');
    if (name === '') return { comment: value };
    if (name === 'data') this.#data.push(value);
    if (name === 'event') this.#type = value;
    if (name === 'id' && !value.includes('\0')) this.#id = value;
    return name === 'retry' && /^\d+$/.test(value) ? { retryMs: Number(value) } : undefined;
  }

  #dispatch(): Parsed | undefined {
    const [data, type] = [this.#data, this.#type];
    this.#data = [];
    this.#type = '';
    if (data.length === 0) return undefined;
    return { id: this.#id, type: type || 'message', data: data.join('\n') };
  }
}

/** Three of the shop's heartbeats. */
const SILENCE_MS = 45_000;

/** Awaits what is read. @throws Error where it takes longer */
async function within<T>(ms: number, reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing came for ${ms} ms`)), ms);
  });
  return await Promise.race([reading, silence]).finally(() => clearTimeout(timer));
}

/** @throws Error where the connection was lost, or says nothing for so long */
async function* chunksOf(body: ReadableStream<Uint8Array>, silenceMs: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A stream is opened so often at most without a line of it in between: a shop that is restarted is waited for. */
const SILENT_TRIES_MAX = 10;
const RETRY_STREAM: Retry = { ...RETRY, tries: SILENT_TRIES_MAX };

/**
 * Reads a stream, and takes it up where it was cut off: after the last event that came, with pauses that grow while
 * nothing comes. Ends where the shop has no more (204), or after an event that is the last one.
 *
 * @throws JangteoError for what is refused, and when it was cut off ten times without an event or a heartbeat
 */
export async function* streamOf<E extends ServerEvent>(
  transport: Transport,
  call: Call,
  { lastEventId, silenceMs = SILENCE_MS, signal: given, ...options }: StreamOptions = {},
  isLast: (event: E) => boolean = () => false,
): AsyncGenerator<E, void, undefined> {
  const ending = new AbortController();
  const signal = given === undefined ? ending.signal : AbortSignal.any([given, ending.signal]);
  let [lastId, retryMs, tried] = [lastEventId ?? '', 0, 0];
  try {
    for (;;) {
      const resume: Record<string, string> = lastId === '' ? {} : { 'last-event-id': lastId };
      const headers = { accept: 'text/event-stream', ...call.headers, ...resume };
      const response = await transport.open({ ...call, headers }, signal, {
        retry: RETRY_STREAM,
        ...options,
      });
      // A 204.
      if (response.body === null) return;
      const parser = new EventParser(lastId);
      try {
        for await (const chunk of chunksOf(response.body, silenceMs)) {
          for (const parsed of parser.push(chunk)) {
            if ('retryMs' in parsed) {
              ({ retryMs } = parsed);
              continue;
            }
            tried = 0;
            if ('comment' in parsed) continue;
            lastId = parsed.id;
            const event = { ...parsed, data: JSON.parse(parsed.data) as unknown } as E;
            yield event;
            if (isLast(event)) return;
          }
        }
      } catch (error) {
        if (given?.aborted) throw given.reason;
        if (error instanceof SyntaxError) throw error;
        // The connection was lost: the next one goes on.
      }
      tried += 1;
      const wait = pauseMs(RETRY_STREAM, tried, retryMs, Math.random());
      if (wait === undefined) throw streamLost(call);
      await pause(wait, given);
    }
  } finally {
    ending.abort();
  }
}

function streamLost({ path }: Call): JangteoError {
  const detail = `${path} was cut off ${SILENT_TRIES_MAX} times without a word`;
  return new JangteoError({ title: 'The stream ends', detail, status: 0, code: 'NO_ANSWER' });
}
