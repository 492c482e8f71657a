import { Controller, type Type } from '@nestjs/common';
import { done, pings, type ServiceName } from '@jangteo/contracts';
import { Handle } from './decorators.js';
import type { Delivery } from './message.types.js';

/** A controller that answers a service's pings through the ordinary pipeline. */
export function pingConsumerOf(service: ServiceName): Type {
  @Controller()
  class PingConsumer {
    @Handle(pings[service])
    async ping(batch: readonly Delivery<Record<string, never>>[]) {
      return batch.map(() => done({ service }));
    }
  }
  return PingConsumer;
}
