import { wholeNumber } from '@jangteo/contracts';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database, forget, OLD_KEYED_OUTCOMES, OLD_UNKEYED_OUTCOMES } from '@jangteo/database';
import { Counter } from 'prom-client';
import { z } from 'zod';
import { CONFIG } from './config.js';
import { RecurringJob } from './recurring-job.js';
import { eachInTurn, stepAndRest } from './steps.js';

const YEARS_10 = 315_360_000;

/** A time for which rows are kept; how long rows of one kind are of use is what its default says. */
export const keptSeconds = (fallback: number) => wholeNumber(1, YEARS_10, fallback);

export const retentionEnv = {
  RETENTION_INTERVAL_MS: wholeNumber(10, 3_600_000, 60_000).describe(
    'pause between two looks at what was kept long enough',
  ),
  RETENTION_BATCH_MAX: wholeNumber(1, 10_000, 1_000).describe('rows that one transaction deletes'),
};

/** Variables for the seconds for which outcomes that belong to no order are kept. */
export const outcomeEnv = {
  OUTCOMES_UNKEYED_SECONDS: keptSeconds(900).describe(
    'how long the outcome of a request without an `Idempotency-Key` is kept: longer than a broker may ' +
      'deliver a request again',
  ),
  OUTCOMES_KEYED_SECONDS: wholeNumber(1, 216_000, 172_800).describe(
    'how long that of a request with one is kept; in production a day at least. Not longer than what ' +
      'the gateway shows after a change of a cart, three days',
  ),
};

/** Rows that need not be kept for ever. */
export interface Forgetting {
  /** A name for what is deleted, for metric and log. */
  readonly what: string;
  readonly keptSeconds: number;
  /** Deletes the oldest; see `oldestOf`. */
  readonly statement: string;
}

/** For the services that have stored outcomes. */
export function oldOutcomes(config: z.infer<z.ZodObject<typeof outcomeEnv>>): Forgetting[] {
  const unkeyed = { keptSeconds: config.OUTCOMES_UNKEYED_SECONDS, statement: OLD_UNKEYED_OUTCOMES };
  const keyed = { keptSeconds: config.OUTCOMES_KEYED_SECONDS, statement: OLD_KEYED_OUTCOMES };
  return [
    { what: 'outcomes without a key', ...unkeyed },
    { what: 'outcomes with a key', ...keyed },
  ];
}

/** Injection token of all that the service need not keep for ever. */
export const FORGETTINGS = Symbol('what is kept for a time');

const deletedRows = new Counter({
  name: 'retention_deleted_rows_total',
  help: 'Rows that were deleted because they were kept long enough',
  labelNames: ['what'] as const,
});

/**
 * Deletes what was kept long enough, some rows at a time, in any number of replicas. It rests between steps, so that
 * whoever sums up the books, which takes the same rows, has his turn.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: RecurringJob;

  constructor(
    private readonly database: Database,
    @Inject(FORGETTINGS) private readonly forgettings: readonly Forgetting[],
    @Inject(CONFIG) private readonly config: z.infer<z.ZodObject<typeof retentionEnv>>,
  ) {
    this.#rounds = new RecurringJob('deleting what is old', config.RETENTION_INTERVAL_MS, () =>
      this.forgetAll(),
    );
  }

  onApplicationBootstrap(): void {
    this.#rounds.startLater();
  }

  /** Before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
  }

  /**
   * One kind that cannot be deleted is not in the way of the others.
   * @throws Error that names each that could not be
   */
  async forgetAll(): Promise<void> {
    await eachInTurn(
      this.forgettings,
      ({ what }) => what,
      (forgetting) => this.#forgetSome(forgetting),
    );
  }

  async #forgetSome({ what, statement, keptSeconds: seconds }: Forgetting): Promise<void> {
    const limit = this.config.RETENTION_BATCH_MAX;
    const step = () => forget(this.database, statement, { keptSeconds: seconds, limit });
    const { stopping } = this.#rounds;
    for (let deleted = limit; deleted === limit && !stopping.aborted;) {
      deleted = await stepAndRest(step, stopping);
      deletedRows.inc({ what }, deleted);
    }
  }
}
