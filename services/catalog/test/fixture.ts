import {
  changeProduct,
  createProduct,
  readProducts,
  type Outcome,
  type Product,
  type ProductChange,
  type ProductDraft,
} from '@jangteo/contracts';
import { Database, databaseEnv } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { askHandlers, patientDatabase, type Ask } from '@jangteo/testkit';
import { catalogEnv, type CatalogConfig } from '../src/catalog.config.js';
import { CachedProducts } from '../src/cached-products.js';
import type { CachedProduct } from '../src/domain/cached-product.js';
import { catalogHandlers } from '../src/catalog.handlers.js';
import { ProductHandler } from '../src/product.handler.js';
import { SharedProducts } from '../src/shared-products.js';

/** A database that shows which statements it was asked, and can hold an answer back. */
export class WatchedDatabase extends Database {
  readonly statements: string[] = [];
  /** Called with each answer before the asker gets it. */
  beforeAnswer: (statement: string) => Promise<void> = async () => undefined;

  override async rows<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]> {
    const rows = await super.rows<R>(text, values);
    this.statements.push(text);
    await this.beforeAnswer(text);
    return rows;
  }
}

export function watchedDatabase(url: string): WatchedDatabase {
  return new WatchedDatabase(readConfig(databaseEnv, patientDatabase(url)));
}

/** Of a product that is nowhere else. */
export function someCachedProduct(): CachedProduct {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    productId: newId(),
    version: 1,
    name: '',
    price: 0,
    description: null,
    imageUrl: null,
    category: null,
    createdAt: at,
    updatedAt: at,
    options: [{ optionId: newId(), name: '', price: 0, isListed: true }],
  };
}

/** One process of the catalog as far as it reads and changes products. */
export interface Replica {
  readonly database: WatchedDatabase;
  readonly ask: Ask;
  readonly shared: SharedProducts;
}

export function replicaOn(
  database: WatchedDatabase,
  settings: Readonly<Partial<Record<keyof CatalogConfig, string>>> = {},
): Replica {
  const config = readConfig(catalogEnv, {
    DATABASE_URL: 'postgres://not-used-here',
    AMQP_URL: 'amqp://not-used-here',
    HTTP_PORT: '0',
    ...settings,
  });
  const shared = new SharedProducts(config);
  const cache = new CachedProducts(database, shared, config);
  const products = new ProductHandler(database, cache, config);
  return { database, ask: askHandlers(catalogHandlers, database, products), shared };
}

export function operationOf(key: string = newId()) {
  return { key, fingerprint: '' };
}

export function valueOf<V>(outcome: Outcome<V> | undefined): V {
  if (outcome?.ok !== true) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

export async function create({ ask }: Pick<Replica, 'ask'>, draft: ProductDraft): Promise<Product> {
  const [outcome] = await ask(createProduct, [{ operation: operationOf(), draft }]);
  return valueOf<Product>(outcome);
}

export async function change(
  { ask }: Pick<Replica, 'ask'>,
  { productId }: Pick<Product, 'productId'>,
  to: ProductChange,
): Promise<void> {
  valueOf((await ask(changeProduct, [{ operation: operationOf(), productId, change: to }]))[0]);
}

export async function read(
  { ask }: Pick<Replica, 'ask'>,
  { productId }: Pick<Product, 'productId'>,
): Promise<Product> {
  const [product] = valueOf((await ask(readProducts, [{ productIds: [productId] }]))[0]).products;
  return product as Product;
}
