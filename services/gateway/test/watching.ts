import { expect } from '@jest/globals';
import type { OrderWithHistory } from '@jangteo/contracts';
import { eventually, type CallOptions } from '@jangteo/testkit';

/** An event as it came. */
export interface Told {
  readonly event: string;
  readonly id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A stream of the gateway, read as it comes. */
export interface Watching {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly Told[];
  /** Comments that came, which tell nobody anything. */
  readonly comments: number;
  /** True once it is over, and whether its end came in order or it was cut off. */
  readonly hasEnded: boolean;
  readonly isCutOff: boolean;
  /** Waits until an event has come that fits. */
  until(fits: (told: Told) => boolean): Promise<Told>;
  untilEnded(): Promise<void>;
  /** Leaves it, as a client that is closed. */
  leave(): Promise<void>;
}

function toldBy(block: string): Told {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [name = '', value = ''] = line.split(/: (.*)/s);
      return [name, value] as const;
    }),
  );
  const id = fields.get('id');
  const data = JSON.parse(fields.get('data') ?? 'null') as Told['data'];
  return { event: fields.get('event') ?? '', ...(id === undefined ? {} : { id }), data };
}

/** Opens a stream, as a page would by `fetch`. */
export async function watch(
  url: string,
  path: string,
  { token, headers = {} }: CallOptions = {},
): Promise<Watching> {
  const leaving = new AbortController();
  const response = await fetch(url + path, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    signal: leaving.signal,
  });
  const seen = { events: [] as Told[], comments: 0, hasEnded: false, isCutOff: false };
  const reading = (async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        if (block.includes('data: ')) seen.events.push(toldBy(block));
        else if (block.startsWith(':')) seen.comments += 1;
      }
    }
  })()
    .catch(() => (seen.isCutOff = true))
    .finally(() => (seen.hasEnded = true));
  return {
    status: response.status,
    headers: response.headers,
    get events() {
      return seen.events;
    },
    get comments() {
      return seen.comments;
    },
    get hasEnded() {
      return seen.hasEnded;
    },
    get isCutOff() {
      return seen.isCutOff;
    },
    until: (fits) => eventually(() => seen.events.find(fits) ?? false, { deadlineMs: 60_000 }),
    untilEnded: () => eventually(() => seen.hasEnded && undefined, { deadlineMs: 60_000 }),
    async leave() {
      leaving.abort();
      await reading;
    },
  };
}

export const idsOf = (...streams: readonly Watching[]): number[] =>
  streams.flatMap(({ events }) => events.flatMap(({ id }) => (id === undefined ? [] : [Number(id)])));

/** What streams of an order have said, one after the other, is its history: each step once. */
export function expectSteps({ orderId, history }: OrderWithHistory, streams: readonly Watching[]): void {
  const steps = streams.flatMap(({ events }) => events).filter(({ event }) => event === 'progress');
  expect(steps.map(({ data }) => data)).toEqual(history.map((entry) => ({ orderId, ...entry })));
  expect(idsOf(...streams)).toEqual(history.map((_, index) => index + 1));
}

/** They have said its end as well. */
export function expectAllOf(order: OrderWithHistory, ...streams: readonly Watching[]): void {
  expectSteps(order, streams);
  const { orderId, orderStatus } = order;
  expect(streams.at(-1)!.events.at(-1)).toEqual({ event: 'end', data: { orderId, orderStatus } });
}
