import type { DynamicModule } from '@nestjs/common';
import { ServiceModule } from '@jangteo/service';
import { orderBooks } from './books.queries.js';
import { CartConsumer } from './cart.consumer.js';
import { CartHandler } from './cart.handler.js';
import { dataPlatformProviders } from './data-platform.module.js';
import type { OrderConfig } from './order.config.js';
import { OrderConsumer } from './order.consumer.js';
import { OrderHandler } from './order.handler.js';
import { OrderSweeper } from './order.sweeper.js';
import { RedriveConsumer } from './redrive.consumer.js';
import { RedriveHandler } from './redrive.handler.js';
import { SagaHandler } from './saga.handler.js';
import { StuckSagaConsumer } from './stuck-saga.consumer.js';
import { StuckSagaHandler } from './stuck-saga.handler.js';

export function orderModule(config: OrderConfig): DynamicModule {
  return ServiceModule.of({
    service: 'order',
    config,
    books: orderBooks,
    controllers: [CartConsumer, OrderConsumer, StuckSagaConsumer, RedriveConsumer],
    providers: [
      CartHandler,
      OrderHandler,
      SagaHandler,
      OrderSweeper,
      StuckSagaHandler,
      RedriveHandler,
      ...dataPlatformProviders,
    ],
  });
}
