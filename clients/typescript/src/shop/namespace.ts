import type { Operations } from '../api.js';
import { List } from '../pages.js';
import { streamOf, type StreamOptions } from '../server-events.js';
import { STREAM_PATHS, type StreamEvent, type StreamName } from '../streams.js';
import { pathOf, type AnswerOf, type ArgumentsOf, type CallOptions, type Transport } from '../transport.js';

/** Operations whose answer is a list. */
type ListOperation = {
  [O in keyof Operations]: AnswerOf<O> extends readonly unknown[] ? O : never;
}[keyof Operations];

/** What parts of the shop have in common: they ask operations of its document. */
export abstract class Namespace {
  protected readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  protected call<O extends keyof Operations>(
    id: O,
    given: ArgumentsOf<O>,
    options?: CallOptions,
  ): Promise<AnswerOf<O>> {
    return this.transport.call(id, given, options);
  }

  protected pagesOf<O extends ListOperation>(
    id: O,
    given: ArgumentsOf<O>,
    options?: CallOptions,
  ): List<AnswerOf<O>[number]> {
    return new List(this.transport, this.transport.callOf(id, given), options);
  }

  protected stream<S extends StreamName>(
    name: S,
    path: Readonly<Record<string, string>>,
    options?: StreamOptions,
    isLast?: (event: StreamEvent<S>) => boolean,
  ): AsyncGenerator<StreamEvent<S>, void, undefined> {
    const call = { method: 'GET', path: pathOf(STREAM_PATHS[name], path), isKeyed: false };
    return streamOf<StreamEvent<S>>(this.transport, call, options, isLast);
  }
}
