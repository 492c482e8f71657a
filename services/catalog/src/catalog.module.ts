import type { DynamicModule } from '@nestjs/common';
import { ServiceModule, type CommonConfig } from '@jangteo/service';
import { CatalogConsumer } from './catalog.consumer.js';
import { ProductHandler } from './product.handler.js';
import { StockHandler } from './stock.handler.js';

export function catalogModule(config: CommonConfig): DynamicModule {
  return ServiceModule.of({
    service: 'catalog',
    config,
    controllers: [CatalogConsumer],
    providers: [ProductHandler, StockHandler],
  });
}
