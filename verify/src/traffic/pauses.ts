import type { ClientLog } from './client-log.js';

/** Notes when orders succeed, to tell for how long none did. */
export class Pauses {
  readonly #successes: number[] = [];
  #isOver = false;

  constructor(log: Pick<ClientLog, 'nextSuccess'>) {
    void this.#watch(log);
  }

  /** The longest time without an order that was answered with success, in milliseconds, from then until now. */
  longestSince(beganMs: number): number {
    const moments = [beganMs, ...this.#successes.filter((at) => at > beganMs), performance.now()];
    return Math.max(...moments.slice(1).map((at, index) => at - (moments[index] ?? at)));
  }

  end(): void {
    this.#isOver = true;
  }

  async #watch(log: Pick<ClientLog, 'nextSuccess'>): Promise<void> {
    while (!this.#isOver) {
      await log.nextSuccess();
      this.#successes.push(performance.now());
    }
  }
}
