import { IMPATIENT, type MigrationInterface, type QueryRunner } from '@jangteo/database';

/** In the database as the version is, which says that a product has changed: stock is in other rows. */
const NEXT_VERSION = `
  CREATE OR REPLACE FUNCTION next_product_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
  END $$`;

const VERSION_ALONE = `
  CREATE OR REPLACE FUNCTION next_product_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
  END $$`;

/** When a product was last changed; NULL in those that were not since there is the column. */
export class ChangedAt1768867200002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPATIENT);
    await runner.query('ALTER TABLE products ADD COLUMN updated_at timestamptz');
    await runner.query('ALTER TABLE products ALTER COLUMN updated_at SET DEFAULT now()');
    await runner.query(NEXT_VERSION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(VERSION_ALONE);
    await runner.query('ALTER TABLE products DROP COLUMN updated_at');
  }
}
