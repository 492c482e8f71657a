import { Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { isAudited } from '@jangteo/contracts';
import { DatabaseModule, databaseEnv, type Books, type DatabaseConfig } from '@jangteo/database';
import {
  MessagingModule,
  messagingEnv,
  type Handler,
  type MessagingConfig,
  type MessagingOptions,
} from '@jangteo/messaging';
import { tracingEnv, type TracingConfig } from '@jangteo/tracing';
import type { z } from 'zod';
import { booksHandlers } from './books.handlers.js';
import { BOOK_SOURCES, BooksKeeper, booksEnv } from './books.keeper.js';
import { CONFIG, serviceEnv } from './config.js';
import { DeadLetterGroupsHandler } from './dead-letters/dead-letter-groups.handler.js';
import { DEAD_LETTERS_OF, DeadLetterHandler } from './dead-letters/dead-letter.handler.js';
import { deadLetterHandlers } from './dead-letters/dead-letter.handlers.js';
import { OLD_DEAD_LETTERS } from './dead-letters/dead-letter.queries.js';
import { deadLetterEnv, DeadLetterSweeper } from './dead-letters/dead-letter.sweeper.js';
import { HealthController } from './health.controller.js';
import { Health } from './health.js';
import { Load, loadHandler } from './load.handler.js';
import { loggingFor } from './logging.js';
import { MetricsController } from './metrics.controller.js';
import { pingHandler } from './ping.handler.js';
import { FORGETTINGS, Retention, retentionEnv, type Forgetting } from './retention.js';
import { Startup } from './startup.js';
import { Tracing } from './tracing.js';

/** The routes of every service for those who operate it. */
const OPERATIONS_CONTROLLERS: readonly Type[] = [HealthController, MetricsController];

/** The variables of a service that has a database and talks to the broker: all of ours. */
export const commonEnv = {
  ...serviceEnv,
  ...databaseEnv,
  ...messagingEnv,
  ...deadLetterEnv,
  ...booksEnv,
  ...retentionEnv,
  ...tracingEnv,
};

export type CommonConfig = z.infer<
  z.ZodObject<typeof serviceEnv & typeof deadLetterEnv & typeof booksEnv & typeof retentionEnv>
> &
  DatabaseConfig &
  MessagingConfig &
  TracingConfig;

/** The parts of a service beside the common ones. */
export interface ServiceParts extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  readonly service: MessagingOptions['service'];
  readonly config: CommonConfig;
  /** Its handlers of messages from the broker, beside those that every service has. */
  readonly handlers?: readonly Handler[];
  /** Its routes for those who operate it, and for balancers; those of every service where it is left out. */
  readonly operations?: readonly Type[];
  /** The books that it answers for in an audit; the gateway, which asks, has none. */
  readonly books?: Books;
  /** Data of its own that it keeps for a time only. */
  readonly forgettings?: readonly Forgetting[];
}

/** The configuration, wherever in the service it is asked for. */
@Module({})
class ConfigModule {
  static of(config: CommonConfig): DynamicModule {
    const provider = { provide: CONFIG, useValue: config };
    return { module: ConfigModule, global: true, providers: [provider], exports: [CONFIG] };
  }
}

interface QueueParts extends Required<Pick<ServiceParts, 'handlers' | 'providers'>> {
  readonly forgettings: readonly Forgetting[];
}

/** The parts with which every service that reads queues keeps what it could not handle, and tells of its queues. */
function queuesOf({ service, config }: Pick<ServiceParts, 'service' | 'config'>): QueueParts {
  if (service === 'gateway') return { handlers: [], providers: [], forgettings: [] };
  const old: Forgetting = {
    what: 'settled dead letters',
    keptSeconds: config.DEAD_LETTERS_KEPT_SECONDS,
    statement: OLD_DEAD_LETTERS,
  };
  return {
    handlers: [pingHandler(service), ...deadLetterHandlers(service), loadHandler(service)],
    providers: [
      { provide: DEAD_LETTERS_OF, useValue: service },
      DeadLetterHandler,
      DeadLetterGroupsHandler,
      DeadLetterSweeper,
      Load,
    ],
    forgettings: [old],
  };
}

/** A whole service: logs, database, messaging, health and metrics, and the service's own parts. */
@Module({})
export class ServiceModule {
  static of({
    service,
    config,
    handlers = [],
    operations = OPERATIONS_CONTROLLERS,
    books,
    forgettings = [],
    imports = [],
    controllers = [],
    providers = [],
  }: ServiceParts): DynamicModule {
    const queues = queuesOf({ service, config });
    const booksToo = books !== undefined && isAudited(service) ? booksHandlers(service, books) : [];
    return {
      module: ServiceModule,
      imports: [
        ConfigModule.of(config),
        loggingFor(service, config.LOG_LEVEL),
        DatabaseModule.forRoot(config),
        MessagingModule.forRoot({ service, config }, [...handlers, ...queues.handlers, ...booksToo]),
        TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }),
        ...imports,
      ],
      controllers: [...operations, ...controllers],
      providers: [
        Health,
        ...queues.providers,
        { provide: FORGETTINGS, useValue: [...forgettings, ...queues.forgettings] },
        Retention,
        ...(books === undefined ? [] : [{ provide: BOOK_SOURCES, useValue: books.sources }, BooksKeeper]),
        { provide: Tracing, useFactory: () => Tracing.start(service, config) },
        Startup,
        ...providers,
      ],
    };
  }
}
