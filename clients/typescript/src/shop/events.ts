import type { OrderRecord, OrderRecords } from '../api.js';
import { pause } from '../retry.js';
import type { CallOptions, QueryOf } from '../transport.js';
import { Namespace } from './namespace.js';

export interface FollowOptions extends CallOptions {
  /** Only what comes after this number; from the first that is kept without it. */
  readonly after?: number;
  /** Milliseconds between looks where there is nothing new; without it the records end with the newest. */
  readonly everyMs?: number;
}

/** More than one page are read anyhow. */
const LIMIT = 100;

/** The gapless numbered records of completed and cancelled orders. */
export class Events extends Namespace {
  /** Reads one page; ask with its `next` for the one after it. */
  read(query: QueryOf<'readEvents'> = {}, options?: CallOptions): Promise<OrderRecords> {
    return this.call('readEvents', { query }, options);
  }

  /** All records from a number on, oldest first. Keep `sequence` of the last one to go on later. */
  async *follow({ after, everyMs, ...options }: FollowOptions = {}): AsyncGenerator<
    OrderRecord,
    void,
    undefined
  > {
    for (let last = after ?? 0; ;) {
      const { events, next } = await this.read({ after: last, limit: LIMIT }, options);
      yield* events;
      last = next;
      if (events.length > 0) continue;
      if (everyMs === undefined) return;
      await pause(everyMs, options.signal);
    }
  }
}
