import type { Address } from '../../ui/address.js';
import { queryOf } from '../../ui/filter-fields.js';
import type { Clock } from '../../ui/format.js';

/** Hours that are looked back. */
const LAST_HOURS = { '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 } as const;

export type Last = keyof typeof LAST_HOURS;
export const LASTS = Object.keys(LAST_HOURS) as Last[];

export type Period = 'hour' | 'day';

const HOUR_MS = 3_600_000;
export const PERIOD_MS: Readonly<Record<Period, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS };

/** As many hours as the API gives at a time. */
const HOURS_MAX = 744;

/** What of the sales an address means. */
export interface View {
  readonly by: Period;
  /** Undefined where it has times of its own. */
  readonly last: Last | undefined;
}

export const FIELDS = { from: 'datetime-local', to: 'datetime-local' } as const;

const isLast = (text: string | undefined): text is Last => LASTS.some((one) => one === text);

export function viewOf({ last, by, from, to }: Address): View {
  const isOwn = from !== undefined || to !== undefined;
  const its = isOwn ? undefined : isLast(last) ? last : '30d';
  const hours = its === undefined ? 0 : LAST_HOURS[its];
  const usual = its === '24h' ? 'hour' : 'day';
  if (by === 'hour' && hours <= HOURS_MAX) return { by, last: its };
  return { by: by === 'day' ? by : hours > HOURS_MAX ? 'day' : usual, last: its };
}

/** The times that are asked for at a moment, in milliseconds: whole hours or days up to it, or those of the address. */
export function timesOf(
  address: Address,
  nowMs: number,
  zone: Clock['zone'],
): { readonly from?: string; readonly to?: string } {
  const { by, last } = viewOf(address);
  if (last === undefined) return queryOf(FIELDS, address, zone) as { from?: string; to?: string };
  const periodMs = PERIOD_MS[by];
  const rows = (LAST_HOURS[last] * HOUR_MS) / periodMs;
  return { from: new Date((Math.floor(nowMs / periodMs) - rows + 1) * periodMs).toISOString() };
}
