/** Bounds of the pause between two looks at something that others watch. */
export interface Pauses {
  readonly leastMs: number;
  readonly mostMs: number;
}

const GROWTH = 1.5;

/** The pause until the next look: the least after something has changed, and longer each time that nothing has. */
export function pauseAfter(pauseMs: number, hasChanged: boolean, { leastMs, mostMs }: Pauses): number {
  return hasChanged ? leastMs : Math.max(leastMs, Math.min(mostMs, pauseMs * GROWTH));
}

/** Milliseconds that each who watches adds to the pause: so many of them cost no more than a few. */
const MS_EACH = 0.5;

/** The least pause where each change goes to so many who watch. */
export function leastPauseMs(leastMs: number, watching: number): number {
  return Math.max(leastMs, watching * MS_EACH);
}
