import type { DynamicModule } from '@nestjs/common';
import { oldOutcomes, ServiceModule, type Forgetting } from '@jangteo/service';
import { orderBooks } from './operations/books.queries.js';
import { dataPlatformProviders } from './data-platform/data-platform.module.js';
import { OLD_RECORDS, OLD_REDRIVES, OLD_SAGAS } from './operations/kept.queries.js';
import type { OrderConfig } from './order.config.js';
import { orderHandlers } from './order.handlers.js';
import { OrderHandler } from './saga/order.handler.js';
import { OrderFlow } from './operations/live.handler.js';
import { OrderSweeper } from './saga/order.sweeper.js';
import { RedriveHandler } from './operations/redrive.handler.js';
import { SagaHandler } from './saga/saga.handler.js';
import { StuckSagaHandler } from './operations/stuck-saga.handler.js';

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
    handlers: orderHandlers,
    providers: [
      OrderHandler,
      OrderFlow,
      SagaHandler,
      OrderSweeper,
      StuckSagaHandler,
      RedriveHandler,
      ...dataPlatformProviders,
    ],
  });
}
