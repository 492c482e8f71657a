import {
  DAY_MS,
  done,
  FIRST_INSTANT_MS,
  HOUR_MS,
  refuseField,
  SALES_ROWS_MAX,
  type Outcome,
} from '@jangteo/contracts';

/** The time for which sales are read. */
export interface SalesRange {
  readonly from: string;
  readonly to: string;
}

const PERIOD_MS = { hour: HOUR_MS, day: DAY_MS } as const;

/** How many hours or days are meant where nothing is said of the beginning, and how many at the most. */
interface Rows {
  readonly usual: number;
  readonly max: number;
}

const DAY_HOURS = 24;

const ROWS = {
  hour: { usual: DAY_HOURS, max: SALES_ROWS_MAX.hour },
  day: { usual: 30, max: SALES_ROWS_MAX.day },
} as const satisfies Record<string, Rows>;

/** What sold most is asked for in days, by their hours. */
const PRODUCT_HOURS: Rows = { usual: ROWS.day.usual * DAY_HOURS, max: ROWS.day.max * DAY_HOURS };

const wrong = (message: string) => refuseField('from', message);

/**
 * Finds the range that is meant: from the hour or day of `from` on, up to the one of `to`.
 *
 * @param wanted where `to` is left out, it is the present
 * @returns VALIDATION_FAILED for none, for more than is read at a time, or for one from before all instants
 */
export function salesRange(
  {
    by,
    ...wanted
  }: { readonly by: 'hour' | 'day'; readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
  rows: Rows = ROWS[by],
): Outcome<SalesRange> {
  const periodMs = PERIOD_MS[by];
  const toMs = wanted.to === undefined ? nowMs : Date.parse(wanted.to);
  const usualMs = toMs - (rows.usual - 1) * periodMs;
  const givenMs = wanted.from === undefined ? usualMs : Date.parse(wanted.from);
  if (givenMs < FIRST_INSTANT_MS) return wrong('is needed');
  if (givenMs >= toMs) return wrong('must be before to');
  const fromMs = Math.floor(givenMs / periodMs) * periodMs;
  if (Math.ceil((toMs - fromMs) / periodMs) > rows.max) {
    return wrong(`must be at most ${rows.max} ${by}s before to`);
  }
  return done({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
}

/** As {@link salesRange}, for what sold most: whole hours, 30 days of them where nothing is said. */
export function productsRange(
  wanted: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): Outcome<SalesRange> {
  return salesRange({ by: 'hour', ...wanted }, nowMs, PRODUCT_HOURS);
}
