import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG, RecurringJob, stepAndRest } from '@jangteo/service';
import type { CatalogConfig } from './catalog.config.js';
import { pruneReservations, PRUNED_AT_ONCE } from './reservation.queries.js';

const INTERVAL_MS = 60_000;

/** Drops reservations whose stock was given back long ago: outcomes answer for them, and kept sums count them. */
@Injectable()
export class ReservationPruner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #job: RecurringJob;
  readonly #stopping = new AbortController();

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'RESERVATIONS_KEPT_DAYS'>,
  ) {
    this.#job = new RecurringJob('dropping old reservations', INTERVAL_MS, () => this.#pruneAll());
  }

  onApplicationBootstrap(): void {
    this.#job.startLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#job.stop();
  }

  async #pruneAll(): Promise<void> {
    const { signal } = this.#stopping;
    const step = () => pruneReservations(this.database, this.config.RESERVATIONS_KEPT_DAYS);
    for (let pruned = PRUNED_AT_ONCE; pruned === PRUNED_AT_ONCE && !signal.aborted;) {
      pruned = await stepAndRest(step, signal);
    }
  }
}
