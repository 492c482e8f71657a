import { TRACEPARENT } from '@jangteo/contracts';
import { TraceFlags, type SpanContext } from '@opentelemetry/api';

/** The context that a header names; undefined for what is none. */
export function contextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = (traceparent && TRACEPARENT.exec(traceparent)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** The context that a header names where spans of its trace are kept. */
export function sampledContextOf(traceparent: string | undefined): SpanContext | undefined {
  const context = contextOf(traceparent);
  return context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0 ? context : undefined;
}

export function headerOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
