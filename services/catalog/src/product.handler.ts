import { Injectable } from '@nestjs/common';
import {
  done,
  id,
  type changeProduct,
  type createProduct,
  type listProducts,
  type OutcomeOf,
  type PayloadOf,
  type Product,
  type readProducts,
} from '@jangteo/contracts';
import { cutPage, Database, decideOnce, decodeCursor, refuseCursor } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { productWith, type LiveProduct } from './domain/price-tag.js';
import { decideChanges, decideCreations } from './domain/product.js';
import { PriceTags } from './price-tags.js';
import {
  insertOptions,
  insertProducts,
  lockProducts,
  readLive,
  readPages,
  updateProducts,
  type ProductPage,
} from './product.queries.js';
import { moveStock } from './stock.queries.js';

/** Before every product. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Products as admins make them and as everybody reads them, a batch at a time. */
@Injectable()
export class ProductHandler {
  constructor(
    private readonly database: Database,
    private readonly tags: PriceTags,
  ) {}

  async create(
    requests: readonly PayloadOf<typeof createProduct>[],
  ): Promise<OutcomeOf<typeof createProduct>[]> {
    const now = new Date();
    return await decideOnce(this.database, requests, {
      keyOf: ({ operation }) => operation,
      // Nothing to lock: a repeat that runs at the same time meets the unique key of the outcomes.
      load: () => Promise.resolve(),
      decide: (_, batch) => decideCreations(batch, { now, newId }),
      save({ products, options, movements }) {
        if (products.length === 0) return [];
        return [
          ...insertProducts(products),
          ...insertOptions(options),
          ...moveStock({ deltas: [], movements }, now),
        ];
      },
    });
  }

  async change(
    requests: readonly PayloadOf<typeof changeProduct>[],
  ): Promise<OutcomeOf<typeof changeProduct>[]> {
    return await decideOnce(this.database, requests, {
      keyOf: ({ operation }) => operation,
      load: (tx, batch) => lockProducts(tx, distinct(batch.map(({ productId }) => productId))),
      decide: decideChanges,
      save: updateProducts,
    });
  }

  async read(requests: readonly PayloadOf<typeof readProducts>[]): Promise<OutcomeOf<typeof readProducts>[]> {
    const asked = distinct(requests.flatMap(({ productIds }) => productIds));
    const products = await this.shown(await readLive(this.database, asked));
    return requests.map(({ productIds }) => done({ products: pick(products, productIds) }));
  }

  async list(requests: readonly PayloadOf<typeof listProducts>[]): Promise<OutcomeOf<typeof listProducts>[]> {
    const asked = requests.map(pageOf);
    // Most readers want the same first page: it is read once a batch.
    const pages = new Map(asked.filter((page) => page !== undefined).map((page) => [keyOf(page), page]));
    const rows = await readPages(this.database, [...pages.values()]);
    const listed = Map.groupBy(rows, ({ page }) => [...pages.keys()][page]);
    const products = await this.shown(rows);
    return asked.map((page) => {
      if (page === undefined) return refuseCursor();
      const cut = cutPage(listed.get(keyOf(page)) ?? [], page.size - 1, ({ productId }) => [productId]);
      const ids = cut.rows.map(({ productId }) => productId);
      return done({ products: pick(products, ids), ...(cut.next === undefined ? {} : { next: cut.next }) });
    });
  }

  /** What readers see: stock and status of this moment, names and prices from the cache. */
  private async shown(live: readonly LiveProduct[]): Promise<Map<string, Product>> {
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

function keyOf({ after, size }: ProductPage): string {
  return `${after}/${size}`;
}

/** The page that a request asks for, one product longer; `undefined` when its cursor is none of ours. */
function pageOf({ limit, cursor }: PayloadOf<typeof listProducts>): ProductPage | undefined {
  if (cursor === undefined) return { after: BEFORE_ALL, size: limit + 1 };
  const [after] = decodeCursor(cursor, ['string']) ?? [];
  const parsed = id.safeParse(after);
  return parsed.success ? { after: parsed.data, size: limit + 1 } : undefined;
}
