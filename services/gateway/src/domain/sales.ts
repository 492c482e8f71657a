import { done, refuse, SALES_ROWS_MAX, type Outcome } from '@jangteo/contracts';

/** The time for which sales are read. */
export interface SalesRange {
  readonly from: string;
  readonly to: string;
}

const HOUR_MS = 3_600_000;

const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;

/** Hours or days that are read where nothing is said of the beginning. */
const USUAL_ROWS = { hour: 24, day: 30 } as const;

const wrong = (message: string) =>
  refuse('VALIDATION_FAILED', undefined, { errors: [{ path: 'from', message }] });

/**
 * Finds the range that is meant: from the hour or day of `from` on, up to the one of `to`.
 *
 * @param wanted where `to` is left out, it is the present; where `from` is, a day of hours or 30 days before `to`
 * @returns VALIDATION_FAILED for none, or for more than is read at a time
 */
export function salesRange(
  {
    by,
    ...wanted
  }: { readonly by: 'hour' | 'day'; readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): Outcome<SalesRange> {
  const periodMs = PERIOD_MS[by];
  const toMs = wanted.to === undefined ? nowMs : Date.parse(wanted.to);
  const usualMs = toMs - (USUAL_ROWS[by] - 1) * periodMs;
  const givenMs = wanted.from === undefined ? usualMs : Date.parse(wanted.from);
  if (givenMs >= toMs) return wrong('must be before to');
  const fromMs = Math.floor(givenMs / periodMs) * periodMs;
  if (Math.ceil((toMs - fromMs) / periodMs) > SALES_ROWS_MAX[by]) {
    return wrong(`must be at most ${SALES_ROWS_MAX[by]} ${by}s before to`);
  }
  return done({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
}
