import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule, type Forgetting } from '@jangteo/service';
import { orderBooks } from './books.queries.js';
import { CartConsumer } from './cart.consumer.js';
import { CartHandler } from './cart.handler.js';
import { dataPlatformProviders } from './data-platform.module.js';
import { OLD_RECORDS, OLD_REDRIVES, OLD_SAGAS } from './kept.queries.js';
import type { OrderConfig } from './order.config.js';
import { OrderConsumer } from './order.consumer.js';
import { OrderHandler } from './order.handler.js';
import { OrderSweeper } from './order.sweeper.js';
import { RedriveConsumer } from './redrive.consumer.js';
import { RedriveHandler } from './redrive.handler.js';
import { SagaHandler } from './saga.handler.js';
import { StuckSagaConsumer } from './stuck-saga.consumer.js';
import { StuckSagaHandler } from './stuck-saga.handler.js';

/** A saga outlives the keys of its requests, whose repeats are answered from it. */
function forgettingsOf(config: OrderConfig): Forgetting[] {
  const sagasKept = Math.max(config.SAGAS_KEPT_SECONDS, config.OUTCOMES_KEYED_SECONDS);
  return [
    { what: 'ended sagas', keptSeconds: sagasKept, statement: OLD_SAGAS },
    { what: 'redriven commands', keptSeconds: sagasKept, statement: OLD_REDRIVES },
    {
      what: 'records of the data platform',
      keptSeconds: config.DATA_PLATFORM_KEPT_SECONDS,
      statement: OLD_RECORDS,
    },
  ];
}

export function orderModule(config: OrderConfig): DynamicModule {
  return ServiceModule.of({
    service: 'order',
    config,
    books: orderBooks,
    forgettings: [...oldOutcomes(config), ...forgettingsOf(config)],
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
