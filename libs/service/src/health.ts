import { Injectable, Logger } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { named } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { Broker } from '@jangteo/messaging';
import { z } from 'zod';
import { Startup } from './startup.js';

export type { HealthCheckResult };

/** Whoever asks wants to know now, above all when something is missing. */
const CHECK_DEADLINE_MS = 2_000;

/** One thing that is needed; throws what is missing. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<void>;
}

const isUp = { status: 'up' as const };

/** Each thing that is needed by its name; what is missing is in `details` of the problem. */
export const checks = named(
  'Checks',
  z.partialRecord(z.string(), z.looseObject({ status: z.enum(['up', 'down', 'degraded']) })),
  {
    database: isUp,
  },
);

export const readiness = named(
  'Readiness',
  z.object({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
    info: checks.optional(),
    error: checks.optional(),
    details: checks,
  }),
  { status: 'ok', info: { database: isUp }, error: {}, details: { database: isUp } },
);

/** Looks whether a process has what it needs for its work. */
@Injectable()
export class Health {
  readonly #logger = new Logger('Health');

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly broker: Broker,
    private readonly startup: Startup,
  ) {}

  /**
   * Looks at what this process itself needs, and at what else is named.
   * @throws ServiceUnavailableException with what is missing
   */
  async look(more: readonly HealthCheck[] = []): Promise<HealthCheckResult> {
    const all: HealthCheck[] = [
      { name: 'startup', check: () => this.#hasStarted() },
      { name: 'database', check: () => this.#databaseAnswers() },
      { name: 'broker', check: () => this.#brokerIsConnected() },
      { name: 'consumers', check: () => this.#consumersConsume() },
      ...more,
    ];
    return await this.health.check(
      all.map(
        ({ name, check }) =>
          () =>
            this.indicators.check(name).attempt(check).withTimeout(CHECK_DEADLINE_MS),
      ),
    );
  }

  async #hasStarted(): Promise<void> {
    if (!this.startup.isOver) throw new Error('starting');
  }

  async #databaseAnswers(): Promise<void> {
    try {
      await this.database.look();
    } catch (error) {
      // It names host and user, which is for the log and for nobody else.
      this.#logger.warn(`the database does not answer: ${String(error)}`);
      throw new Error('does not answer');
    }
  }

  async #brokerIsConnected(): Promise<void> {
    const { connected, blocked } = this.broker.health();
    if (!connected) throw new Error('not connected');
    if (blocked) throw new Error('the broker takes no messages: it is out of memory or disk');
  }

  async #consumersConsume(): Promise<void> {
    const idle = Object.entries(this.broker.health().consumers)
      .filter(([, consuming]) => !consuming)
      .map(([queue]) => queue);
    if (idle.length > 0) throw new Error(`nobody consumes ${idle.join(', ')}`);
  }
}
