import { KeepingSums } from '@jangteo/database';

/** A movement has no id of its own that tells its time: it is summed with its option, and noted where that is older. */
export class SumsOfMovements1769731200007 extends KeepingSums {
  protected readonly books = ['received'];
  protected readonly summed = {
    table: 'stock_movements',
    idColumns: ['option_id'],
    columns: ['option_id', 'quantity'],
    entries: `SELECT 'received', r.option_id::text, 1, r.quantity::numeric, 0::numeric`,
  };
}
