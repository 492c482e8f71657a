/** How fresh what is shown is. */
export interface Freshness {
  /** When it was last heard, in milliseconds; 0 before. */
  readonly at: number;
  /** Between two times that it is heard, in milliseconds; undefined where it is not heard again. */
  readonly everyMs: number | undefined;
  /** How often it was tried in vain since then. */
  readonly tries: number;
  readonly isStopped: boolean;
  readonly connect: () => void;
}

/** What is late by less is on its way. */
const LATE_MS = 5_000;

/**
 * `old` is what should have been heard again and was not, without anybody having said why: a read that hangs, a page
 * that was not looked at for hours.
 */
export type FreshnessState = 'none' | 'live' | 'old' | 'trying' | 'stopped';

export function stateOf(
  { at, everyMs, tries, isStopped }: Omit<Freshness, 'connect'>,
  now: number,
): FreshnessState {
  if (isStopped) return 'stopped';
  if (tries > 0) return 'trying';
  if (at === 0) return 'none';
  return everyMs !== undefined && now - at > 2 * everyMs + LATE_MS ? 'old' : 'live';
}
