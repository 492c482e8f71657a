import { readProducts } from '@jangteo/contracts';
import { CachedProducts } from '@jangteo/catalog/cached-products';
import { ProductHandler } from '@jangteo/catalog/product-handler';
import type { PrintedRoute } from '../documents.js';
import { Sequence } from './sequence.js';

const { service: CATALOG } = readProducts;
const PRODUCT_ID = 'cup';
const NOW = new Date(0);
const SETTINGS = {
  CACHE_ENTRIES_MAX: 10,
  CACHE_BYTES_MAX: 10_000,
  CACHE_TTL_SECONDS: 60,
  LIST_BYTES_MAX: 10_000,
};

/** A product with one option, as each of the two statements has it. */
function rowOf(version: number) {
  return {
    productId: PRODUCT_ID,
    version,
    status: 'SELLABLE',
    stocks: [10],
    productName: 'Cup',
    basePrice: 1_000,
    description: null,
    imageUrl: null,
    category: null,
    createdAt: NOW,
    updatedAt: NOW,
    optionId: 'option',
    optionName: 'default',
    additionalPrice: 0,
    optionStatus: 'SELLABLE',
  };
}

type Given<C extends new (...given: never[]) => unknown, I extends number> = ConstructorParameters<C>[I];
type Shared = Given<typeof CachedProducts, 1>;
type Entries = Awaited<ReturnType<Shared['read']>>;

/** Reads of one product by the catalog's own classes, of whose database and Redis every use is drawn. */
export class ProductRun {
  readonly sequence = new Sequence();
  #version = 1;
  #entries: Entries = [];
  readonly #database = {
    rows: async (text: string) => {
      const isLive = text.includes('AS stocks');
      this.sequence.call(CATALOG, 'database', isLive ? 'stock, status and version' : 'names and prices');
      this.sequence.answer('database', CATALOG, `version ${this.#version}`);
      return [rowOf(this.#version)];
    },
  } as unknown as Given<typeof ProductHandler, 0>;
  readonly #shared = {
    read: async (ids: readonly string[]) => {
      if (ids.length === 0) return [];
      this.sequence.call(CATALOG, 'redis', 'names and prices');
      const [entry] = this.#entries;
      this.sequence.answer('redis', CATALOG, entry === undefined ? 'nothing' : `version ${entry.version}`);
      return this.#entries;
    },
    write: async (entries: Entries) => {
      this.#entries = entries;
      this.sequence.tell(CATALOG, 'redis', `keep version ${entries[0]?.version}`);
    },
  } as unknown as Shared;

  /** @param route that by which a product is read */
  constructor(private readonly route: PrintedRoute) {}

  /** A replica of the catalog, with nothing in its memory. */
  replica(): Given<typeof ProductHandler, 1> {
    return new CachedProducts(this.#database, this.#shared, SETTINGS as Given<typeof CachedProducts, 2>);
  }

  /** Somebody changes the product: no cache is told. */
  change(): void {
    this.#version += 1;
  }

  async read(replica: Given<typeof ProductHandler, 1>, note: string): Promise<void> {
    this.sequence.note(CATALOG, note);
    this.sequence.call('client', 'gateway', `${this.route.method.toUpperCase()} ${this.route.path}`);
    this.sequence.call('gateway', CATALOG, readProducts.type);
    const handler = new ProductHandler(this.#database, replica, SETTINGS);
    const [outcome] = await handler.read([{ productIds: [PRODUCT_ID] }]);
    const [product] = outcome?.ok ? outcome.value.products : [];
    this.sequence.answer(CATALOG, 'gateway', `price ${product?.price}, stock ${product?.stock}`);
    this.sequence.answer('gateway', 'client', String(this.route.status));
  }
}

/** A product that is read by two replicas, before and after a change. */
export async function productDiagram(route: PrintedRoute): Promise<string> {
  const run = new ProductRun(route);
  const replica = run.replica();
  await run.read(replica, 'read for the first time');
  await run.read(replica, 'again: names and prices from its memory');
  await run.read(run.replica(), 'by another replica: from Redis');
  run.change();
  await run.read(replica, 'after a change: memory and Redis are out of date');
  return run.sequence.diagram();
}
