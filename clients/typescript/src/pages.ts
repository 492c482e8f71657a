import type { Call, CallOptions, Transport } from './transport.js';

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the list goes on; undefined at its end. */
  readonly next: string | undefined;
}

/** The cursor of a Link header (RFC 8288) to the next page. Its path may be another one than that to the shop. */
function nextOf(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  return new URL(target, 'http://shop').searchParams.get('cursor') ?? undefined;
}

/** A list of the shop: its items by `for await`, which asks for each page as it is needed, or page by page. */
export class List<T> implements AsyncIterable<T> {
  readonly #transport: Transport;
  readonly #call: Call;
  readonly #options: CallOptions | undefined;

  constructor(transport: Transport, call: Call, options?: CallOptions) {
    this.#transport = transport;
    this.#call = call;
    this.#options = options;
  }

  /**
   * Reads one page.
   * @param cursor the `next` of the page before it
   * @throws JangteoError
   */
  async page(cursor?: string): Promise<Page<T>> {
    const call =
      cursor === undefined ? this.#call : { ...this.#call, query: { ...this.#call.query, cursor } };
    const { body, headers } = await this.#transport.send<T[]>(call, this.#options);
    return { items: body, next: nextOf(headers.get('link')) };
  }

  /** One page after the other. */
  async *pages(): AsyncGenerator<readonly T[], void, undefined> {
    for (let cursor: string | undefined; ;) {
      const { items, next }: Page<T> = await this.page(cursor);
      yield items;
      if (next === undefined) return;
      cursor = next;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const items of this.pages()) yield* items;
  }

  /** The first so many items, in an array. */
  async first(count: number): Promise<T[]> {
    const found: T[] = [];
    if (count <= 0) return found;
    for await (const item of this) {
      found.push(item);
      if (found.length >= count) break;
    }
    return found;
  }
}
