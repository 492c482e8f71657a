import { wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';

const protocol = z.enum(['http/protobuf', 'http/json']);

/**
 * The standard variables of OpenTelemetry that decide what is traced and how much is kept. Those about the way to
 * the collector (its address, headers, timeout, certificates) are read by the exporter itself.
 */
export const tracingEnv = {
  OTEL_SDK_DISABLED: z.stringbool().default(false).describe('`true` keeps traces off'),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'])
    .optional()
    .describe(
      '`otlp` switches traces on, `none` keeps them off; without it they are on as soon as an endpoint ' +
        'is named',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe(
      'an OpenTelemetry collector that takes traces over HTTP; without it [nothing is ' +
        'traced](observability.md#traces)',
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional().describe('the same, for traces alone'),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol
    .default('http/protobuf')
    .describe('what the collector is spoken to in; there is no gRPC'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional().describe('the same, for traces alone'),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on')
    .describe(
      'which requests are traced: decided at the gateway, the services behind it follow the flag that ' +
        'messages carry',
    ),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('how many of them, for ratios'),
  OTEL_SERVICE_NAME: z
    .string()
    .min(1)
    .optional()
    .describe(
      "what spans are said to be of; by default the service's name. So are `OTEL_RESOURCE_ATTRIBUTES`",
    ),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1, 1_000_000, 5_000).describe(
    'milliseconds between two sendings of spans',
  ),
  OTEL_BSP_EXPORT_TIMEOUT: wholeNumber(1, 1_000_000, 30_000).describe('milliseconds that a sending may take'),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1, 1_000_000, 2_048).describe(
    'spans that wait to be sent; more are dropped',
  ),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(1, 1_000_000, 512).describe('spans that are sent at a time'),
};

export type TracingConfig = z.infer<z.ZodObject<typeof tracingEnv>>;

/** True where spans are to go anywhere. */
export function isWanted(config: TracingConfig): boolean {
  if (config.OTEL_SDK_DISABLED || config.OTEL_TRACES_EXPORTER === 'none') return false;
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT;
  return config.OTEL_TRACES_EXPORTER === 'otlp' || endpoint !== undefined;
}
