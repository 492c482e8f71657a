/** After so many tries in vain it waits for whoever looks to ask again. */
const TRIES_MAX = 5;
/** Where nobody may be there to do so it goes on, after pauses that grow up to this. */
const PAUSE_MS_MAX = 15_000;

export const isGivenUp = (tries: number, isEndless: boolean): boolean => !isEndless && tries >= TRIES_MAX;

/**
 * Milliseconds to the next read.
 * @param everyMs between two reads that succeed
 * @param tries in vain since the last that did
 */
export function pauseBefore(everyMs: number, tries: number, isEndless: boolean): number | undefined {
  if (isGivenUp(tries, isEndless)) return undefined;
  return isEndless ? Math.max(everyMs, Math.min(PAUSE_MS_MAX, everyMs * 2 ** tries)) : everyMs;
}
