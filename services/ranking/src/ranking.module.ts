import type { DynamicModule } from '@nestjs/common';
import { ServiceModule } from '@jangteo/service';
import { rankingBooks } from './books.queries.js';
import type { RankingConfig } from './ranking.config.js';
import { RankingConsumer } from './ranking.consumer.js';
import { RankingHandler } from './ranking.handler.js';
import { RefreshHandler } from './refresh.handler.js';
import { SalesHandler } from './sales.handler.js';

export function rankingModule(config: RankingConfig): DynamicModule {
  return ServiceModule.of({
    service: 'ranking',
    config,
    books: rankingBooks,
    controllers: [RankingConsumer],
    providers: [SalesHandler, RankingHandler, RefreshHandler],
  });
}
