import type { MigrationInterface, QueryRunner } from '@jangteo/database';

const VERSION = `
  ALTER TABLE products ADD COLUMN version bigint NOT NULL DEFAULT 1`;

/** In the database, so that no writer can forget it: an older release beside this one, or a person. */
const NEXT_VERSION = `
  CREATE FUNCTION next_product_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
  END $$`;

const ON_CHANGE = `
  CREATE TRIGGER products_version BEFORE UPDATE ON products
  FOR EACH ROW EXECUTE FUNCTION next_product_version()`;

/** With the version beside the id the list is read from the index alone. */
const SELLABLE = `
  CREATE INDEX products_sellable ON products (product_id) INCLUDE (version) WHERE status = 'SELLABLE'`;

export class ProductVersions1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(VERSION);
    await runner.query(NEXT_VERSION);
    await runner.query(ON_CHANGE);
    await runner.query('DROP INDEX products_sellable');
    await runner.query(SELLABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX products_sellable');
    await runner.query("CREATE INDEX products_sellable ON products (product_id) WHERE status = 'SELLABLE'");
    await runner.query('DROP TRIGGER products_version ON products');
    await runner.query('DROP FUNCTION next_product_version');
    await runner.query('ALTER TABLE products DROP COLUMN version');
  }
}
