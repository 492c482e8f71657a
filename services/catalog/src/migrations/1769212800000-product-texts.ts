import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** A writer that makes several changes in one counts them; any other, of the release before too, makes it one more. */
const NEXT_VERSION = `
  CREATE OR REPLACE FUNCTION next_product_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := greatest(NEW.version, OLD.version + 1);
    NEW.updated_at := now();
    RETURN NEW;
  END $$`;

const ONE_AT_A_TIME = `
  CREATE OR REPLACE FUNCTION next_product_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
  END $$`;

const PRODUCTS = `
  ALTER TABLE products
    ADD COLUMN description text, ADD COLUMN image_url text, ADD COLUMN category text,
    DROP CONSTRAINT products_status_check,
    ADD CONSTRAINT products_status_check
      CHECK (status IN ('SELLABLE', 'SUSPENDED', 'ARCHIVED')) NOT VALID`;

const OPTIONS = `
  ALTER TABLE options ADD COLUMN status text NOT NULL DEFAULT 'SELLABLE',
    ADD CONSTRAINT options_status_check CHECK (status IN ('SELLABLE', 'SUSPENDED')) NOT VALID`;

/** What a product is told of, options that are not sold, and why stock was moved. */
export class ProductTexts1769212800000 implements MigrationInterface {
  readonly name = 'ProductTexts1769212800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(PRODUCTS);
    await runner.query(OPTIONS);
    await runner.query('ALTER TABLE stock_movements ADD COLUMN reason text');
    await runner.query(NEXT_VERSION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query(ONE_AT_A_TIME);
    await runner.query(`UPDATE products SET status = 'SUSPENDED' WHERE status = 'ARCHIVED'`);
    await runner.query(`
      ALTER TABLE products DROP COLUMN description, DROP COLUMN image_url, DROP COLUMN category,
        DROP CONSTRAINT products_status_check,
        ADD CONSTRAINT products_status_check CHECK (status IN ('SELLABLE', 'SUSPENDED'))`);
    await runner.query('ALTER TABLE options DROP COLUMN status');
    await runner.query('ALTER TABLE stock_movements DROP COLUMN reason');
  }
}
