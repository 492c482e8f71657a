import { Controller } from '@nestjs/common';
import {
  cancelOrder,
  listOrders,
  placeOrder,
  readOrder,
  SAGA_STEPS,
  type CommandContract,
  type OutcomeOf,
} from '@jangteo/contracts';
import { Handle, HandleReplies, type Batch, type BatchResult, type CommandReply } from '@jangteo/messaging';
import { OrderHandler } from './order.handler.js';
import { SagaHandler } from './saga.handler.js';

/** An order, or a page of one, may be 180 KB: those of a batch are held at a time, and others wait while they are made. */
const LARGE_AT_ONCE = 10;

/** Where the order service's messages arrive. */
@Controller()
export class OrderConsumer {
  constructor(
    private readonly orders: OrderHandler,
    private readonly sagas: SagaHandler,
  ) {}

  @Handle(placeOrder)
  place(batch: Batch<typeof placeOrder>): Promise<BatchResult<OutcomeOf<typeof placeOrder>>> {
    return this.orders.place(batch);
  }

  @Handle(readOrder, { batchSizeMax: LARGE_AT_ONCE })
  read(batch: Batch<typeof readOrder>): Promise<OutcomeOf<typeof readOrder>[]> {
    return this.orders.read(batch);
  }

  @Handle(listOrders, { batchSizeMax: LARGE_AT_ONCE })
  list(batch: Batch<typeof listOrders>): Promise<OutcomeOf<typeof listOrders>[]> {
    return this.orders.list(batch);
  }

  @Handle(cancelOrder)
  cancel(batch: Batch<typeof cancelOrder>): Promise<BatchResult<OutcomeOf<typeof cancelOrder>>> {
    return this.sagas.cancel(batch);
  }

  @HandleReplies(...SAGA_STEPS.flatMap(({ action, undo }) => [action, undo]))
  hearReplies(batch: readonly CommandReply<CommandContract>[]): Promise<Omit<BatchResult, 'outcomes'>> {
    return this.sagas.hearReplies(batch);
  }
}
