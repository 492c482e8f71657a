import { columnsOf, type Statements } from '@jangteo/database';
import type { Option } from './domain/option.js';
import type { CreateChanges, PlacedOption, ProductCard } from './domain/product.js';

/** All options of the products in the first parameter, as {@link Option}s; wants an ORDER BY. */
export const OPTIONS_OF_PRODUCTS = `
  SELECT product_id AS "productId", products.name AS "productName", products.price AS "basePrice",
    products.status, options.option_id AS "optionId", options.name AS "optionName",
    options.additional_price AS "additionalPrice", options.stock
  FROM products JOIN options USING (product_id)
  WHERE product_id = ANY($1::uuid[])`;

/** In the order in which readers see a product's options. */
const AS_SHOWN = 'ORDER BY product_id, options.position';

/** A page of the list: `size` products on sale whose ids come after `after`. */
export interface ProductPage {
  readonly after: string;
  readonly size: number;
}

/**
 * Reads many pages of the list at once.
 *
 * @returns the ids of the products of all pages, oldest first in each; `page` is the index of the page
 */
export async function readPages(
  database: Statements,
  pages: readonly ProductPage[],
): Promise<{ page: number; productId: string }[]> {
  return await database.rows<{ page: number; productId: string }>(
    `SELECT (asked.number - 1)::int AS page, listed.product_id AS "productId"
     FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS asked (after, size, number)
     CROSS JOIN LATERAL (
       SELECT product_id FROM products
       WHERE status = 'SELLABLE' AND product_id > asked.after
       ORDER BY product_id LIMIT asked.size
     ) AS listed
     ORDER BY asked.number, listed.product_id`,
    columnsOf(pages, ['after', 'size']),
  );
}

/** The options of products with their stock of this moment, those of one product as they are shown. */
export async function readOptions(database: Statements, productIds: readonly string[]): Promise<Option[]> {
  return await database.rows<Option>(`${OPTIONS_OF_PRODUCTS} ${AS_SHOWN}`, [productIds]);
}

/** As {@link readOptions}; no other transaction can change the products' own rows until this one ends. */
export async function lockProducts(tx: Statements, productIds: readonly string[]): Promise<Option[]> {
  return await tx.rows<Option>(`${OPTIONS_OF_PRODUCTS} ${AS_SHOWN} FOR NO KEY UPDATE OF products`, [
    productIds,
  ]);
}

export async function insertProducts(tx: Statements, products: CreateChanges['products']): Promise<void> {
  await tx.rows(
    `INSERT INTO products (product_id, name, price, status, created_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[])`,
    columnsOf(products, ['productId', 'name', 'price', 'status', 'createdAt']),
  );
}

/** The stock of a new option is written here; that it was received, by `recordMovements`. */
export async function insertOptions(tx: Statements, options: readonly PlacedOption[]): Promise<void> {
  await tx.rows(
    `INSERT INTO options (option_id, product_id, name, additional_price, stock, position)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::int[])`,
    columnsOf(options, ['optionId', 'productId', 'optionName', 'additionalPrice', 'stock', 'position']),
  );
}

export async function updateProducts(tx: Statements, products: readonly ProductCard[]): Promise<void> {
  if (products.length === 0) return;
  await tx.rows(
    `UPDATE products SET name = changed.name, price = changed.price, status = changed.status
     FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) AS changed (product_id, name, price, status)
     WHERE products.product_id = changed.product_id`,
    columnsOf(products, ['productId', 'name', 'price', 'status']),
  );
}
