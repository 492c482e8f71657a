import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { LRUCache } from 'lru-cache';
import { cacheMetrics } from './cache.metrics.js';
import type { CatalogConfig } from './catalog.config.js';
import {
  bytesOf,
  isCurrent,
  cachedProductOf,
  type LiveProduct,
  type CachedProduct,
} from './domain/cached-product.js';
import { readVersionedOptions } from './product.queries.js';
import { SharedProducts } from './shared-products.js';

/** Names and prices of products: from the memory of this process, from Redis, or from the database. */
@Injectable()
export class CachedProducts {
  readonly #local: LRUCache<string, CachedProduct>;

  constructor(
    private readonly database: Database,
    private readonly shared: SharedProducts,
    @Inject(CONFIG) { CACHE_ENTRIES_MAX, CACHE_BYTES_MAX, CACHE_TTL_SECONDS }: CatalogConfig,
  ) {
    this.#local = new LRUCache({
      max: CACHE_ENTRIES_MAX,
      maxSize: CACHE_BYTES_MAX,
      sizeCalculation: bytesOf,
      ttl: CACHE_TTL_SECONDS * 1_000,
    });
  }

  /**
   * These products as they are cached, by their ids, none older than the product was found; what no cache has is loaded
   * in one statement.
   */
  async of(products: readonly LiveProduct[]): Promise<Map<string, CachedProduct>> {
    const wanted = new Map(products.map((product) => [product.productId, product]));
    const found = new Map<string, CachedProduct>();
    const take = (cached: CachedProduct): boolean => {
      const product = wanted.get(cached.productId);
      if (product === undefined || !isCurrent(cached, product)) return false;
      found.set(cached.productId, cached);
      return wanted.delete(cached.productId);
    };

    for (const productId of wanted.keys()) {
      const cached = this.#local.get(productId);
      if (cached !== undefined && take(cached)) cacheMetrics.hits.inc({ tier: 'local' });
    }
    for (const cached of await this.shared.read([...wanted.keys()])) {
      if (!take(cached)) continue;
      this.#keep(cached);
      cacheMetrics.hits.inc({ tier: 'shared' });
    }
    if (wanted.size === 0) return found;

    const loaded = await this.#load([...wanted.keys()]);
    cacheMetrics.misses.inc(loaded.length);
    for (const cached of loaded) {
      this.#keep(cached);
      found.set(cached.productId, cached);
    }
    // Nobody waits for it: what does not get there is loaded again.
    void this.shared.write(loaded);
    return found;
  }

  async #load(productIds: readonly string[]): Promise<CachedProduct[]> {
    const options = await readVersionedOptions(this.database, productIds);
    const products = Map.groupBy(options, ({ productId }) => productId);
    return [...products.values()].map(cachedProductOf);
  }

  /** A slow reader does not put its product over one that is newer. */
  #keep(cached: CachedProduct): void {
    const kept = this.#local.get(cached.productId);
    if (kept === undefined || kept.version <= cached.version) this.#local.set(cached.productId, cached);
  }
}
