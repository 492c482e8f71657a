import { Module, type DynamicModule, type FactoryProvider, type Provider } from '@nestjs/common';
import { BatchServer } from './batch-server.js';
import { Broker } from './broker.js';
import { checkedOptions, MESSAGING_OPTIONS, type MessagingConfig, type MessagingOptions } from './config.js';
import { pingConsumerOf } from './ping.consumer.js';
import { Publisher } from './publisher.js';
import { RequestClient } from './request-client.js';

interface AsyncOptions {
  readonly service: MessagingOptions['service'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...injected: never[]) => MessagingConfig;
}

/** Global: provides {@link Broker}, {@link Publisher}, {@link RequestClient} and {@link BatchServer}. */
@Module({})
export class MessagingModule {
  static forRoot(options: MessagingOptions): DynamicModule {
    return moduleOf(options.service, { provide: MESSAGING_OPTIONS, useValue: checkedOptions(options) });
  }

  /** As {@link forRoot}, with a configuration that is made from injected providers. */
  static forRootAsync({ service, inject = [], useFactory }: AsyncOptions): DynamicModule {
    return moduleOf(service, {
      provide: MESSAGING_OPTIONS,
      inject,
      useFactory: (...injected: never[]) => checkedOptions({ service, config: useFactory(...injected) }),
    });
  }
}

function moduleOf(service: MessagingOptions['service'], options: Provider): DynamicModule {
  const provided = [Broker, Publisher, RequestClient, BatchServer];
  return {
    module: MessagingModule,
    global: true,
    controllers: service === 'gateway' ? [] : [pingConsumerOf(service)],
    providers: [options, ...provided],
    exports: provided,
  };
}
