import { Module, type DynamicModule } from '@nestjs/common';
import { done, pings, type ServiceName } from '@jangteo/contracts';
import { BatchServer } from './batch-server.js';
import { Broker } from './broker.js';
import { checkedOptions, MESSAGING_OPTIONS, type MessagingOptions } from './config.js';
import { answer, HANDLERS, type Handler } from './handlers.js';
import { Publisher } from './publisher.js';
import { RequestClient } from './request-client.js';

/** Answers a service's pings through the ordinary pipeline. */
function pingHandler(service: ServiceName): Handler {
  return answer(pings[service], Broker, async (_broker, batch) => batch.map(() => done({ service })));
}

/** Global: provides {@link Broker}, {@link Publisher}, {@link RequestClient} and {@link BatchServer}. */
@Module({})
export class MessagingModule {
  /** @param handlers what the service handles, pings apart; the gateway, which only asks, has none */
  static forRoot(options: MessagingOptions, handlers: readonly Handler[] = []): DynamicModule {
    const { service } = options;
    const all = service === 'gateway' ? [] : [pingHandler(service), ...handlers];
    const provided = [Broker, Publisher, RequestClient, BatchServer];
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: MESSAGING_OPTIONS, useValue: checkedOptions(options) },
        { provide: HANDLERS, useValue: all },
        ...provided,
      ],
      exports: provided,
    };
  }
}
