import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, onlyOf } from '@jangteo/database';
import { RecurringJob } from '@jangteo/service';

const LOOK_EVERY_MS = 1_000;

/**
 * The time of the database, which all gateways and what they store have in common: their own clocks may be off by
 * hours, or set while they run. Kept as its distance from a clock that nobody sets, and looked at each second; until
 * the first look it is the time of this machine.
 */
@Injectable()
export class DatabaseClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Epoch milliseconds when `performance.now()` was 0. */
  #originMs = Date.now() - performance.now();
  readonly #job = new RecurringJob("the look at the database's clock", LOOK_EVERY_MS, () => this.look());

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    this.#job.start();
  }

  /** Before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
  }

  now(): Date {
    return this.at(performance.now());
  }

  /** The time at a moment of `performance.now()`. */
  at(momentMs: number): Date {
    return new Date(this.#originMs + momentMs);
  }

  /** @throws TransientFailure when the database is away: the clock goes on as it went */
  async look(): Promise<void> {
    const askedMs = performance.now();
    const { now } = await onlyOf<{ now: Date }>(this.database, 'SELECT now() AS now');
    const answeredMs = performance.now();
    // It was that time at some moment in between. So an answer that takes long moves no clock that is right already.
    const time = now.getTime();
    this.#originMs = Math.max(time - answeredMs, Math.min(time - askedMs, this.#originMs));
  }
}
