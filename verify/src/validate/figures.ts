import type { AnyService, Shop } from '@jangteo/testkit';

/** Figures that change with whatever a customer or an admin does: the whole shop, summed up. */
const FIGURES = {
  orders: ['order', 'SELECT count(*) AS figure FROM orders'],
  successes: ['order', `SELECT count(*) AS figure FROM orders WHERE status = 'SUCCESS'`],
  failures: ['order', `SELECT count(*) AS figure FROM orders WHERE status = 'FAILED'`],
  cancellations: ['order', `SELECT count(*) AS figure FROM orders WHERE status = 'CANCELLED'`],
  unitsInCarts: ['order', 'SELECT coalesce(sum(quantity), 0) AS figure FROM cart_items'],
  money: ['wallet', 'SELECT coalesce(sum(balance), 0) AS figure FROM wallets'],
  charges: ['wallet', 'SELECT count(*) AS figure FROM charges'],
  products: ['catalog', 'SELECT count(*) AS figure FROM products'],
  stock: ['catalog', 'SELECT coalesce(sum(stock), 0) AS figure FROM options'],
  coupons: ['coupon', 'SELECT count(*) AS figure FROM coupons'],
  issued: ['coupon', 'SELECT count(*) AS figure FROM user_coupons'],
  usedCoupons: ['coupon', 'SELECT count(*) AS figure FROM user_coupons WHERE order_id IS NOT NULL'],
} as const satisfies Record<string, readonly [AnyService, string]>;

type FigureName = keyof typeof FIGURES;
export type Figures = Readonly<Record<FigureName, number>>;

/** The change in figures by one effect; those not named stay as they were. */
export type Change = Readonly<Partial<Record<FigureName, number>>>;

export async function readFigures(shop: Shop): Promise<Figures> {
  const entries = await Promise.all(
    Object.entries(FIGURES).map(async ([name, [service, statement]]) => {
      const [row] = await shop.sql<{ figure: number }>(service, statement);
      return [name, Number(row?.figure)] as const;
    }),
  );
  return Object.fromEntries(entries) as Figures;
}

/** Figures that differ from those after one effect of this kind, in words. */
export function strayFigures(before: Figures, after: Figures, change: Change): string[] {
  return (Object.keys(FIGURES) as FigureName[])
    .filter((name) => after[name] !== before[name] + (change[name] ?? 0))
    .map((name) => `${name} went from ${before[name]} to ${after[name]}, and not by ${change[name] ?? 0}`);
}
