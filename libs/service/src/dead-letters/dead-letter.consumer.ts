import { Controller, type Type } from '@nestjs/common';
import {
  deadLetterRequests,
  type DeadLetterRequests,
  type OutcomeOf,
  type PayloadOf,
  type ServiceName,
} from '@jangteo/contracts';
import { Handle, type Delivery } from '@jangteo/messaging';
import { DeadLetterHandler } from './dead-letter.handler.js';

type Batch<R extends keyof DeadLetterRequests> = readonly Delivery<PayloadOf<DeadLetterRequests[R]>>[];
type Answers<R extends keyof DeadLetterRequests> = Promise<OutcomeOf<DeadLetterRequests[R]>[]>;

/** One after the other: they come from people, and what fails half-way may be done again. */
async function each<P, O>(batch: readonly Delivery<P>[], work: (payload: P) => Promise<O>): Promise<O[]> {
  const outcomes: O[] = [];
  for (const { payload } of batch) outcomes.push(await work(payload));
  return outcomes;
}

/** A controller for what is asked about a service's dead letters. */
export function deadLetterConsumerOf(service: ServiceName): Type {
  const requests = deadLetterRequests[service];

  @Controller()
  class DeadLetterConsumer {
    constructor(private readonly letters: DeadLetterHandler) {}

    @Handle(requests.list)
    list(batch: Batch<'list'>): Answers<'list'> {
      return each(batch, (payload) => this.letters.list(payload));
    }

    @Handle(requests.read)
    read(batch: Batch<'read'>): Answers<'read'> {
      return each(batch, (payload) => this.letters.read(payload));
    }

    @Handle(requests.sendAgain)
    sendAgain(batch: Batch<'sendAgain'>): Answers<'sendAgain'> {
      return each(batch, (payload) => this.letters.sendAgain(payload));
    }

    @Handle(requests.sendAllAgain)
    sendAllAgain(batch: Batch<'sendAllAgain'>): Answers<'sendAllAgain'> {
      return each(batch, (payload) => this.letters.sendAllAgain(payload));
    }

    @Handle(requests.drop)
    drop(batch: Batch<'drop'>): Answers<'drop'> {
      return each(batch, (payload) => this.letters.drop(payload));
    }
  }
  return DeadLetterConsumer;
}
