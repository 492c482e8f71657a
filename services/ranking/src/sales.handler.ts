import { Inject, Injectable } from '@nestjs/common';
import { done, SALES_ROWS_MAX, type OutcomeOf, type PayloadOf, type readSales } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { ordersOf, stepsOf, unitsOf, type SaleEvent } from './domain/sales.js';
import type { RankingConfig } from './ranking.config.js';
import { addOrders, addUnits, insertNewSteps, markChanged, readSalesBy } from './sales.queries.js';

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
      await addOrders(tx, ordersOf(events, newSteps));
      await markChanged(tx);
    });
  }

  /** Reads what was sold, as far as it is kept. */
  async read(wanted: PayloadOf<typeof readSales>): Promise<OutcomeOf<typeof readSales>> {
    const rowsMax = SALES_ROWS_MAX[wanted.period];
    const rows = await readSalesBy(this.database, wanted, this.config.HOURLY_SALES_DAYS, rowsMax);
    return done({
      sales: rows.map(({ at, units, orders }) => ({
        at: at.toISOString(),
        units,
        ...(orders === null ? {} : { orders }),
      })),
    });
  }
}
