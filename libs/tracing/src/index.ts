export { tracingEnv, type TracingConfig } from './config.js';
export {
  SpanKind,
  SpanStatusCode,
  beginServerSpan,
  createdFor,
  following,
  inBatchSpan,
  inSpan,
  isTracing,
  runUnder,
  traceparentOfSpan,
  type Span,
  type SpanPlan,
} from './spans.js';
export { inHaste, isInHaste } from './haste.js';
export { startTracing } from './start.js';
export type { StopTracing, TracingLog } from './tracing.types.js';
