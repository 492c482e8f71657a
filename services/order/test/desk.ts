import {
  done,
  reserveStock,
  useCoupon,
  debitWallet,
  type cancelOrder,
  type CommandContract,
  type Order,
  type OrderLine,
  type Outcome,
  type PayloadOf,
  type placeOrder,
  type QueueState,
} from '@jangteo/contracts';
import { Database, databaseEnv, migrate, type Statements } from '@jangteo/database';
import {
  DEFERRED,
  type BatchResult,
  type Broker,
  type CommandReply,
  type Delivery,
  type Outgoing,
  type Publisher,
  type Trace,
  newId,
} from '@jangteo/messaging';
import { readConfig } from '@jangteo/service';
import { patientDatabase, testDatabase } from '@jangteo/testkit';
import { migrations } from '../src/migrations/index.js';
import { RedriveHandler } from '../src/operations/redrive.handler.js';
import type { OrderConfig } from '../src/order.config.js';
import { OrderHandler } from '../src/saga/order.handler.js';
import { OrderSweeper } from '../src/saga/order.sweeper.js';
import { SagaHandler } from '../src/saga/saga.handler.js';

export const PRICE = 10_000;
export const DISCOUNT = 1_000;
export const LIST_BYTES = 16_384;

export type Placing = PayloadOf<typeof placeOrder>;

/** An order of what is named, not of what is in the cart. */
type Listed = Placing & { items: OrderLine[] };

/** Counts the statements that transactions run. */
class CountingDatabase extends Database {
  statements = 0;

  override transaction<T>(work: (tx: Statements) => Promise<T>): Promise<T> {
    return super.transaction((tx) =>
      work({
        rows: (text, values) => {
          this.statements += 1;
          return tx.rows(text, values);
        },
      }),
    );
  }
}

export function delivery<P>(payload: P, waiter?: string, trace: Trace = {}): Delivery<P> {
  return {
    type: 'a test',
    payload,
    messageId: newId(),
    correlationId: undefined,
    replyAddress: waiter === undefined ? undefined : { replyTo: 'gateway', correlationId: waiter },
    deadlineMs: undefined,
    trace,
  };
}

export function orderFor(userId: string, more: Partial<Listed> = {}): Listed {
  return {
    operation: { key: newId(), fingerprint: 'a' },
    orderId: newId(),
    userId,
    items: [{ productId: newId(), quantity: 1 }],
    wait: false,
    ...more,
  };
}

export function reply(
  contract: CommandContract,
  orderId: string,
  outcome: Outcome = done({}),
): CommandReply<CommandContract> {
  return { ...delivery(outcome), type: contract.type, correlationId: orderId };
}

const optionId = newId();

/** The catalog's reply when it holds the stock. */
export function reservedFor({
  orderId,
  items,
}: Pick<Listed, 'orderId' | 'items'>): CommandReply<CommandContract> {
  const reserved = items.map((line) => ({
    optionId,
    ...line,
    name: 'Tea cup',
    category: 'Kitchen',
    price: PRICE,
  }));
  const subtotal = reserved.reduce((sum, { quantity }) => sum + PRICE * quantity, 0);
  return reply(reserveStock, orderId, done({ items: reserved, subtotal }));
}

export const usedFor = ({ orderId }: Pick<Placing, 'orderId'>): CommandReply<CommandContract> =>
  reply(useCoupon, orderId, done({ discount: DISCOUNT }));

export const debitedFor = ({ orderId }: Pick<Placing, 'orderId'>): CommandReply<CommandContract> =>
  reply(debitWallet, orderId, done({ balanceAfter: 0 }));

/** Shortens what is published: `command order`, `event order` or `waiter status`. */
export function inWords(published: readonly Outgoing[] | undefined): string[] {
  return (published ?? []).map((message) => {
    if (message.kind === 'answer') {
      const { ok } = message.outcome;
      const status = ok ? (message.outcome.value as Order).orderStatus : message.outcome.refusal.code;
      return `${message.to.correlationId} ${status}`;
    }
    return `${message.contract.type} ${(message.payload as { orderId: string }).orderId}`;
  });
}

export function answersIn(result: BatchResult): (Outcome | 'deferred')[] {
  return result.outcomes.map((outcome) => (outcome === DEFERRED ? 'deferred' : outcome));
}

/** An answer in one word. */
export function codeOf(outcome: Outcome | 'deferred'): string {
  if (outcome === 'deferred') return outcome;
  return outcome.ok ? 'ok' : outcome.refusal.code;
}

/** The order service without a broker, on a database of its own. */
export class Desk {
  published: Outgoing[] = [];
  /** Queues that the broker tells of. */
  queues: readonly QueueState[] = [];
  /** The error with which publishing fails, while the broker is away. */
  outage: Error | undefined;
  readonly orders: OrderHandler;
  readonly sagas: SagaHandler;
  config: OrderConfig;

  private constructor(
    readonly databaseUrl: string,
    readonly database: CountingDatabase,
    private readonly drop: () => Promise<void>,
  ) {
    this.config = {
      ORDER_DEADLINE_MS: 30_000,
      SAGA_RETRY_MS: 5_000,
      SAGA_RETRY_MS_MAX: 60_000,
      SAGA_ALERT_ATTEMPTS: 8,
      SAGA_WAITERS_MAX: 50,
      ORDERS_IN_FLIGHT_PER_USER_MAX: 1_000,
      ORDER_CANCEL_WINDOW_HOURS: 168,
      SWEEP_INTERVAL_MS: 1_000,
      SWEEP_BATCH_MAX: 20,
      MESSAGING_NAMESPACE: 'shop',
      LIST_BYTES_MAX: LIST_BYTES,
    } as OrderConfig;
    this.sagas = new SagaHandler(database, this.config);
    this.orders = new OrderHandler(database, this.sagas, this.config);
  }

  static async open(): Promise<Desk> {
    const scratch = await testDatabase('order');
    await migrate(scratch.url, migrations);
    const config = readConfig(databaseEnv, { ...patientDatabase(scratch.url), DATABASE_POOL_SIZE: '20' });
    return new Desk(scratch.url, new CountingDatabase(config), () => scratch.drop());
  }

  async close(): Promise<void> {
    await this.database.onApplicationShutdown();
    await this.drop();
  }

  /** Publishes into {@link Desk.published}. */
  get publisher(): Publisher {
    const publish = async (outgoing: readonly Outgoing[]): Promise<void> => {
      if (this.outage !== undefined) throw this.outage;
      this.published.push(...outgoing);
    };
    const offer = (outgoing: readonly Outgoing[]): Promise<boolean> =>
      publish(outgoing).then(
        () => true,
        () => false,
      );
    return { publish, offer } as unknown as Publisher;
  }

  /** Tells of queues what {@link Desk.queues} says. */
  get broker(): Broker {
    const readQueuesNamed = async (names: readonly string[]): Promise<QueueState[]> =>
      this.queues.filter(({ queue }) => names.includes(queue));
    return { readQueuesNamed } as unknown as Broker;
  }

  redrives(database: Database = this.database): RedriveHandler {
    return new RedriveHandler(database, this.publisher, this.broker, this.config);
  }

  /** A sweeper as each replica has one. */
  sweeper(more: Partial<OrderConfig> = {}): OrderSweeper {
    const config = { ...this.config, ...more };
    return new OrderSweeper(this.database, this.publisher, this.sagas, this.broker, config);
  }

  async place(placing: Placing, waiter?: string, trace?: Trace): Promise<BatchResult> {
    return await this.orders.place([delivery(placing, waiter, trace)]);
  }

  /** Replies arrive, and what follows from them is published and confirmed. */
  async hear(...replies: CommandReply<CommandContract>[]): Promise<string[]> {
    const { publish, afterConfirm } = await this.sagas.hearReplies(replies);
    await afterConfirm?.();
    return inWords(publish);
  }

  /** Brings orders to their success. */
  async succeed(...placings: Listed[]): Promise<void> {
    for (const placing of placings) {
      await this.place(placing);
      await this.hear(reservedFor(placing), usedFor(placing), debitedFor(placing));
    }
  }

  async cancel(
    orderId: string,
    waiter?: string,
    operation = { key: newId(), fingerprint: orderId },
    trace?: Trace,
  ): Promise<BatchResult> {
    const payload: PayloadOf<typeof cancelOrder> = { operation, orderId, cancelledBy: 'customer' };
    return await this.sagas.cancel([delivery(payload, waiter, trace)]);
  }

  async read(orderId: string, userId?: string) {
    const [outcome] = await this.orders.read([delivery({ orderId, userId })]);
    if (outcome?.ok !== true) throw new Error(`not read: ${JSON.stringify(outcome)}`);
    return outcome.value;
  }

  /** Lets this much time pass for sagas, as if they had come here earlier. */
  async age(milliseconds: number, orderIds: readonly string[]): Promise<void> {
    await this.database.rows(
      `UPDATE sagas SET deadline_at = deadline_at - $1 * interval '1 ms', sent_at = sent_at - $1 * interval '1 ms',
         look_again_at = look_again_at - $1 * interval '1 ms' WHERE order_id = ANY($2::uuid[])`,
      [milliseconds, orderIds],
    );
  }

  async count(table: 'orders' | 'order_items' | 'sagas' | 'outcomes', where = 'true'): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*) AS count FROM ${table} WHERE ${where}`,
    );
    return row?.count ?? Number.NaN;
  }
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
