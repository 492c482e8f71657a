import { Controller } from '@nestjs/common';
import { listStuckSagas, nudgeSaga, nudgeSagas, type OutcomeOf } from '@jangteo/contracts';
import { Handle, payloadsOf, type Batch } from '@jangteo/messaging';
import { StuckSagaHandler } from './stuck-saga.handler.js';

/** Where people ask about sagas: seldom, so each question is answered by itself. */
@Controller()
export class StuckSagaConsumer {
  constructor(private readonly sagas: StuckSagaHandler) {}

  @Handle(listStuckSagas)
  list(batch: Batch<typeof listStuckSagas>): Promise<OutcomeOf<typeof listStuckSagas>[]> {
    return Promise.all(payloadsOf(batch).map((payload) => this.sagas.list(payload)));
  }

  @Handle(nudgeSaga)
  nudge(batch: Batch<typeof nudgeSaga>): Promise<OutcomeOf<typeof nudgeSaga>[]> {
    return Promise.all(payloadsOf(batch).map((payload) => this.sagas.nudge(payload)));
  }

  @Handle(nudgeSagas)
  nudgeAll(batch: Batch<typeof nudgeSagas>): Promise<OutcomeOf<typeof nudgeSagas>[]> {
    return Promise.all(payloadsOf(batch).map((payload) => this.sagas.nudgeAll(payload)));
  }
}
