import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { isWanted, tracingEnv } from './config.js';

const wanted = (environment: Record<string, string>): boolean =>
  isWanted(z.object(tracingEnv).parse(environment));
const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';

describe('tracing', () => {
  it('is off unless the environment names a collector or an exporter', () => {
    expect(wanted({})).toBe(false);
    expect(wanted({ OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'shop' })).toBe(false);
    expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT })).toBe(true);
    expect(wanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' })).toBe(true);
    expect(wanted({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe(true);
  });

  it('is off where that is said, whatever collector there is', () => {
    expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toBe(false);
    expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
  });

  it('refuses a protocol and a sampler that it does not have', () => {
    expect(() => wanted({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow('OTEL_EXPORTER_OTLP_PROTOCOL');
    expect(() => wanted({ OTEL_TRACES_SAMPLER: 'jaeger_remote' })).toThrow('OTEL_TRACES_SAMPLER');
  });
});
