import type { Jangteo, List, Operations, QueryOf, ServerEvent } from '../../src/index.js';
import { LIMIT, type Command, type Given, type Options } from '../command.js';
import { detailsOf, said, tableOf, type Row } from '../table.js';

const LIMIT_DEFAULT = 20;
const PAGE_MAX = 100;

/** The fields of an operation's query as they were given; the shop says which values it does not know. */
export function queryOf<O extends keyof Operations>({ fields }: Given): QueryOf<O> {
  return fields as unknown as QueryOf<O>;
}

/** Fields of a body as they were given; the shop says what is wrong with them. */
export function bodyOf<B>({ fields }: Given): B {
  return fields as unknown as B;
}

interface Listing<T> extends Omit<Command, 'run'> {
  /** @param given its `limit` is the size of a page */
  list(shop: Jangteo, given: Given): List<T>;
  row(item: T): Row;
  /** What is said where there are none. */
  readonly nothing?: string;
}

interface First<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

async function firstOf<T>(list: List<T>, count: number): Promise<First<T>> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list.page(cursor);
    items.push(...page.items);
    cursor = page.next;
    if (cursor === undefined || items.length >= count) {
      return { items: items.slice(0, count), hasMore: cursor !== undefined || items.length > count };
    }
  }
}

/** A command that shows the first of a list, and says on the side whether there are more. */
export function listing<T>({ list, row, options, nothing, ...command }: Listing<T>): Command {
  return {
    ...command,
    options: { ...options, ...LIMIT },
    run: async (shop, { names, fields }) => {
      const count = Number(fields.limit ?? LIMIT_DEFAULT);
      const limit = Math.min(PAGE_MAX, count);
      const { items, hasMore } = await firstOf(list(shop, { names, fields: { ...fields, limit } }), count);
      return {
        json: items,
        text: tableOf(items.map(row), nothing),
        note: hasMore ? 'There are more: --limit <n> shows so many.' : undefined,
      };
    },
  };
}

interface Showing extends Omit<Command, 'run' | 'options'> {
  readonly options?: Options;
  read(shop: Jangteo, given: Given): Promise<object>;
}

/** A command that shows all that is known of one thing, or what became of it. */
export function showing({ read, ...command }: Showing): Command {
  return {
    ...command,
    run: async (shop, given) => {
      const thing = await read(shop, given);
      return { json: thing, text: detailsOf(thing) };
    },
  };
}

interface Doing extends Omit<Command, 'run'> {
  /** @returns what was done, in words */
  act(shop: Jangteo, given: Given): Promise<string>;
}

/** A command whose answer is that it was done. */
export function doing({ act, ...command }: Doing): Command {
  return {
    ...command,
    run: async (shop, given) => {
      const done = await act(shop, given);
      return { json: { done }, text: done };
    },
  };
}

interface Watching extends Omit<Command, 'run' | 'options'> {
  watch(shop: Jangteo, given: Given): AsyncIterable<ServerEvent>;
}

/** A command that goes on with what a stream tells: a line an event. */
export function watching({ watch, ...command }: Watching): Command {
  return {
    ...command,
    run: async function* (shop, given) {
      for await (const { type, data } of watch(shop, given)) {
        const words = Object.entries(data as object).map(([name, value]) => `${name} ${said(value)}`);
        yield { json: { type, data }, text: [type, ...words].join('  ') };
      }
    },
  };
}

/** The first name; the command has seen to it that there is one. */
export function first({ names }: Given): string {
  return names[0] ?? '';
}
