import { buildLiveIndex, dropLiveIndex, type MigrationInterface, type QueryRunner } from '@jangteo/database';

const NAME = '(name_order(name) COLLATE "C")';
const ON_SALE = `WHERE status = 'SELLABLE'`;

/** Each order in which products are listed, and each way to what is looked for. */
const INDEXES: Readonly<Record<string, string>> = {
  products_by_status: 'products (status, product_id)',
  products_by_name: `products (status, ${NAME}, product_id)`,
  products_by_price: 'products (status, price, product_id)',
  products_in_category: `products (category, product_id) ${ON_SALE}`,
  products_in_category_by_name: `products (category, ${NAME}, product_id) ${ON_SALE}`,
  products_in_category_by_price: `products (category, price, product_id) ${ON_SALE}`,
  products_by_grams: 'products USING gin (name_grams(name)) WITH (fastupdate = off)',
  stock_movements_newest: 'stock_movements (option_id, created_at, (md5(operation_key)::uuid))',
  // Those of one batch have one time and share an entry of the index: with the order in it each would have its own.
  reservations_of_option: 'reservations (option_id, reserved_at)',
};

export class ProductLists1769212800003 implements MigrationInterface {
  readonly name = 'ProductLists1769212800003';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of Object.entries(INDEXES)) await buildLiveIndex(runner, name, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await dropLiveIndex(runner, name);
  }
}
