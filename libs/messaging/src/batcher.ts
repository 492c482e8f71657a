import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Arrival } from './consumer-session.js';
import { describeError } from './dead-letters.js';

/** Works on one batch; what goes wrong is its own affair. */
export type Work = (batch: readonly Arrival[]) => Promise<void>;

/** Upper bounds of a batch. One message is a batch, whatever it weighs. */
export interface BatchBounds {
  readonly size: number;
  /** Of the bodies. */
  readonly bytes: number;
}

/** Counts those of the first arrivals that make a batch. */
function batchLength(waiting: readonly Arrival[], { size, bytes }: BatchBounds): number {
  let weight = 0;
  for (const [index, { message }] of waiting.entries()) {
    weight += message.content.length;
    if (index === size || (index > 0 && weight > bytes)) return index;
  }
  return waiting.length;
}

/**
 * Gathers what arrives for one handler and works on one batch at a time: all that has arrived, up to a
 * size and a weight, at once. While one batch is in work the next one gathers, so batches grow with the load and
 * nothing that anybody waits for ever waits for a timer.
 */
export class Batcher {
  readonly #logger = new Logger(Batcher.name);
  #waiting: Arrival[] = [];
  #working: Promise<void> | undefined;
  #isStopped = false;

  constructor(
    private readonly name: string,
    private readonly bounds: BatchBounds,
    private readonly work: Work,
    /** Milliseconds for which a batch gathers before it is worked on; for messages that nobody waits for. */
    private readonly gatherMs = 0,
  ) {}

  /** Never throws and never waits. */
  arrive(arrival: Arrival): void {
    this.#waiting.push(arrival);
    if (!this.#isStopped) this.#working ??= this.#run();
  }

  /** Begins no more batches; {@link idle} tells when the last one is done. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Takes out what has arrived and is in no batch yet. */
  takeWaiting(): Arrival[] {
    return this.#waiting.splice(0);
  }

  async idle(): Promise<void> {
    await this.#working;
  }

  #isFull(): boolean {
    const length = batchLength(this.#waiting, this.bounds);
    return length === this.bounds.size || length < this.#waiting.length;
  }

  async #run(): Promise<void> {
    // What the socket has brought by now is parsed first, so that it is one batch rather than 1 and n - 1.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0 && !this.#isStopped) {
      if (this.gatherMs > 0 && !this.#isFull()) await sleep(this.gatherMs);
      if (this.#isStopped) break;
      const batch = this.#waiting
        .splice(0, batchLength(this.#waiting, this.bounds))
        .filter(({ session }) => session.isAlive);
      if (batch.length === 0) continue;
      try {
        await this.work(batch);
      } catch (error) {
        this.#logger.error(`${this.name}: ${describeError(error)}`);
      }
    }
    this.#working = undefined;
  }
}
