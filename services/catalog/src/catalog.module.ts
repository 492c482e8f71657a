import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule, type Forgetting } from '@jangteo/service';
import { catalogBooks } from './books.queries.js';
import type { CatalogConfig } from './catalog.config.js';
import { catalogHandlers } from './catalog.handlers.js';
import { CachedProducts } from './cached-products.js';
import { ProductHandler } from './product.handler.js';
import { SharedProducts } from './shared-products.js';
import { OLD_RESERVATIONS } from './stock.queries.js';

const DAY_SECONDS = 86_400;

export function oldReservations({
  RESERVATIONS_KEPT_DAYS: days,
}: Pick<CatalogConfig, 'RESERVATIONS_KEPT_DAYS'>): Forgetting {
  return { what: 'released reservations', keptSeconds: days * DAY_SECONDS, statement: OLD_RESERVATIONS };
}

export function catalogModule(config: CatalogConfig): DynamicModule {
  return ServiceModule.of({
    service: 'catalog',
    config,
    books: catalogBooks,
    forgettings: [...oldOutcomes(config), oldReservations(config)],
    handlers: catalogHandlers,
    providers: [ProductHandler, SharedProducts, CachedProducts],
  });
}
