import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '@jangteo/database';
import { failpoint, Publisher } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import type { Decision } from './domain/decide.js';
import type { Saga } from './domain/order.js';
import type { Said } from './domain/speech.js';
import type { OrderConfig } from './order.config.js';
import { outgoing, SagaHandler } from './saga.handler.js';
import { countRepeated, showFlights } from './saga.metrics.js';
import { readFlights } from './saga.queries.js';

const NAMED_MAX = 5;

/** Does what no message triggers: repeats what was not answered, and gives up what is too late. */
@Injectable()
export class OrderSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OrderSweeper.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;
  private isFailing = false;

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly sagas: SagaHandler,
    @Inject(CONFIG) private readonly config: OrderConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** Before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.running;
    // What this does not save is only sent once more, after the next start.
    await this.sagas.writeConfirmed().catch((error: unknown) => this.logger.warn(String(error)));
  }

  /**
   * Looks once at every saga that it is time for.
   * @throws TransientFailure when the database was away
   */
  async sweep(): Promise<void> {
    await this.sagas.writeConfirmed();
    const limit = this.config.SWEEP_BATCH_MAX;
    for (let found = limit; found === limit && !this.isStopping;) {
      const decision = await this.sagas.sweep(limit);
      found = decision.reactions.length;
      this.report(decision);
      await this.publish(decision);
    }
    showFlights(await readFlights(this.database, this.config.SAGA_ALERT_ATTEMPTS));
  }

  /** The next run begins a pause after this one has ended, so that no two overlap. */
  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, this.config.SWEEP_INTERVAL_MS);
  }

  private async run(): Promise<void> {
    try {
      await this.sweep();
      if (this.isFailing) this.logger.log('the sweeper works again');
      this.isFailing = false;
    } catch (error) {
      // Once an outage, not once a run.
      if (!this.isFailing) this.logger.error(`the sweeper will try again: ${String(error)}`);
      this.isFailing = true;
    }
    if (!this.isStopping) this.schedule();
  }

  /** Each saga on its own, so that one whose messages cannot be published does not hold up the others. */
  private async publish({ reactions }: Decision): Promise<void> {
    const speaking = reactions.map(({ says }) => says).filter((says) => says.length > 0);
    const results = await Promise.allSettled(
      speaking.map(async (says) => {
        const events = says.filter(({ kind }) => kind === 'event');
        const others = says.filter(({ kind }) => kind !== 'event');
        failpoint('sweep.committed', contractsOf(says));
        this.offer(events);
        const publishing = this.publisher.publish(others.map((said) => outgoing(said)));
        failpoint('sweep.published', contractsOf(says));
        await publishing;
        failpoint('sweep.confirmed', contractsOf(others));
      }),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    const [first] = failures;
    // Their next try is in their rows already.
    if (first !== undefined) throw new Error(`${failures.length} of them: ${String(first.reason)}`);
  }

  /** No command waits for an event that nobody takes: it stays owed, and its next try is in its row already. */
  private offer(events: readonly Said[]): void {
    if (events.length === 0) return;
    void this.publisher
      .offer(events.map((said) => outgoing(said)))
      .then((isConfirmed) => {
        if (!isConfirmed) return;
        failpoint('sweep.confirmed', contractsOf(events));
        this.sagas.noteConfirmed(events);
      })
      .catch((error: unknown) => this.logger.error(String(error)));
  }

  private report({ changed }: Decision): void {
    const repeated = changed
      .filter(({ before, after }) => after.state === before.state && after.attempts > before.attempts)
      .map(({ after }) => after);
    countRepeated(repeated);
    const stuck = repeated.filter(({ attempts }) => attempts >= this.config.SAGA_ALERT_ATTEMPTS);
    if (stuck.length > 0) this.logger.error(alertOf(stuck));
  }
}

function contractsOf(says: readonly Said[]): { readonly type: string }[] {
  return says.flatMap((said) => (said.kind === 'answer' ? [] : [said.contract]));
}

function alertOf(stuck: readonly Saga[]): string {
  const named = stuck.slice(0, NAMED_MAX).map(({ order, awaits, attempts }) => {
    return `${order.orderId} awaits ${awaits.join(', ') || 'a confirm'} after ${attempts} repeats`;
  });
  const rest = stuck.length - named.length;
  return `sagas make no progress: ${named.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
