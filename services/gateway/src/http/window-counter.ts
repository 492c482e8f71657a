import { LRUCache } from 'lru-cache';
import type { Share } from '../domain/network.js';

const WINDOW_MS = 60_000;

/** The number of events within a window, and the time that is left of it. */
export interface Counted {
  readonly count: number;
  readonly leftMs: number;
}

/**
 * Counts events of each key in windows of a minute, which their first event begins. In this process: to stop floods
 * and scripts, not to meter customers. Of so many keys at a time; beyond, who came least recently begins anew.
 */
export class WindowCounter {
  readonly #windows: LRUCache<string, { readonly endsAtMs: number; count: number }>;

  constructor(keysMax: number) {
    this.#windows = new LRUCache({ max: keysMax });
  }

  /** Counts one more, which the answer includes. */
  count(key: string): Counted {
    const nowMs = performance.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAtMs <= nowMs) {
      window = { endsAtMs: nowMs + WINDOW_MS, count: 0 };
      this.#windows.set(key, window);
    }
    window.count += 1;
    return { count: window.count, leftMs: window.endsAtMs - nowMs };
  }

  /**
   * Counts one more in each network, the narrowest first, of which a share of one may have `most`. What one has no more
   * room for counts in none around it: those have neighbours.
   *
   * @returns how many the network has left that has the fewest, and for how long; below 0 for one too many
   */
  countWithin(shares: readonly Share[], most: number): { readonly left: number; readonly leftMs: number } {
    let fewest = { left: Infinity, leftMs: 0 };
    for (const [network, share] of shares) {
      const { count, leftMs } = this.count(network);
      const left = most * share - count;
      if (left < fewest.left) fewest = { left, leftMs };
      if (left < 0) break;
    }
    return fewest;
  }

  look(key: string): Counted {
    const { endsAtMs = 0, count = 0 } = this.#windows.get(key) ?? {};
    const leftMs = endsAtMs - performance.now();
    return leftMs > 0 ? { count, leftMs } : { count: 0, leftMs: 0 };
  }
}
