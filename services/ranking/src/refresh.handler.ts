import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, RecurringJob } from '@jangteo/service';
import type { RankingConfig } from './ranking.config.js';
import { RankingHandler } from './ranking.handler.js';

/** Half the time promised: a sale that just missed a calculation still shows in time with the next one. */
const CALCULATIONS_A_PERIOD = 2;

/** Keeps the rankings fresh while the service runs. */
@Injectable()
export class RefreshHandler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #job: RecurringJob;

  constructor(
    rankings: RankingHandler,
    @Inject(CONFIG) { RANKING_REFRESH_SECONDS }: Pick<RankingConfig, 'RANKING_REFRESH_SECONDS'>,
  ) {
    const everyMs = (RANKING_REFRESH_SECONDS * 1_000) / CALCULATIONS_A_PERIOD;
    const options = { isStopping: () => this.#job.stopping.aborted };
    this.#job = new RecurringJob('calculating the rankings', everyMs, () => rankings.refresh(options));
  }

  onApplicationBootstrap(): void {
    this.#job.start();
  }

  /** Before the database's pool ends. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
  }
}
