import { Module, type DynamicModule } from '@nestjs/common';
import { BatchServer } from './batch-server.js';
import { Broker } from './broker.js';
import { checkedOptions, MESSAGING_OPTIONS, type MessagingOptions } from './config.js';
import { HANDLERS, type Handler } from './handlers.js';
import { Publisher } from './publisher.js';
import { RequestClient } from './request-client.js';

/** Global: provides {@link Broker}, {@link Publisher}, {@link RequestClient} and {@link BatchServer}. */
@Module({})
export class MessagingModule {
  /** @param handlers what the service handles; the gateway, which only asks, has none */
  static forRoot(options: MessagingOptions, handlers: readonly Handler[] = []): DynamicModule {
    const provided = [Broker, Publisher, RequestClient, BatchServer];
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: MESSAGING_OPTIONS, useValue: checkedOptions(options) },
        { provide: HANDLERS, useValue: handlers },
        ...provided,
      ],
      exports: provided,
    };
  }
}
