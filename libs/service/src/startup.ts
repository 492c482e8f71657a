import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { TransientFailure } from '@jangteo/contracts';

const AGAIN_EVERY_MS = 250;
const TELL_EVERY_MS = 10_000;

/** The work to be done, in order, before a service takes its first message; until then it is not ready. */
@Injectable()
export class Startup implements BeforeApplicationShutdown {
  readonly #logger = new Logger(Startup.name);
  #isDone = false;
  #isStopping = false;

  get isOver(): boolean {
    return this.#isDone;
  }

  /**
   * Takes the steps, each one again until what it needs (a database that is still away) is there. A service that is
   * told to stop takes no further one, and is never ready.
   * @throws whatever does not pass by waiting
   */
  async go(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
    for (const step of steps) await this.#untilDone(step);
    this.#isDone = !this.#isStopping;
  }

  beforeApplicationShutdown(): void {
    this.#isStopping = true;
  }

  async #untilDone(step: () => Promise<unknown>): Promise<void> {
    for (let tellAtMs = performance.now(); !this.#isStopping;) {
      try {
        await step();
        return;
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        if (performance.now() >= tellAtMs) {
          this.#logger.warn(`cannot start yet, trying on: ${error.message}`);
          tellAtMs = performance.now() + TELL_EVERY_MS;
        }
      }
      await pause(AGAIN_EVERY_MS);
    }
  }
}
