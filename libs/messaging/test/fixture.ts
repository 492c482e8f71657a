import { randomUUID } from 'node:crypto';
import { Logger, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { connect, type Channel, type GetMessage } from 'amqplib';
import { eventually } from '@jangteo/infra';
import {
  debitWallet,
  done,
  eventExchange,
  orderCancelled,
  orderCompleted,
  queueName,
  queuesOf,
  readBalance,
  refundWallet,
  SERVICES,
  type ServiceName,
} from '@jangteo/contracts';
import { z } from 'zod';
import { unbundled } from '../src/bundles.js';
import { sendersOf } from '../src/senders.js';
import {
  answer,
  BatchServer,
  Broker,
  hear,
  hearReplies,
  messagingEnv,
  MessagingModule,
  Publisher,
  RequestClient,
  type AnsweringHandler,
  type CommandReply,
  type Delivery,
  type Handler,
  type HearingHandler,
  type MessagingConfig,
} from '../src/index.js';

/** The broker of the test run. */
export function testBrokerUrl(): string {
  const url = process.env['AMQP_URL'];
  if (url === undefined) throw new Error('AMQP_URL is not set: run the tests with npm test');
  return url;
}

/** A configuration with a namespace of its own. */
export function testConfig(overrides: Partial<MessagingConfig> = {}): MessagingConfig {
  const fresh = { AMQP_URL: testBrokerUrl(), MESSAGING_NAMESPACE: `test-${randomUUID()}` };
  return z.object(messagingEnv).parse({ ...fresh, ...overrides });
}

/** The handlers of the wallet in a test; a test replaces those that it is about. */
export class WalletScript {
  debit: AnsweringHandler<typeof debitWallet> = async (batch) => batch.map(() => done({ balanceAfter: 0 }));
  balance: AnsweringHandler<typeof readBalance> = async (batch) =>
    batch.map(({ payload }) => done({ userId: payload.userId, currentBalance: 1 }));

  readonly handlers: readonly Handler[] = [
    answer(debitWallet, Broker, (_broker, batch) => this.debit(batch)),
    answer(readBalance, Broker, (_broker, batch) => this.balance(batch)),
  ];
}

/** The handlers of the order service in a test. */
export class SagaScript {
  replies: HearingHandler<CommandReply> = async () => undefined;

  readonly handlers: readonly Handler[] = [
    hearReplies([debitWallet, refundWallet], Broker, (_broker, batch) => this.replies(batch)),
  ];
}

/** The handlers of the ranking in a test. */
export class RankingScript {
  sales: HearingHandler<Delivery> = async () => undefined;

  readonly handlers: readonly Handler[] = [
    hear([orderCompleted, orderCancelled], Broker, (_broker, batch) => this.sales(batch)),
  ];
}

export interface TestService {
  readonly broker: Broker;
  readonly publisher: Publisher;
  readonly client: RequestClient;
  readonly server: BatchServer;
  close(): Promise<void>;
}

interface ServiceSettings {
  readonly service: ServiceName;
  readonly config: MessagingConfig;
  readonly script: { readonly handlers: readonly Handler[] };
}

/** A service as production runs it: handlers behind the batch server as transport. */
export async function startService(settings: ServiceSettings): Promise<TestService> {
  const { service, config, script } = settings;

  @Module({ imports: [MessagingModule.forRoot({ service, config }, script.handlers)] })
  class ServiceModule {}

  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(ServiceModule, {
    inject: [BatchServer],
    useFactory: (strategy: BatchServer) => ({ strategy }),
    logger: testLogger(),
  });
  await app.listen();
  const broker = app.get(Broker);
  await eventually(() => broker.health().connected);
  return {
    broker,
    publisher: app.get(Publisher),
    client: app.get(RequestClient),
    server: app.get(BatchServer),
    close: () => app.close(),
  };
}

/** A process that only asks and publishes, as the gateway does. */
export async function startGateway(
  config: MessagingConfig,
  providers: Provider[] = [],
): Promise<Omit<TestService, 'server'>> {
  @Module({ imports: [MessagingModule.forRoot({ service: 'gateway', config })], providers })
  class GatewayModule {}

  const app = await NestFactory.createApplicationContext(GatewayModule, { logger: testLogger() });
  const broker = app.get(Broker);
  await eventually(() => broker.health().connected);
  return {
    broker,
    publisher: app.get(Publisher),
    client: app.get(RequestClient),
    close: () => app.close(),
  };
}

function testLogger() {
  return process.env['TEST_LOGS'] === undefined ? (false as const) : new Logger();
}

/** A plain connection to look behind the scenes with, and to clean up. */
export interface Backstage {
  readonly channel: Channel;
  /** Messages that lie ready in a queue, those unacknowledged not counted. */
  ready(queue: string): Promise<number>;
  /** As {@link ready}, once what a channel held that has just closed is back. */
  left(queue: string): Promise<number>;
  /** Takes everything out of a queue. */
  takeAll(queue: string): Promise<GetMessage[]>;
  close(): Promise<void>;
  /** Deletes whatever the namespace holds, and closes the connection. */
  cleanUp(): Promise<void>;
}

/** All that it publishes is signed by the user of the tests, who plays everybody. */
function signing(channel: Channel, config: MessagingConfig): Channel {
  const { own } = sendersOf({ service: 'gateway', config });
  const publish = channel.publish.bind(channel);
  // The other ways to publish call this one.
  channel.publish = (exchange, key, body, options) =>
    publish(exchange, key, body, { userId: own, ...options });
  return channel;
}

export async function backstage(config: MessagingConfig): Promise<Backstage> {
  const connection = await connect(config.AMQP_URL, { noDelay: true });
  connection.on('error', () => undefined);
  const channel = signing(await connection.createChannel(), config);
  channel.on('error', () => undefined);
  const namespace = config.MESSAGING_NAMESPACE;
  const ready = async (queue: string): Promise<number> => {
    // Of its own, since asking for a queue that is missing closes the channel.
    const probe = await connection.createChannel();
    probe.on('error', () => undefined);
    const { messageCount } = await probe.checkQueue(queue);
    await probe.close();
    return messageCount;
  };
  return {
    channel,
    ready,
    async left(queue) {
      // The broker tells nobody when it has taken a closed channel's messages back.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return ready(queue);
    },
    async takeAll(queue) {
      const messages: GetMessage[] = [];
      for (;;) {
        const message = await channel.get(queue, { noAck: true });
        if (message === false) return messages;
        messages.push(...unbundled(message));
      }
    },
    close: () => connection.close(),
    async cleanUp() {
      for (const queue of SERVICES.flatMap((service) => queuesOf(namespace, service))) {
        await channel.deleteQueue(queue.name);
        await channel.deleteQueue(queue.deadLetterQueue);
      }
      await channel.deleteExchange(eventExchange(namespace));
      await connection.close();
    },
  };
}

/** The names of a namespace's queues that the tests speak of. */
export function queuesIn({ MESSAGING_NAMESPACE: namespace }: MessagingConfig) {
  const name = (service: ServiceName, role: 'requests' | 'commands' | 'replies' | 'events') =>
    queueName(namespace, service, role);
  return {
    requests: name('wallet', 'requests'),
    commands: name('wallet', 'commands'),
    replies: name('order', 'replies'),
    events: name('ranking', 'events'),
  };
}

/** A promise that a test settles when it is time. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}
