import { randomFillSync } from 'node:crypto';

const COUNTER_MAX = 0xfff;
/** A millisecond's count begins below this, so that it has room for more than two thousand ids. */
const COUNTER_STARTS = 0x800;

/** Two for where a millisecond's count begins, and eight for the id. */
const RANDOM_BYTES = 10;
/** Random bytes are made for so many ids at once: an id costs a third less. */
const IDS_AT_ONCE = 512;

/**
 * Makes ids of version 7, each above the one before: RFC 9562, section 6.2, method 1. Twelve bits count within a
 * millisecond, 62 are random. When they have counted through, or the clock goes back, the milliseconds run ahead
 * of it, as far as is needed.
 *
 * @param nowMs the time, in whole milliseconds since the epoch
 */
export function idsInOrder(nowMs: () => number): () => string {
  const random = Buffer.alloc(RANDOM_BYTES * IDS_AT_ONCE);
  let used = random.length;
  let lastMs = -1;
  let counter = 0;
  let time = '';
  return () => {
    if (used === random.length) {
      randomFillSync(random);
      used = 0;
    }
    const now = nowMs();
    counter += 1;
    if (now > lastMs || counter > COUNTER_MAX) {
      lastMs = Math.max(now, lastMs + 1);
      counter = random.readUInt16BE(used) % COUNTER_STARTS;
      const hex = lastMs.toString(16).padStart(12, '0');
      time = `${hex.slice(0, 8)}-${hex.slice(8)}-`;
    }
    const own = used + 2;
    random.writeUInt8((random.readUInt8(own) & 0x3f) | 0x80, own);
    used += RANDOM_BYTES;
    const rest = random.toString('hex', own, used);
    return `${time}${(0x7000 + counter).toString(16)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  };
}

/**
 * A new id, above all that this process has made: of what it stores, the highest id is the newest. (Of two
 * processes, the clocks decide.)
 */
export const newId: () => string = idsInOrder(Date.now);
