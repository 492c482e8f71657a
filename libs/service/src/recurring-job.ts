import { Logger } from '@nestjs/common';
import { BusyFailure, TransientFailure } from '@jangteo/contracts';
import { Gauge } from 'prom-client';

interface Rhythm {
  /** The pause is counted from the end of a run: however long one takes, there is time between two. */
  readonly fromEnd?: boolean;
}

const failing = new Gauge({
  name: 'recurring_job_failing',
  help: '1 where the last run of what is done again and again failed',
  labelNames: ['name'] as const,
});

/**
 * Does something again and again, one run after the other and never two at a time. After a run that failed the
 * next one comes as planned, because what failed (a database that is away) usually passes. It is logged once for
 * as long as it fails in the same words, whatever their numbers, and that it passed; a metric tells for as long as it lasts.
 */
export class RecurringJob {
  readonly #logger = new Logger('RecurringJob');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();
  #failure: string | undefined;

  /**
   * @param name what is done, for log and metric
   * @param everyMs from the start of one run to the start of the next; a longer run delays the next
   */
  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<unknown>,
    private readonly rhythm: Rhythm = {},
  ) {}

  /** Aborted once it is being stopped: no other run begins, and one that does much may end early. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** As {@link start}, with the first run after the pause that is between two. */
  startLater(): void {
    this.#timer = setTimeout(() => this.start(), this.everyMs);
  }

  /** Lets the run that is under way finish, and begins no other. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const startedMs = performance.now();
    try {
      await this.work();
      this.#note(undefined);
    } catch (error) {
      this.#note(String(error), error);
    }
    if (this.stopping.aborted) return;
    const spentMs = this.rhythm.fromEnd === true ? 0 : performance.now() - startedMs;
    this.#timer = setTimeout(() => this.start(), Math.max(0, this.everyMs - spentMs));
  }

  #note(failure: string | undefined, error?: unknown): void {
    const before = this.#failure;
    // PostgreSQL names temporary files by number: each run would add a line to a disk that is full.
    const kind = failure?.replaceAll(/\d+/g, '#');
    this.#failure = kind;
    failing.set({ name: this.name }, failure === undefined ? 0 : 1);
    if (kind === before) return;
    if (failure === undefined) {
      this.#logger.log(`${this.name} works again`);
      return;
    }
    const msg = `${this.name} failed, to be done again: ${failure}`;
    // Somebody was in the way: nothing is broken, and the metric says so where it lasts.
    if (error instanceof BusyFailure) {
      this.#logger.warn(msg);
      return;
    }
    // A bug is found by where it was thrown; what passes by waiting was thrown where everything is.
    const isBug = error instanceof Error && !(error instanceof TransientFailure);
    this.#logger.error(isBug ? { msg, err: error } : msg);
  }
}
