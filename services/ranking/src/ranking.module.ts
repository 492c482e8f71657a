import type { DynamicModule } from '@nestjs/common';
import { ServiceModule, type Forgetting } from '@jangteo/service';
import { rankingBooks } from './books.queries.js';
import type { RankingConfig } from './ranking.config.js';
import { RankingHandler } from './ranking.handler.js';
import { rankingHandlers } from './ranking.handlers.js';
import { RefreshHandler } from './refresh.handler.js';
import { SalesHandler } from './sales.handler.js';
import { OLD_SALES, OLD_TOTALS } from './sales.queries.js';
import { Statistics } from './statistics.js';
import { StatisticsRule } from './statistics.rule.js';

const HOUR_SECONDS = 3_600;
/** An hour is over before it is old, and its figures stay one more: no event may change what is being deleted. */
const MARGIN_SECONDS = 2 * HOUR_SECONDS;

/** Hours that no event is counted for any more. */
export function oldSales({
  HOURLY_SALES_DAYS: days,
}: Pick<RankingConfig, 'HOURLY_SALES_DAYS'>): Forgetting[] {
  const keptSeconds = days * 24 * HOUR_SECONDS + MARGIN_SECONDS;
  return [
    { what: 'hourly sales', keptSeconds, statement: OLD_SALES },
    { what: 'hourly totals', keptSeconds, statement: OLD_TOTALS },
  ];
}

export function rankingModule(config: RankingConfig): DynamicModule {
  const statistics = new Statistics(config.STATISTICS_DATABASE_URL);
  return ServiceModule.of({
    service: 'ranking',
    config,
    books: statistics.isOn
      ? { ...rankingBooks, outside: { statistics: new StatisticsRule(statistics) } }
      : rankingBooks,
    forgettings: oldSales(config),
    handlers: rankingHandlers,
    providers: [
      { provide: Statistics, useFactory: () => statistics },
      SalesHandler,
      RankingHandler,
      RefreshHandler,
    ],
  });
}
