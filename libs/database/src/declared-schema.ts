import { DataSource, type QueryRunner } from 'typeorm';
import { PostgresNames } from './naming.js';

/** All that is compared, a line each: columns, constraints and indexes of the tables in the current schema. */
const CATALOG = `
  WITH tables AS (
    SELECT oid, relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
      AND relname NOT IN ('migrations', 'typeorm_metadata')
  )
  SELECT concat_ws(' ', relname || '.' || attname, format_type(atttypid, atttypmod),
    CASE WHEN attnotnull THEN 'NOT NULL' END, CASE attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY' END,
    CASE attgenerated WHEN 's' THEN 'GENERATED AS' ELSE 'DEFAULT' END || ' ' || pg_get_expr(adbin, adrelid)) AS line
  FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  UNION ALL
  SELECT concat_ws(' ', relname, conname, pg_get_constraintdef(pg_constraint.oid))
  FROM tables JOIN pg_constraint ON conrelid = tables.oid AND contype IN ('p', 'u', 'f', 'c')
  UNION ALL
  SELECT replace(pg_get_indexdef(indexrelid), current_schema() || '.', '')
  FROM tables JOIN pg_index ON indrelid = tables.oid
  WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
  ORDER BY line`;

async function linesOf(runner: QueryRunner, schema: string): Promise<string[]> {
  await runner.query(`SET search_path = ${schema}`);
  const rows = (await runner.query(CATALOG)) as { line: string }[];
  return rows.map(({ line }) => line);
}

/** Lines of the catalog that only one of the two has. */
export interface SchemaDifferences {
  readonly onlyMigrated: readonly string[];
  readonly onlyDeclared: readonly string[];
}

/**
 * Compares a migrated database with what TypeORM makes of entities, in a schema of its own beside it. By the catalog,
 * since TypeORM's own comparison looks neither into conditions nor at the order of columns. What entities cannot say is
 * not compared: triggers, functions, views and storage parameters.
 *
 * @param url the database, as its owner
 */
export async function schemaDifferences(
  url: string,
  entities: readonly (new () => object)[],
): Promise<SchemaDifferences> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    schema: 'declared',
    entities: [...entities],
    namingStrategy: new PostgresNames(),
  });
  // TypeORM refuses types that it does not know.
  dataSource.driver.supportedDataTypes.push('xid8' as 'text');
  await dataSource.initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('CREATE SCHEMA declared');
    await dataSource.synchronize();
    const [migrated, declared] = [await linesOf(runner, 'public'), await linesOf(runner, 'declared')];
    return {
      onlyMigrated: migrated.filter((line) => !declared.includes(line)),
      onlyDeclared: declared.filter((line) => !migrated.includes(line)),
    };
  } finally {
    await runner.query('DROP SCHEMA IF EXISTS declared CASCADE');
    await runner.release();
    await dataSource.destroy();
  }
}
