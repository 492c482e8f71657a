import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracingLog } from './tracing.types.js';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Tells of a collector that takes no spans once, and once that it takes them again: not with every batch. */
export class ToldOnce implements SpanExporter {
  #isFailing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly log: TracingLog,
  ) {}

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.exporter.export(spans, (result) => {
      this.#note(result);
      done(result);
    });
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  #note({ error }: Result): void {
    const isFailing = error !== undefined;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    if (isFailing) this.log.warn(`spans are lost, the collector does not take them: ${error.message}`);
    else this.log.log('spans are sent again');
  }
}
