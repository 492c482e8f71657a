import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SERVICES, wholeNumber } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { BatchServer } from '@jangteo/messaging';
import { Gauge } from 'prom-client';
import { CONFIG } from '../config.js';
import { RecurringJob } from '../recurring-job.js';
import { keptSeconds } from '../retention.js';
import { DeadLetterHandler } from './dead-letter.handler.js';
import { readAlertingCounts } from './dead-letter-groups.queries.js';

export const deadLetterEnv = {
  DEAD_LETTERS_INTERVAL_MS: wholeNumber(10, 600_000, 5_000).meta({
    description:
      'pause between two looks at dead letters: those that wait are counted for the metric, and those ' +
      'that the broker gave up on together are tried once more, each alone',
    services: SERVICES,
  }),
  DEAD_LETTERS_KEPT_SECONDS: keptSeconds(7_776_000).meta({
    description:
      'how long dead letters are kept that were sent again or dropped, those that wait until somebody ' +
      'decides; [what grows, and for how long](operations.md#what-grows-and-for-how-long)',
    services: SERVICES,
  }),
};

interface DeadLetterConfig {
  readonly DEAD_LETTERS_INTERVAL_MS: number;
}

const waiting = new Gauge({
  name: 'messaging_dead_letters_waiting',
  help: 'Messages that could not be handled and wait for people, but those that somebody has muted; from 10,000 on, at least so many; the same in each replica; to alert on',
  labelNames: ['queue'] as const,
});

/** Has dead letters brought in, and does what no message triggers. */
@Injectable()
export class DeadLetterSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #looks: RecurringJob;

  constructor(
    server: BatchServer,
    private readonly letters: DeadLetterHandler,
    private readonly database: Database,
    @Inject(CONFIG) { DEAD_LETTERS_INTERVAL_MS }: DeadLetterConfig,
  ) {
    server.keepDeadLettersIn(letters);
    this.#looks = new RecurringJob('looking at the dead letters', DEAD_LETTERS_INTERVAL_MS, () =>
      this.#look(),
    );
  }

  onApplicationBootstrap(): void {
    this.#looks.start();
  }

  /** Before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#looks.stop();
  }

  async #look(): Promise<void> {
    try {
      await this.letters.retryCaught();
    } finally {
      // People are told how many wait, above all while none can be sent.
      await this.#showWaiting();
    }
  }

  async #showWaiting(): Promise<void> {
    const counts = await readAlertingCounts(this.database);
    waiting.reset();
    for (const { queue, count } of counts) waiting.set({ queue }, count);
  }
}
