import { Controller, Get, Header } from '@nestjs/common';
import { named } from '@jangteo/contracts';
import { collectDefaultMetrics, register } from 'prom-client';
import { z } from 'zod';
import { Documented } from './operation.js';

const metricsText = named('Metrics', z.string(), 'process_cpu_seconds_total 1.5\n');

/** The process's metrics as Prometheus text. */
@Controller('metrics')
export class MetricsController {
  constructor() {
    if (register.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics();
  }

  @Get()
  @Header('content-type', register.contentType)
  @Documented({
    id: 'readMetrics',
    summary: "The gateway's metrics as Prometheus text",
    answer: metricsText,
    mediaType: 'text/plain',
  })
  metrics(): Promise<string> {
    return register.metrics();
  }
}
