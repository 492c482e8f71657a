import { titleOf, type FoundThing, type Pasted } from '@jangteo/contracts';
import { columnsOf, onlyOf, table, type Statements } from '@jangteo/database';
import { OptionEntity, ProductEntity } from './catalog.entities.js';
import type { LiveProduct, VersionedOption } from './domain/cached-product.js';
import type { ChangingOption, Option } from './domain/option.js';

const products = table(ProductEntity);

const OPTION_COLUMNS = `
  product_id AS "productId", products.name AS "productName", products.category, products.price AS "basePrice",
    products.status, options.option_id AS "optionId", options.name AS "optionName",
    options.additional_price AS "additionalPrice", options.stock, options.status AS "optionStatus"`;

/** What of a product decisions about its own row and caches need beside its options. */
const DETAIL_COLUMNS = `
  products.description, products.image_url AS "imageUrl", products.version,
    products.created_at AS "createdAt", coalesce(products.updated_at, products.created_at) AS "updatedAt"`;

/** In the order in which readers see a product's options. */
const AS_SHOWN = 'ORDER BY product_id, options.position';

/** A page of the list: at most `limit` products on sale whose ids come after `after`. */
export interface ProductPage {
  readonly after: string;
  readonly limit: number;
}

/** A product on a page. */
export type ListedProduct = LiveProduct & {
  /** The index of its page. */
  readonly page: number;
  /** The number of products looked at for the page: more than are on it when the list goes on. */
  readonly found: number;
};

/** Bytes of an answer besides names, of a product and of an option. */
const PRODUCT_BYTES = 160;
const OPTION_BYTES = 110;

/** What is left of the options of each product of a table, and the bytes of its answer, its own name aside. */
export const weighedOptionsOf = (products: string): string => `(
    SELECT coalesce(array_agg(stock ORDER BY position), '{}') AS stocks,
      ${PRODUCT_BYTES} + sum(${OPTION_BYTES} + octet_length(name)) AS bytes
    FROM options WHERE options.product_id = ${products}.product_id
  ) AS weighed`;

/** For the columns, beside products: what is left of a product's options, in the order in which they are shown. */
const STOCKS = `
  ARRAY (
    SELECT stock FROM options WHERE options.product_id = products.product_id ORDER BY position
  ) AS stocks`;

/**
 * Reads many pages of the list at once, each as far as `bytesMax` go but at least one product, without touching
 * the rows of products: the index has all of it. A product's own name is not weighed.
 *
 * @returns the products of all pages, oldest first in each
 */
export async function readPages(
  database: Statements,
  pages: readonly ProductPage[],
  bytesMax: number,
): Promise<ListedProduct[]> {
  return await database.rows<ListedProduct>(
    `SELECT (asked.number - 1)::int AS page, listed."productId", listed.version, listed.status, listed.stocks,
       listed.found
     FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS asked (after, size, number)
     CROSS JOIN LATERAL (
       SELECT product_id AS "productId", version, 'SELLABLE' AS status, stocks, count(*) OVER () AS found,
         row_number() OVER so_far AS place, sum(bytes) OVER so_far AS bytes
       FROM (
         SELECT product_id, version FROM products
         WHERE status = 'SELLABLE' AND product_id > asked.after
         ORDER BY product_id LIMIT asked.size + 1
       ) AS products
       CROSS JOIN LATERAL ${weighedOptionsOf('products')}
       WINDOW so_far AS (ORDER BY product_id)
     ) AS listed
     WHERE listed.place <= asked.size AND (listed.place = 1 OR listed.bytes <= $3)
     ORDER BY asked.number, listed.place`,
    [...columnsOf(pages, ['after', 'limit']), bytesMax],
  );
}

/** Products whatever their status, with their stock of this moment; unknown ones are left out. */
export async function readLive(database: Statements, productIds: readonly string[]): Promise<LiveProduct[]> {
  return await database.rows<LiveProduct>(
    `SELECT product_id AS "productId", version, status, ${STOCKS} FROM products
     WHERE product_id = ANY($1::uuid[])`,
    [productIds],
  );
}

/** The options of products without their stock, those of one product as they are shown. */
export async function readVersionedOptions(
  database: Statements,
  productIds: readonly string[],
): Promise<VersionedOption[]> {
  return await database.rows<VersionedOption>(
    `SELECT product_id AS "productId", products.name AS "productName", products.category,
       products.price AS "basePrice", ${DETAIL_COLUMNS}, options.option_id AS "optionId", options.name AS "optionName",
       options.additional_price AS "additionalPrice", options.status AS "optionStatus"
     FROM products JOIN options USING (product_id)
     WHERE product_id = ANY($1::uuid[]) ${AS_SHOWN}`,
    [productIds],
  );
}

/**
 * The options of products, those of one product as they are shown. No other transaction can change the
 * products' own rows, nor what their options are, until this one ends.
 */
export async function lockProducts(tx: Statements, productIds: readonly string[]): Promise<ChangingOption[]> {
  const lock = tx.rows(
    'SELECT product_id FROM products WHERE product_id = ANY($1::uuid[]) ORDER BY product_id FOR NO KEY UPDATE',
    [productIds],
  );
  // In a statement after the lock, so that it sees the options that who held it before has added.
  const read = tx.rows<ChangingOption>(
    `SELECT ${OPTION_COLUMNS}, options.position, ${DETAIL_COLUMNS}, now() AS now
     FROM products JOIN options USING (product_id)
     WHERE product_id = ANY($1::uuid[]) ${AS_SHOWN}`,
    [productIds],
  );
  const [, options] = await Promise.all([lock, read]);
  return options;
}

/** The versions of products, which no other transaction changes until this one ends. */
export async function holdVersions(
  tx: Statements,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (productIds.length === 0) return new Map();
  const rows = await tx.rows<{ productId: string; version: number }>(
    `SELECT product_id AS "productId", version FROM products WHERE product_id = ANY($1::uuid[])
     ORDER BY product_id FOR SHARE`,
    [productIds],
  );
  return new Map(rows.map(({ productId, version }) => [productId, version]));
}

/** All options of products, in no order. */
export async function readOptions(tx: Statements, productIds: readonly string[]): Promise<Option[]> {
  return await tx.rows<Option>(
    `SELECT ${OPTION_COLUMNS} FROM products JOIN options USING (product_id)
     WHERE product_id = ANY($1::uuid[])`,
    [productIds],
  );
}

/** The time that rows of this transaction get. */
export async function readNow(tx: Statements): Promise<Date> {
  const row = await onlyOf<{ now: Date }>(tx, 'SELECT now() AS now');
  return row.now;
}

export const insertProducts = products.insert({
  omit: ['version', 'updatedAt'],
  sql: { createdAt: 'now()' },
});

const options = table(OptionEntity);

/** The stock of a new option is written here; that it was received, by `moveStock`. */
export const insertOptions = options.insert();

/** What can be changed of an option; its stock moves by itself. */
export const updateOptions = options.update({
  by: ['optionId'],
  set: ['optionName', 'additionalPrice', 'optionStatus'],
});

export const updateProducts = products.update({
  by: ['productId'],
  set: ['name', 'price', 'status', 'description', 'imageUrl', 'category', 'version', 'actorId'],
});

/** Finds a product, or an option with its product, by its id. */
export async function findProducts({ id }: Pasted, database: Statements): Promise<FoundThing[]> {
  if (id === undefined) return [];
  const rows = await database.rows<{ id: string; of: string | null; name: string; status: string }>(
    `SELECT product_id AS id, NULL AS of, name, status FROM products WHERE product_id = $1
     UNION ALL
     SELECT option_id, product_id, name, status FROM options WHERE option_id = $1`,
    [id],
  );
  return rows.map(({ id: itsId, of, name, status }) => {
    const thing = { id: itsId, title: titleOf(name, status) };
    return of === null ? { kind: 'product', ...thing } : { kind: 'option', ...thing, of };
  });
}
