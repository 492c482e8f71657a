import { Controller } from '@nestjs/common';
import { orderCancelled, orderCompleted, readTopProducts, type PayloadOf } from '@jangteo/contracts';
import { Handle, HandleEvents, type Batch, type Delivery } from '@jangteo/messaging';
import { RankingHandler } from './ranking.handler.js';
import { SalesHandler } from './sales.handler.js';

type Sale = PayloadOf<typeof orderCompleted> | PayloadOf<typeof orderCancelled>;

/** What the ranking hears and answers. */
@Controller()
export class RankingConsumer {
  constructor(
    private readonly sales: SalesHandler,
    private readonly rankings: RankingHandler,
  ) {}

  @HandleEvents(orderCompleted, orderCancelled)
  count(batch: readonly Delivery<Sale>[]) {
    return this.sales.count(batch);
  }

  @Handle(readTopProducts)
  top(batch: Batch<typeof readTopProducts>) {
    return this.rankings.top(batch);
  }
}
