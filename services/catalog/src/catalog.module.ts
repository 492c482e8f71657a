import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule } from '@jangteo/service';
import { catalogBooks } from './books.queries.js';
import type { CatalogConfig } from './catalog.config.js';
import { CatalogConsumer } from './catalog.consumer.js';
import { PriceTags } from './price-tags.js';
import { ProductHandler } from './product.handler.js';
import { ReservationPruner } from './reservation.pruner.js';
import { SharedPriceTags } from './shared-price-tags.js';
import { StockHandler } from './stock.handler.js';

export function catalogModule(config: CatalogConfig): DynamicModule {
  return ServiceModule.of({
    service: 'catalog',
    config,
    books: catalogBooks,
    forgettings: oldOutcomes(config),
    controllers: [CatalogConsumer],
    providers: [ReservationPruner, ProductHandler, StockHandler, SharedPriceTags, PriceTags],
  });
}
