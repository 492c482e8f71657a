import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { stepsOf, unitsOf, type SaleEvent } from './domain/sales.js';
import type { RankingConfig } from './ranking.config.js';
import { addUnits, insertNewSteps, markChanged } from './sales.queries.js';

/** Counts what was sold, from what the order service tells. */
@Injectable()
export class SalesHandler {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<RankingConfig, 'HOURLY_SALES_DAYS'>,
  ) {}

  /** Counts a batch of events in one transaction; those that were counted before change nothing. */
  async count(events: readonly SaleEvent[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      const newSteps = await insertNewSteps(tx, stepsOf(events));
      if (newSteps.length === 0) return;
      await addUnits(tx, unitsOf(events, newSteps), this.config.HOURLY_SALES_DAYS);
      await markChanged(tx);
    });
  }
}
