import { Injectable } from '@nestjs/common';
import { done, readTopProducts, type OutcomeOf } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { failpoint, payloadsOf, type Batch } from '@jangteo/messaging';
import { hourOf } from './domain/sales.js';
import {
  calculateRankings,
  confirmRankings,
  readProgress,
  readRankings,
  saveProgress,
  tryCalculationLock,
  type Ranking,
} from './ranking.queries.js';

/** What a refresh did: BUSY means that another replica was at it. */
export type Refresh = 'CALCULATED' | 'UNCHANGED' | 'BUSY';

/** The rankings: calculated from the hourly sales now and then, read without looking at those. */
@Injectable()
export class RankingHandler {
  constructor(private readonly database: Database) {}

  async top(batch: Batch<typeof readTopProducts>): Promise<OutcomeOf<typeof readTopProducts>[]> {
    const payloads = payloadsOf(batch);
    const rankings = await readRankings(
      this.database,
      payloads.map(({ days }) => days),
    );
    const rankingOf = new Map(rankings.map((ranking) => [ranking.days, ranking]));
    return payloads.map(({ days, limit }) => {
      const ranking = rankingOf.get(days);
      if (ranking === undefined) throw new Error(`the ranking of ${days} days is missing`);
      return done({ calculatedAt: ranking.calculatedAt.toISOString(), products: placesOf(ranking, limit) });
    });
  }

  /** Brings the rankings up to date: calculates them where sales changed or an hour has begun. */
  async refresh(now: Date): Promise<Refresh> {
    const hour = hourOf(now);
    const refresh = await this.database.transaction(async (tx): Promise<Refresh> => {
      if (!(await tryCalculationLock(tx))) return 'BUSY';
      // Read before the sales are: what is committed in between is calculated once more, never missed.
      const { changes, shownChanges, shownHour } = await readProgress(tx);
      if (changes === shownChanges && shownHour?.getTime() === hour.getTime()) {
        await confirmRankings(tx, now);
        return 'UNCHANGED';
      }
      await calculateRankings(tx, hour, now);
      await saveProgress(tx, changes, hour);
      failpoint('ranking.calculated', [readTopProducts]);
      return 'CALCULATED';
    });
    if (refresh === 'CALCULATED') failpoint('ranking.committed', [readTopProducts]);
    return refresh;
  }
}

function placesOf({ productIds, units }: Ranking, limit: number) {
  return productIds
    .slice(0, limit)
    .map((productId, place) => ({ productId, totalSales: units[place] as number }));
}
