import { Controller } from '@nestjs/common';
import { redriveOrders, type OutcomeOf } from '@jangteo/contracts';
import { Handle, payloadsOf, type Batch } from '@jangteo/messaging';
import { RedriveHandler } from './redrive.handler.js';

/** Where people have ended orders sent to the participants again: a page at a time. */
@Controller()
export class RedriveConsumer {
  constructor(private readonly redrives: RedriveHandler) {}

  @Handle(redriveOrders)
  async redrive(batch: Batch<typeof redriveOrders>): Promise<OutcomeOf<typeof redriveOrders>[]> {
    const outcomes: OutcomeOf<typeof redriveOrders>[] = [];
    for (const payload of payloadsOf(batch)) outcomes.push(await this.redrives.redrive(payload));
    return outcomes;
  }
}
