import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { TracingConfig } from './config.js';
import { ToldOnce } from './exporting.js';
import { useTracer } from './spans.js';
import type { StopTracing, TracingLog } from './tracing.types.js';

interface SdkOptions {
  readonly service: string;
  readonly instanceId: string;
  readonly config: TracingConfig;
  readonly log: TracingLog;
}

/** The sampler that decides about requests. All else is begun under a span that is kept, or not at all. */
function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: TracingConfig): Sampler {
  const roots = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const root = roots[name.replace('parentbased_', '') as keyof typeof roots]();
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function exporterOf(config: TracingConfig): SpanExporter {
  const protocol = config.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? config.OTEL_EXPORTER_OTLP_PROTOCOL;
  return protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
}

/** Attributes that are sent with each span; OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME have the last word. */
function resourceOf({ service, instanceId, config }: SdkOptions): Resource {
  const ours = resourceFromAttributes({
    'service.namespace': 'jangteo',
    'service.name': service,
    'service.instance.id': instanceId,
  });
  const said = detectResources({ detectors: [resourceAttributesEnvDetector] });
  const named = config.OTEL_SERVICE_NAME;
  const name = resourceFromAttributes(named === undefined ? {} : { 'service.name': named });
  return defaultResource().merge(ours).merge(said).merge(name);
}

/** Starts the SDK and puts its tracer to use. */
export function startSdk(options: SdkOptions): StopTracing {
  const { service, config, log } = options;
  const processor = new BatchSpanProcessor({
    exporter: new ToldOnce(exporterOf(config), log),
    scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
    exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT,
    maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
    maxExportBatchSize: config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  });
  const provider = new TracerProvider({
    sampler: service === 'gateway' ? samplerOf(config) : new AlwaysOnSampler(),
    resource: resourceOf(options),
    spanProcessors: [processor],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  useTracer(provider.getTracer('jangteo'));
  return async (deadlineMs) => {
    useTracer(undefined);
    const late = new Promise<void>((resolve) => setTimeout(resolve, deadlineMs).unref());
    await Promise.race([provider.shutdown().catch(() => undefined), late]);
  };
}
