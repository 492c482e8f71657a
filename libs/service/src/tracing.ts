import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { startTracing, type StopTracing, type TracingConfig } from '@jangteo/tracing';

/** Spans that a collector does not take by then are lost: nothing else waits for it. */
const FLUSH_DEADLINE_MS = 2_000;

/** Traces from the service's start to its end, where the environment asks for them. */
export class Tracing implements OnApplicationShutdown {
  private constructor(private readonly stop: StopTracing | undefined) {}

  static async start(service: string, config: TracingConfig): Promise<Tracing> {
    return new Tracing(await startTracing(service, config, new Logger(Tracing.name)));
  }

  /** After the last batch, whose spans have ended by then. */
  async onApplicationShutdown(): Promise<void> {
    await this.stop?.(FLUSH_DEADLINE_MS);
  }
}
