import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from './plan.js';
import { Tally } from './tally.js';

/** The time in which answers count: after the warm-up, for so many seconds. */
export class Window {
  readonly tally = new Tally();
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens after the warm-up, and closes again after its time. */
  async pass(
    { warmUpSeconds, seconds }: { warmUpSeconds: number; seconds: number },
    onBegin: () => void,
  ): Promise<LoadResult> {
    await sleep(warmUpSeconds * 1_000);
    this.#isOpen = true;
    const beganAt = performance.now();
    onBegin();
    await sleep(seconds * 1_000);
    this.#isOpen = false;
    return this.tally.result((performance.now() - beganAt) / 1_000);
  }
}
