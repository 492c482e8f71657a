import { randomUUID } from 'node:crypto';

const COUNTER_MAX = 0xfff;
/** A millisecond's count begins below this, so that it has room for more than two thousand ids. */
const COUNTER_STARTS = 0x800;

/**
 * Makes ids of version 7, each above the one before: RFC 9562, section 6.2, method 1. Twelve bits count within a
 * millisecond, 62 are random. When they have counted through, or the clock goes back, the milliseconds run ahead
 * of it, as far as is needed.
 *
 * @param nowMs the time, in whole milliseconds since the epoch
 */
export function idsInOrder(nowMs: () => number): () => string {
  let lastMs = -1;
  let counter = 0;
  let time = '';
  return () => {
    const now = nowMs();
    const random = randomUUID();
    counter += 1;
    if (now > lastMs || counter > COUNTER_MAX) {
      lastMs = Math.max(now, lastMs + 1);
      counter = Number.parseInt(random.slice(0, 3), 16) % COUNTER_STARTS;
      const hex = lastMs.toString(16).padStart(12, '0');
      time = `${hex.slice(0, 8)}-${hex.slice(8)}-`;
    }
    // From the fourth group on it is a random id: two bits that say so, and 62 random ones.
    return `${time}${(0x7000 + counter).toString(16)}${random.slice(18)}`;
  };
}

/**
 * A new id, above all that this process has made: of what it stores, the highest id is the newest. (Of two
 * processes, the clocks decide.)
 */
export const newId: () => string = idsInOrder(Date.now);
