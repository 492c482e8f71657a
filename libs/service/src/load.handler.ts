import { Injectable } from '@nestjs/common';
import { done, readLoads, type OutcomeOf, type ServiceName } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { answerAlike, Broker, type Handler } from '@jangteo/messaging';
import { readAlertingCounts } from './dead-letters/dead-letter-groups.queries.js';

/** Tells what a service has to do: its queues as the broker sees them, and the dead letters that wait for people. */
@Injectable()
export class Load {
  constructor(
    private readonly broker: Broker,
    private readonly database: Database,
  ) {}

  async read(): Promise<OutcomeOf<(typeof readLoads)[ServiceName]>> {
    const [queues, waiting] = await Promise.all([
      this.broker.readQueues(),
      readAlertingCounts(this.database),
    ]);
    return done({ queues, deadLetters: waiting.reduce((sum, { count }) => sum + count, 0) });
  }
}

/** Answers those who ask what a service has to do. */
export function loadHandler(service: ServiceName): Handler {
  return answerAlike(readLoads[service], Load, (load) => load.read());
}
