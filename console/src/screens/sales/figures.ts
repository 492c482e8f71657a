import type { SalesOfPeriod } from '@jangteo/client';

/** What bars may be of. */
export const MEASURES = ['revenue', 'units', 'orders'] as const;
export type Measure = (typeof MEASURES)[number];

const SUMS = [...MEASURES, 'discount', 'cancelled'] as const;
export type Sum = (typeof SUMS)[number];

/** The measures that at least one row has: the ranking alone knows no money. */
export const knownIn = (rows: readonly SalesOfPeriod[]): Measure[] =>
  MEASURES.filter((measure) => measure === 'units' || rows.some((row) => row[measure] !== undefined));

/** The measure that is drawn: the one wanted, where it is known, else the first that is. */
export function measureOf(wanted: string | undefined, known: readonly Measure[]): Measure {
  return known.find((measure) => measure === wanted) ?? known[0] ?? 'units';
}

/** What all rows come to, as far as any has it; `isPart` where some have not. */
export function sumOf(
  rows: readonly SalesOfPeriod[],
  sum: Sum,
): { readonly value: number; readonly isPart: boolean } | undefined {
  const values = rows.flatMap((row) => row[sum] ?? []);
  if (values.length === 0) return undefined;
  return { value: values.reduce((all, one) => all + one, 0), isPart: values.length < rows.length };
}

export type Origin = 'statistics' | 'ranking' | 'both';

/** Whose figures rows are; undefined where there are none. */
export function originOf(rows: readonly Pick<SalesOfPeriod, 'source'>[]): Origin | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  return rows.every(({ source }) => source === first.source) ? first.source : 'both';
}
