import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Database } from '@jangteo/database';
import { Broker } from '@jangteo/messaging';

const CHECK_DEADLINE_MS = 3_000;

/** One more thing without which the service is not ready; throws what is missing. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

/** Injection token of the service's own {@link ReadinessCheck}s. */
export const READINESS_CHECKS = Symbol('readiness checks');

/** Whether the process runs, and whether it can do its work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly broker: Broker,
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
  ) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck()
  ready(): ReturnType<HealthCheckService['check']> {
    const all: ReadinessCheck[] = [
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

  private async databaseAnswers(): Promise<void> {
    await this.database.rows('SELECT 1 AS one');
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
