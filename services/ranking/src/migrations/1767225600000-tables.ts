import type { MigrationInterface, QueryRunner } from '@jangteo/database';

/** Which events have been counted: the same one again changes nothing. Never pruned. */
const COUNTED_STEPS = `
  CREATE TABLE counted_steps (
    order_id uuid NOT NULL,
    step text NOT NULL CHECK (step IN ('COMPLETED', 'CANCELLED')),
    PRIMARY KEY (order_id, step)
  )`;

/** Both counts only grow; a cancelled order counts in the hour in which it was completed. */
const HOURLY_SALES = `
  CREATE TABLE hourly_sales (
    hour timestamptz NOT NULL CHECK (hour = date_trunc('hour', hour, 'UTC')),
    product_id uuid NOT NULL,
    sold bigint NOT NULL CHECK (sold >= 0),
    cancelled bigint NOT NULL CHECK (cancelled >= 0),
    units bigint NOT NULL GENERATED ALWAYS AS (sold - cancelled) STORED,
    PRIMARY KEY (hour, product_id)
  )`;

/** One row: grows with every batch that changed figures, in that batch's transaction. */
const SALES_CHANGES = `
  CREATE TABLE sales_changes (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    changes bigint NOT NULL
  )`;

/** One row: which state of the sales, seen from which hour, the rankings show. */
const CALCULATION = `
  CREATE TABLE calculation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    changes bigint NOT NULL,
    hour timestamptz
  )`;

/** One row a window; place i of it is \`product_ids[i]\` with \`units[i]\`. */
const RANKINGS = `
  CREATE TABLE rankings (
    days integer PRIMARY KEY CHECK (days BETWEEN 1 AND 30),
    calculated_at timestamptz NOT NULL,
    product_ids uuid[] NOT NULL,
    units bigint[] NOT NULL,
    CHECK (cardinality(product_ids) = cardinality(units) AND cardinality(units) <= 100)
  )`;

export class Tables1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COUNTED_STEPS);
    await runner.query(HOURLY_SALES);
    await runner.query(SALES_CHANGES);
    await runner.query(CALCULATION);
    await runner.query(RANKINGS);
    await runner.query('INSERT INTO sales_changes (changes) VALUES (0)');
    await runner.query('INSERT INTO calculation (changes) VALUES (0)');
    await runner.query(
      `INSERT INTO rankings (days, calculated_at, product_ids, units)
       SELECT days, now(), '{}', '{}' FROM generate_series(1, 30) AS days`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rankings, calculation, sales_changes, hourly_sales, counted_steps');
  }
}
