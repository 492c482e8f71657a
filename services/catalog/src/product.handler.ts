import { Inject, Injectable } from '@nestjs/common';
import {
  done,
  id,
  type listProducts,
  type OutcomeOf,
  type PayloadOf,
  type Product,
  type readProducts,
} from '@jangteo/contracts';
import { answerPages, Database, decodeCursor, encodeCursor } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import type { CatalogConfig } from './catalog.config.js';
import { productWith, withOptions, type LiveProduct } from './domain/cached-product.js';
import { CachedProducts } from './cached-products.js';
import { readLive, readPages, type ListedProduct, type ProductPage } from './product.queries.js';

/** Before every product. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Products that are read at a time; each may have 100 options with long names, which is 96 KB. */
const PRODUCTS_AT_ONCE = 200;

/** Products as everybody reads them, a batch at a time. */
@Injectable()
export class ProductHandler {
  constructor(
    private readonly database: Database,
    private readonly tags: CachedProducts,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'LIST_BYTES_MAX'>,
  ) {}

  async read(requests: readonly PayloadOf<typeof readProducts>[]): Promise<OutcomeOf<typeof readProducts>[]> {
    const outcomes: OutcomeOf<typeof readProducts>[] = [];
    for (const some of partsOf(requests)) {
      const asked = distinct(some.flatMap(({ productIds }) => productIds));
      const products = await this.#shown(await readLive(this.database, asked));
      for (const { productIds, optionIds } of some) {
        const found = pick(products, productIds);
        const named = optionIds && new Set(optionIds);
        outcomes.push(done({ products: named ? found.map((one) => withOptions(one, named)) : found }));
      }
    }
    return outcomes;
  }

  async list(requests: readonly PayloadOf<typeof listProducts>[]): Promise<OutcomeOf<typeof listProducts>[]> {
    return await answerPages(requests.map(pageOf), async (pages) => {
      const rows = await readPages(this.database, pages, this.config.LIST_BYTES_MAX);
      const listed = Map.groupBy(rows, ({ page }) => page);
      const products = await this.#shown(rows);
      return pages.map((_, index) => pageAnswer(listed.get(index) ?? [], products));
    });
  }

  /** Products as readers see them: stock and status of this moment, names and prices from the cache. */
  async #shown(live: readonly LiveProduct[]): Promise<Map<string, Product>> {
    const tags = await this.tags.of(live);
    return new Map(
      live.flatMap((product) => {
        const tag = tags.get(product.productId);
        return tag === undefined ? [] : [[product.productId, productWith(tag, product)]];
      }),
    );
  }
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function pick(products: ReadonlyMap<string, Product>, productIds: readonly string[]): Product[] {
  return productIds.map((productId) => products.get(productId)).filter((product) => product !== undefined);
}

/** Requests, as many at a time as name not many products, or one that names more. */
function partsOf<R extends { readonly productIds: readonly string[] }>(requests: readonly R[]): R[][] {
  const parts: R[][] = [];
  let named = 0;
  for (const request of requests) {
    const part = parts.at(-1);
    named += request.productIds.length;
    if (part !== undefined && named <= PRODUCTS_AT_ONCE) part.push(request);
    else {
      parts.push([request]);
      named = request.productIds.length;
    }
  }
  return parts;
}

/** The page that these products are, and where the list goes on if there are more. */
function pageAnswer(
  listed: readonly ListedProduct[],
  products: ReadonlyMap<string, Product>,
): OutcomeOf<typeof listProducts> {
  const ids = listed.map(({ productId }) => productId);
  const last = listed.at(-1);
  const next = last !== undefined && last.found > listed.length ? encodeCursor([last.productId]) : undefined;
  return done({ products: pick(products, ids), ...(next === undefined ? {} : { next }) });
}

/** The page that a request asks for; `undefined` when its cursor is none of ours. */
function pageOf({ limit, cursor }: PayloadOf<typeof listProducts>): ProductPage | undefined {
  if (cursor === undefined) return { after: BEFORE_ALL, limit };
  const [after] = decodeCursor(cursor, ['string']) ?? [];
  const parsed = id.safeParse(after);
  return parsed.success ? { after: parsed.data, limit } : undefined;
}
