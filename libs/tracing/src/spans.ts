import {
  context,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanKind,
  type Tracer,
} from '@opentelemetry/api';
import { contextOf, headerOf, sampledContextOf } from './traceparent.js';

export { SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';

/** The name and attributes of a span to begin. Asked for only where the span is kept. */
export interface SpanPlan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  /** The attribute that a failure's code goes into, beside `error.type`. */
  readonly codeAttribute?: string;
}

let tracer: Tracer | undefined;

/** @param next undefined for none: then everything here does nothing, at the price of one comparison */
export function useTracer(next: Tracer | undefined): void {
  tracer = next;
}

/** True where spans are kept at all in this process. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** The span that this work is done under, where it is kept and has not ended. */
function activeSpan(): Span | undefined {
  const span = trace.getActiveSpan();
  return span?.isRecording() === true ? span : undefined;
}

/** Notes what kind of failure it was; its message may hold what is nobody's business. */
function fail(span: Span, error: unknown, { codeAttribute }: SpanPlan): void {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', code ?? (error instanceof Error ? error.name : 'unknown'));
  if (codeAttribute !== undefined && code !== undefined) span.setAttribute(codeAttribute, code);
}

async function ending<T>(span: Span, plan: SpanPlan, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    fail(span, error, plan);
    throw error;
  } finally {
    span.end();
  }
}

/** Does work in a span of its own, under whatever span it is done for; without such a span it is only done. */
export async function inSpan<T>(planned: () => SpanPlan, work: () => Promise<T>): Promise<T> {
  const parent = tracer && activeSpan();
  if (tracer === undefined || parent === undefined) return await work();
  const plan = planned();
  const span = tracer.startSpan(plan.name, plan);
  return await ending(span, plan, runUnder(span, work));
}

/** As {@link inSpan}, for what is under way already. */
export function following<T>(promise: Promise<T>, planned: () => SpanPlan): Promise<T> {
  const parent = tracer && activeSpan();
  if (tracer === undefined || parent === undefined) return promise;
  const plan = planned();
  return ending(tracer.startSpan(plan.name, plan), plan, promise);
}

/**
 * Works on messages in one span. One message is worked on in its own trace, under the span that sent it. Several
 * belong to as many traces and a span has one parent: theirs begins a trace of its own, with a link to each. It is
 * kept when the trace of any of them is.
 *
 * @param traceparents what the messages carry, asked for only where spans are kept
 */
export async function inBatchSpan<T>(
  traceparents: () => readonly (string | undefined)[],
  planned: () => SpanPlan,
  work: () => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return await work();
  const carried = traceparents();
  const origins = carried.map(sampledContextOf).filter((origin) => origin !== undefined);
  const [first] = origins;
  if (first === undefined) return await work();
  const plan = planned();
  const parent = carried.length === 1 ? trace.setSpanContext(ROOT_CONTEXT, first) : ROOT_CONTEXT;
  const links = origins.map((origin) => ({ context: origin }));
  const span = tracer.startSpan(plan.name, { ...plan, links, root: carried.length > 1 }, parent);
  return await ending(span, plan, runUnder(span, work));
}

/**
 * Begins the context that a message takes with it: that of a span of its own, in the trace of what it is sent for.
 * Where it is sent by a span of that trace it is that span's child. Where a batch sends it, it is the child of what
 * led to it, with a link to the batch: so that the one is found from the other.
 *
 * @param cause the traceparent of what led to the message
 * @returns the traceparent to send along; `cause` itself where its trace is not kept
 */
export function createdFor(cause: string | undefined, planned: () => SpanPlan): string | undefined {
  if (tracer === undefined) return cause;
  const origin = sampledContextOf(cause);
  if (origin === undefined) return cause;
  const sender = activeSpan();
  const plan = planned();
  const isOwn = sender?.spanContext().traceId === origin.traceId;
  const parent = isOwn ? context.active() : trace.setSpanContext(ROOT_CONTEXT, origin);
  const links = sender === undefined || isOwn ? [] : [{ context: sender.spanContext() }];
  const span = tracer.startSpan(plan.name, { ...plan, links }, parent);
  span.end();
  return headerOf(span.spanContext());
}

/**
 * Begins the span of a request from outside; whoever begins it ends it.
 * @returns undefined where nothing is traced
 */
export function beginServerSpan(traceparent: string | undefined, planned: () => SpanPlan): Span | undefined {
  if (tracer === undefined) return undefined;
  const plan = planned();
  return tracer.startSpan(plan.name, plan, remote(contextOf(traceparent)));
}

function remote(caller: SpanContext | undefined): Context {
  return caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
}

/** The header by which others go on with a span. */
export function traceparentOfSpan(span: Span): string {
  return headerOf(span.spanContext());
}

/** Runs work with a span as the one that it is done under. */
export function runUnder<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(ROOT_CONTEXT, span), work);
}
