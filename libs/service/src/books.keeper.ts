import { wholeNumber } from '@jangteo/contracts';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database, seal, SEALED_AFTER_MIN_SECONDS, sumsNameOf, type BookSource } from '@jangteo/database';
import { CONFIG } from './config.js';
import { RecurringJob } from './recurring-job.js';
import { eachInTurn, stepAndRest } from './steps.js';

export const BOOK_SOURCES = Symbol('BOOK_SOURCES');

export const booksEnv = {
  BOOKS_SEALED_AFTER_SECONDS: wholeNumber(SEALED_AFTER_MIN_SECONDS, 2_592_000, SEALED_AFTER_MIN_SECONDS).meta(
    {
      description:
        'age of an order at which what it left is added to the [sums that are kept for ' +
        'audits](operations.md#what-an-audit-reads)',
      services: ['wallet', 'catalog', 'coupon', 'order', 'ranking'],
    },
  ),
};

const INTERVAL_MS = 10_000;

/** Sums up what has come to rest, some thousand rows at a time, so that audits cost what happened since. */
@Injectable()
export class BooksKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #job: RecurringJob;

  constructor(
    private readonly database: Database,
    @Inject(BOOK_SOURCES) private readonly sources: readonly BookSource[],
    @Inject(CONFIG) private readonly config: { readonly BOOKS_SEALED_AFTER_SECONDS: number },
  ) {
    this.#job = new RecurringJob('summing up the books', INTERVAL_MS, () => this.sealAll());
  }

  onApplicationBootstrap(): void {
    if (this.sources.length > 0) this.#job.startLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
  }

  /**
   * One table that cannot be summed up is not in the way of the others.
   * @throws Error that names each that could not be
   */
  async sealAll(): Promise<void> {
    await eachInTurn(this.sources, sumsNameOf, async (source) => {
      while (!this.#job.stopping.aborted && (await this.#sealSome(source)));
    });
  }

  /** @returns whether there is more to do at once, as at the first start with a long history */
  async #sealSome(source: BookSource): Promise<boolean> {
    const afterSeconds = this.config.BOOKS_SEALED_AFTER_SECONDS;
    const left = await stepAndRest(() => seal(this.database, source, afterSeconds), this.#job.stopping);
    return left === 'more';
  }
}
