import { Controller, Get } from '@nestjs/common';
import { HealthCheck } from '@nestjs/terminus';
import { named } from '@jangteo/contracts';
import { z } from 'zod';
import { Health, readiness } from './health.js';
import { Documented } from './operation.js';

export const liveness = named('Liveness', z.object({ status: z.literal('ok') }), { status: 'ok' });

/** Tells whether the process runs, and whether it can do its work. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Documented({ id: 'readLiveness', summary: 'Tells that the process runs', answer: liveness })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck()
  @Documented({
    id: 'readReadiness',
    summary: 'Tells whether this process has what it needs, or what is missing',
    description: 'Its database, its broker and its consumers; whether others are ready, they say themselves.',
    refuses: ['SERVICE_UNAVAILABLE'],
    answer: readiness,
  })
  async ready() {
    return await this.health.look();
  }
}
