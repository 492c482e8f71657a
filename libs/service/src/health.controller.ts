import { Controller, Get, Inject, Logger } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Database } from '@jangteo/database';
import { Broker } from '@jangteo/messaging';
import { named } from '@jangteo/contracts';
import { z } from 'zod';
import { Documented } from './operation.js';
import { Startup } from './startup.js';

/** Whoever asks wants to know now, above all when something is missing. */
const CHECK_DEADLINE_MS = 2_000;

/** One more thing without which the service is not ready; throws what is missing. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

/** Injection token of the service's own {@link ReadinessCheck}s. */
export const READINESS_CHECKS = Symbol('readiness checks');

const isUp = { status: 'up' as const };

const liveness = named('Liveness', z.object({ status: z.literal('ok') }), { status: 'ok' });

/** Each thing that is needed by its name; what is missing is in `details` of the problem. */
export const checks = named(
  'Checks',
  z.partialRecord(z.string(), z.looseObject({ status: z.enum(['up', 'down', 'degraded']) })),
  {
    database: isUp,
  },
);

const readiness = named(
  'Readiness',
  z.object({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
    info: checks.optional(),
    error: checks.optional(),
    details: checks,
  }),
  { status: 'ok', info: { database: isUp }, error: {}, details: { database: isUp } },
);

/** Whether the process runs, and whether it can do its work. */
@Controller('health')
export class HealthController {
  readonly #logger = new Logger('Health');

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly broker: Broker,
    private readonly startup: Startup,
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
  ) {}

  @Get('live')
  @Documented({ id: 'readLiveness', summary: 'Tells that the process runs', answer: liveness })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck()
  @Documented({
    id: 'readReadiness',
    summary: 'Tells whether everything that the shop needs is there, or what is missing',
    refuses: ['SERVICE_UNAVAILABLE'],
    answer: readiness,
  })
  ready() {
    const all: ReadinessCheck[] = [
      { name: 'startup', check: () => this.hasStarted() },
      { name: 'database', check: () => this.databaseAnswers() },
      { name: 'broker', check: () => this.brokerIsConnected() },
      { name: 'consumers', check: () => this.consumersConsume() },
      ...this.checks,
    ];
    return this.health.check(
      all.map(
        ({ name, check }) =>
          () =>
            this.indicators.check(name).attempt(check).withTimeout(CHECK_DEADLINE_MS),
      ),
    );
  }

  private async hasStarted(): Promise<void> {
    if (!this.startup.isOver) throw new Error('starting');
  }

  private async databaseAnswers(): Promise<void> {
    try {
      await this.database.look();
    } catch (error) {
      // It names host and user, which is for the log and for nobody else.
      this.#logger.warn(`the database does not answer: ${String(error)}`);
      throw new Error('does not answer');
    }
  }

  private async brokerIsConnected(): Promise<void> {
    const { connected, blocked } = this.broker.health();
    if (!connected) throw new Error('not connected');
    if (blocked) throw new Error('the broker takes no messages: it is out of memory or disk');
  }

  private async consumersConsume(): Promise<void> {
    const idle = Object.entries(this.broker.health().consumers)
      .filter(([, consuming]) => !consuming)
      .map(([queue]) => queue);
    if (idle.length > 0) throw new Error(`nobody consumes ${idle.join(', ')}`);
  }
}
