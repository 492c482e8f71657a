/*
 * GET /health/live    anyone   200
 * GET /health/ready   anyone   200
 */
import { Controller, Get } from '@nestjs/common';
import { Documented, Health, liveness, readiness, type HealthCheckResult } from '@jangteo/service';
import { Kept } from './kept.js';

/**
 * Answers balancers, which ask before they send customers here. It is open to the world, so a look is kept for a
 * second: the rest of what operators want to know is shown on a port of their own.
 */
@Controller('health')
export class HealthController {
  readonly #ready: Kept<HealthCheckResult>;

  constructor(health: Health) {
    this.#ready = new Kept(() => health.look());
  }

  @Get('live')
  @Documented({ id: 'readLiveness', summary: 'Tells that the process runs', answer: liveness })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Documented({
    id: 'readReadiness',
    summary: 'Tells whether this process has what it needs, or what is missing',
    description:
      'Its database, its broker and its consumers, as they were a second ago at most; whether others are ready, ' +
      'they say themselves.',
    refuses: ['SERVICE_UNAVAILABLE'],
    answer: readiness,
  })
  async ready() {
    return await this.#ready.get();
  }
}
