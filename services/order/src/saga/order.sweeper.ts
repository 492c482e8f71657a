import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { FLIGHTS_COUNTED_MAX } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { Broker, failpoint, Publisher } from '@jangteo/messaging';
import { CONFIG, RecurringJob, together } from '@jangteo/service';
import { inHaste } from '@jangteo/tracing';
import type { Decided } from '../domain/decide.js';
import type { Effect } from '../domain/effects.js';
import type { Saga } from '../domain/saga.js';
import type { CommandName } from '../domain/steps.js';
import { commandQueues, unreadCommands } from '../domain/unread.js';
import type { OrderConfig } from '../order.config.js';
import { outgoing, SagaHandler } from './saga.handler.js';
import { countRepeated, sagasSkipped, showFlights } from './saga.metrics.js';
import { postponeLook, readFlights, readSagasToLookAt } from './saga.queries.js';

const NAMED_MAX = 5;
/** Sagas that could not be looked at and that were logged; of more than these, one may be logged once more. */
const CULPRITS_MAX = 1_000;

/** Does what no message triggers: repeats what was not answered, and gives up what is too late. */
@Injectable()
export class OrderSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(OrderSweeper.name);
  readonly #job: RecurringJob;
  readonly #culprits = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly sagas: SagaHandler,
    private readonly broker: Broker,
    @Inject(CONFIG) private readonly config: OrderConfig,
  ) {
    const work = (): Promise<void> => this.sweep();
    this.#job = new RecurringJob('looking at sagas', config.SWEEP_INTERVAL_MS, work, { fromEnd: true });
  }

  onApplicationBootstrap(): void {
    this.#job.startLater();
  }

  /** Before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
    // What this does not save is only sent once more, after the next start.
    await this.sagas.writeConfirmed().catch((error: unknown) => this.#logger.warn(String(error)));
  }

  /**
   * Looks once at every saga that it is time for. None of what it does keeps it from the rest.
   * @throws what the first of it failed with
   */
  async sweep(): Promise<void> {
    const work = [() => this.#show(), () => this.sagas.writeConfirmed(), () => this.#lookAtAll()];
    const failures: unknown[] = [];
    for (const each of work) await each().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  async #show(): Promise<void> {
    showFlights(await readFlights(this.database, this.config.SAGA_ALERT_ATTEMPTS, FLIGHTS_COUNTED_MAX));
  }

  async #lookAtAll(): Promise<void> {
    // While all goes well there is nothing to look at, and nobody is asked.
    if ((await readSagasToLookAt(this.database, 1)).length === 0) return;
    const unread = await this.#unread();
    const limit = this.config.SWEEP_BATCH_MAX;
    for (let found = limit; found === limit && !this.#job.stopping.aborted;)
      found = await this.#lookAtSome(limit, unread);
  }

  /** The commands that lie unread; none where the broker does not say so. */
  async #unread(): Promise<CommandName[]> {
    const { MESSAGING_NAMESPACE: namespace } = this.config;
    return unreadCommands(namespace, await this.broker.readQueuesNamed(commandQueues(namespace)));
  }

  /** @returns how many were found */
  async #lookAtSome(limit: number, unread: readonly CommandName[]): Promise<number> {
    let decision: Decided;
    try {
      decision = await this.sagas.sweep(limit, unread);
    } catch {
      return await this.#lookSingly(await readSagasToLookAt(this.database, limit), unread);
    }
    await this.#carryOut(decision);
    return decision.reactions.length;
  }

  /**
   * One saga that cannot be decided or written (of a later release, say) keeps no other from being looked at: what
   * fails alone as well is looked at again after a pause, so that it takes no place among those that it is time for.
   *
   * @throws what a saga failed with when the database does not take the pause either: then it is away
   */
  async #lookSingly(orderIds: readonly string[], unread: readonly CommandName[]): Promise<number> {
    let failure: { readonly error: unknown } | undefined;
    for (const orderId of orderIds) {
      if (this.#job.stopping.aborted) break;
      let decision: Decided;
      try {
        // One that somebody holds must not take the time of the others.
        decision = await inHaste(() => this.sagas.sweepOne(orderId, unread));
      } catch (error) {
        await postponeLook(this.database, orderId, this.config.SAGA_RETRY_MS);
        this.#skip(orderId, error);
        continue;
      }
      this.#culprits.delete(orderId);
      await this.#carryOut(decision).catch((error: unknown) => (failure ??= { error }));
    }
    if (failure !== undefined) throw failure.error;
    return orderIds.length;
  }

  async #carryOut(decision: Decided): Promise<void> {
    this.#report(decision);
    await this.#publish(decision);
  }

  #skip(orderId: string, error: unknown): void {
    sagasSkipped.inc();
    if (this.#culprits.has(orderId)) return;
    this.#culprits.add(orderId);
    const [oldest] = this.#culprits;
    if (this.#culprits.size > CULPRITS_MAX && oldest !== undefined) this.#culprits.delete(oldest);
    this.#logger.error({ msg: `the saga of order ${orderId} is left as it is: ${String(error)}`, orderId });
  }

  /** Each saga on its own, so that one whose messages cannot be published does not hold up the others. */
  async #publish({ reactions }: Decided): Promise<void> {
    const owed = reactions.map(({ effects }) => effects).filter((effects) => effects.length > 0);
    const results = await Promise.allSettled(
      owed.map(async (effects) => {
        const events = effects.filter(({ kind }) => kind === 'event');
        const others = effects.filter(({ kind }) => kind !== 'event');
        failpoint('sweep.committed', contractsOf(effects));
        this.#offer(events);
        const publishing = this.publisher.publish(others.map((effect) => outgoing(effect)));
        failpoint('sweep.published', contractsOf(effects));
        await publishing;
        failpoint('sweep.confirmed', contractsOf(others));
      }),
    );
    const failures = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    // Their next try is in their rows already.
    if (failures.length > 0) throw together(`${failures.length} of them: ${String(failures[0])}`, failures);
  }

  /** No command waits for an event that nobody takes: it stays owed, and its next try is in its row already. */
  #offer(events: readonly Effect[]): void {
    if (events.length === 0) return;
    void this.publisher
      .offer(events.map((event) => outgoing(event)))
      .then((isConfirmed) => {
        if (!isConfirmed) return;
        failpoint('sweep.confirmed', contractsOf(events));
        this.sagas.noteConfirmed(events);
      })
      .catch((error: unknown) => this.#logger.error(String(error)));
  }

  #report({ changed }: Decided): void {
    const repeated = changed
      .filter(({ before, after }) => after.state === before.state && after.attempts > before.attempts)
      .map(({ after }) => after);
    countRepeated(repeated);
    const stuck = repeated.filter(({ attempts }) => attempts >= this.config.SAGA_ALERT_ATTEMPTS);
    if (stuck.length > 0) this.#logger.error(alertOf(stuck));
  }
}

function contractsOf(effects: readonly Effect[]): { readonly type: string }[] {
  return effects.flatMap((effect) => (effect.kind === 'answer' ? [] : [effect.contract]));
}

function alertOf(stuck: readonly Saga[]): string {
  const named = stuck.slice(0, NAMED_MAX).map(({ order, awaits, attempts }) => {
    return `${order.orderId} awaits ${awaits.join(', ') || 'a confirm'} after ${attempts} repeats`;
  });
  const rest = stuck.length - named.length;
  return `sagas make no progress: ${named.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
