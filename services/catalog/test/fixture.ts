import { patientDatabase } from '@jangteo/testkit';
import type { Outcome, Product, ProductChange, ProductDraft } from '@jangteo/contracts';
import { Database, databaseEnv } from '@jangteo/database';
import { newId } from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { catalogEnv, type CatalogConfig } from '../src/catalog.config.js';
import { CachedProducts } from '../src/cached-products.js';
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

/** One process of the catalog as far as it reads and changes products. */
export interface Replica {
  readonly database: WatchedDatabase;
  readonly products: ProductHandler;
  readonly tags: CachedProducts;
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
  const tags = new CachedProducts(database, shared, config);
  return { database, products: new ProductHandler(database, tags, config), tags, shared };
}

export function operationOf(key: string = newId()) {
  return { key, fingerprint: '' };
}

export function valueOf<V>(outcome: Outcome<V> | undefined): V {
  if (outcome?.ok !== true) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

export async function create({ products }: Pick<Replica, 'products'>, draft: ProductDraft): Promise<Product> {
  const [outcome] = await products.create([{ operation: operationOf(), draft }]);
  return valueOf<Product>(outcome);
}

export async function change(
  { products }: Pick<Replica, 'products'>,
  { productId }: Pick<Product, 'productId'>,
  to: ProductChange,
): Promise<void> {
  valueOf((await products.change([{ operation: operationOf(), productId, change: to }]))[0]);
}

export async function read(
  { products }: Pick<Replica, 'products'>,
  { productId }: Pick<Product, 'productId'>,
): Promise<Product> {
  const [product] = valueOf((await products.read([{ productIds: [productId] }]))[0]).products;
  return product as Product;
}
