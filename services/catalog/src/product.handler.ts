import { Inject, Injectable } from '@nestjs/common';
import {
  done,
  FIRST_ID,
  type listAllProducts,
  type listProducts,
  type OutcomeOf,
  type PayloadOf,
  type Product,
  type ProductSort,
  type readProducts,
} from '@jangteo/contracts';
import { answerPages, Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import type { CatalogConfig } from './catalog.config.js';
import { productWith, withOptions, type LiveProduct } from './domain/cached-product.js';
import { searchOf, type ProductSearch } from './domain/search.js';
import { CachedProducts } from './cached-products.js';
import { readLive, readPages, type ProductPage } from './product.queries.js';
import { afterOf, cursorAt, findProducts, type FoundPage } from './product-search.js';

type Asked = PayloadOf<typeof listProducts>;
type ListOutcome = OutcomeOf<typeof listProducts>;

/** Products that are read at a time; each may have 100 options with long names, which is 96 KB. */
const PRODUCTS_AT_ONCE = 200;

/** Products as everybody reads them, a batch at a time. */
@Injectable()
export class ProductHandler {
  constructor(
    private readonly database: Database,
    private readonly cache: CachedProducts,
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

  /** Products on sale. The list that nothing is asked of goes by an index alone. */
  async list(requests: readonly Asked[]): Promise<ListOutcome[]> {
    const searches = requests.filter(isSearch);
    const [plain, found] = await Promise.all([
      this.#oldest(requests.filter((request) => !isSearch(request))),
      this.#search(searches.map((request) => onSale(request))),
    ]);
    const [plainAnswers, foundAnswers] = [plain.values(), found.values()];
    return requests.map((request) => {
      const { value } = (isSearch(request) ? foundAnswers : plainAnswers).next();
      return value as ListOutcome;
    });
  }

  /** Products whatever their status, for those who run the shop. */
  async listAll(
    requests: readonly PayloadOf<typeof listAllProducts>[],
  ): Promise<OutcomeOf<typeof listAllProducts>[]> {
    return await this.#search(requests.map((request) => searchFor(request, request.sort ?? 'newest')));
  }

  async #oldest(requests: readonly Asked[]): Promise<ListOutcome[]> {
    const bytesMax = this.config.LIST_BYTES_MAX;
    return await answerPages(requests.map(pageOf), async (pages) => {
      const rows = await readPages(this.database, pages, bytesMax);
      const listed = Map.groupBy(rows, ({ page }) => page);
      const products = await this.#shown(rows);
      return pages.map((_, index) => {
        const its = listed.get(index) ?? [];
        const isMore = (its[0]?.found ?? 0) > its.length;
        return pageAnswer(its, products, {
          bytesMax,
          next: isMore ? cursorAt('oldest', { key: null, id: its.at(-1)?.productId ?? '' }) : undefined,
          cursorOf: ({ productId }) => cursorAt('oldest', { key: null, id: productId }),
        });
      });
    });
  }

  async #search(searches: readonly (ProductSearch | undefined)[]): Promise<ListOutcome[]> {
    const bytesMax = this.config.LIST_BYTES_MAX;
    return await answerPages(searches, async (pages) => {
      const found = await findProducts(this.database, pages, bytesMax);
      const products = await this.#shown(found.flatMap(({ rows }) => rows));
      return found.map((page) => foundAnswer(page, products, bytesMax));
    });
  }

  /** Products as readers see them: stock and status of this moment, names and prices from the cache. */
  async #shown(live: readonly LiveProduct[]): Promise<Map<string, Product>> {
    const cached = await this.cache.of(live);
    return new Map(
      live.flatMap((product) => {
        const its = cached.get(product.productId);
        return its === undefined ? [] : [[product.productId, productWith(its, product)]];
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

/** Texts of a product, whose bytes no index tells. */
function bytesOfTexts({ name, description = '', imageUrl = '', category = '' }: Product): number {
  return [name, description, imageUrl, category].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** As many products as their texts leave room for, and one at least. */
function fitting(products: readonly Product[], bytesMax: number): Product[] {
  let bytes = 0;
  return products.filter((product, place) => {
    bytes += bytesOfTexts(product);
    return place === 0 || bytes <= bytesMax;
  });
}

/** The end of a page, and how to go on behind a product. */
interface PageEnd<L> {
  readonly bytesMax: number;
  /** The cursor behind the last one that was looked at; nothing where the list ends. */
  readonly next: string | undefined;
  cursorOf(row: L): string;
}

/** The page that these products are, and where the list goes on if there are more. */
function pageAnswer<L extends LiveProduct>(
  listed: readonly L[],
  products: ReadonlyMap<string, Product>,
  { bytesMax, next, cursorOf }: PageEnd<L>,
): ListOutcome {
  const shown = pick(
    products,
    listed.map(({ productId }) => productId),
  );
  const kept = fitting(shown, bytesMax);
  const last = listed.find(({ productId }) => productId === kept.at(-1)?.productId);
  const goesOn = kept.length < shown.length && last !== undefined ? cursorOf(last) : next;
  return done({ products: kept, ...(goesOn === undefined ? {} : { next: goesOn }) });
}

function foundAnswer(
  { rows, next, sort }: FoundPage,
  products: ReadonlyMap<string, Product>,
  bytesMax: number,
): ListOutcome {
  return pageAnswer(rows, products, {
    bytesMax,
    next,
    cursorOf: ({ key, productId }) => cursorAt(sort, { key, id: productId }),
  });
}

/** Recognises a list of which something is asked beside its place. */
function isSearch({ limit: _limit, cursor: _cursor, sort = 'oldest', ...filters }: Asked): boolean {
  return sort !== 'oldest' || Object.values(filters).some((filter) => filter !== undefined);
}

/** What is looked for, on sale; `undefined` when its cursor is none of ours. */
function onSale(request: Asked): ProductSearch | undefined {
  return searchFor({ ...request, status: 'SELLABLE' }, request.sort ?? 'oldest');
}

function searchFor(
  request: Parameters<typeof searchOf>[0] & { readonly cursor?: string | undefined },
  sort: ProductSort,
): ProductSearch | undefined {
  if (request.cursor === undefined) return searchOf(request, sort, undefined);
  const after = afterOf(sort, request.cursor);
  return after && searchOf(request, sort, after);
}

/** The page that a request asks for; `undefined` when its cursor is none of ours. */
function pageOf({ limit, cursor }: Asked): ProductPage | undefined {
  if (cursor === undefined) return { after: FIRST_ID, limit };
  const after = afterOf('oldest', cursor);
  return after && { after: after.id, limit };
}
