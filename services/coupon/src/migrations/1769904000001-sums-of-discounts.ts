import { digestSql, KeepingSums, partKeySql } from '@jangteo/database';

/** Beside the other sums of redemptions, none of which is made anew for them. */
export class SumsOfDiscounts1769904000001 extends KeepingSums {
  protected readonly books = ['discounts'];
  protected readonly summed = {
    table: 'redemptions',
    name: 'discounts',
    idColumns: ['order_id'],
    columns: ['order_id', 'discount', 'released_at'],
    entries: `
      SELECT 'discounts', ${partKeySql('r.order_id')}, 1, r.discount::numeric,
        ${digestSql(['r.order_id'], 'r.discount')}::numeric
      WHERE r.released_at IS NULL AND r.discount > 0`,
  };
}
