import {
  digestSql,
  DROP_KEPT_SUMS,
  forgetChanges,
  KEPT_SUMS,
  noteChanges,
  partKeySql,
  type MigrationInterface,
  type QueryRunner,
  type SummedTable,
} from '@jangteo/database';

const PART = partKeySql('r.order_id');
const statusOf = (expression: string): string =>
  digestSql(
    ['r.order_id'],
    `CASE ${expression} WHEN 'SUCCESS' THEN 1 WHEN 'CANCELLING' THEN 1 WHEN 'FAILED' THEN 2
      WHEN 'CANCELLED' THEN 3 ELSE 0 END`,
  );

const ITEM = `
  SELECT 'stock', ${PART}, 1, item.quantity::numeric,
    ${digestSql(['item.order_id', 'item.option_id'], 'item.quantity')}::numeric`;

const ORDERS: SummedTable = {
  table: 'orders',
  idColumns: ['order_id'],
  columns: [
    'order_id',
    'user_id',
    'status',
    'subtotal',
    'total',
    'user_coupon_id',
    'completed_at',
    'cancelled_at',
  ],
  entries: `
    SELECT 'orders', ${PART}, 1, 1::numeric, ${statusOf('r.status')}::numeric
    UNION ALL
    SELECT 'payments', ${PART}, 1, r.total::numeric,
      ${digestSql(['r.order_id', 'r.user_id'], 'r.total')}::numeric
    WHERE r.status = 'SUCCESS' AND r.total > 0
    UNION ALL
    SELECT 'coupons', ${PART}, 1, 1::numeric,
      ${digestSql(['r.order_id', 'r.user_coupon_id'], '0')}::numeric
    WHERE r.status = 'SUCCESS' AND r.user_coupon_id IS NOT NULL
    UNION ALL
    SELECT 'steps', ${PART}, 1 + cancelled, (1 + cancelled)::numeric,
      ${digestSql(['r.order_id'], '1')}::numeric + cancelled * ${digestSql(['r.order_id'], '2')}
    FROM (SELECT (r.cancelled_at IS NOT NULL)::int AS cancelled) AS its WHERE r.completed_at IS NOT NULL
    UNION ALL
    ${ITEM} FROM order_items AS item
    WHERE item.order_id = r.order_id AND NOT (r.status <> 'SUCCESS' AND r.subtotal IS NOT NULL)`,
};

/** Items are summed with their order. */
const ORDER_ITEMS: SummedTable = {
  table: 'order_items',
  source: 'orders',
  idColumns: ['order_id'],
  columns: ['order_id', 'option_id', 'quantity'],
  entries: `
    ${ITEM} FROM (SELECT r.order_id, r.option_id, r.quantity) AS item
    WHERE NOT EXISTS (SELECT FROM orders
      WHERE orders.order_id = r.order_id AND status <> 'SUCCESS' AND subtotal IS NOT NULL)`,
};

const SAGAS: SummedTable = {
  table: 'sagas',
  idColumns: ['order_id'],
  columns: ['order_id', 'state'],
  entries: `SELECT 'sagas', ${PART}, 1, 1::numeric, ${statusOf('r.state')}::numeric`,
};

const PLATFORM_RECORDS: SummedTable = {
  table: 'platform_records',
  idColumns: ['order_id'],
  columns: ['order_id', 'type'],
  entries: `
    SELECT 'records', ${PART}, 1, 1::numeric,
      ${digestSql(['r.order_id'], `CASE r.type WHEN 'order.completed' THEN 1 ELSE 2 END`)}::numeric`,
};

async function run(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await runner.query(statement);
}

export class KeptSums1768262400000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return run(runner, KEPT_SUMS);
  }

  down(runner: QueryRunner): Promise<void> {
    return run(runner, DROP_KEPT_SUMS);
  }
}

/** Keeps the sums of one table. */
abstract class Summing implements MigrationInterface {
  protected abstract readonly table: SummedTable;

  up(runner: QueryRunner): Promise<void> {
    return run(runner, noteChanges(this.table));
  }

  down(runner: QueryRunner): Promise<void> {
    return run(runner, forgetChanges(this.table));
  }
}

export class SumsOfOrders1768262400001 extends Summing {
  protected readonly table = ORDERS;
}

export class SumsOfOrderItems1768262400002 extends Summing {
  protected readonly table = ORDER_ITEMS;
}

export class SumsOfSagas1768262400003 extends Summing {
  protected readonly table = SAGAS;
}

export class SumsOfPlatformRecords1768262400004 extends Summing {
  protected readonly table = PLATFORM_RECORDS;
}
