import type { PlatformRecord } from '../domain/data-platform.js';

/** Injection token of the {@link PlatformSink}; undefined where records are kept and not sent. */
export const PLATFORM_SINK = Symbol('data platform sink');

export interface PlatformSink {
  readonly kind: 'file' | 'http' | 'kafka';
  /** For people, without secrets. */
  readonly target: string;
  /**
   * Delivers records in their order. Called again with the same ones after a failure, never twice at a time.
   *
   * @param signal gives up; what was delivered by then may stay so
   * @param now the time of the database, a moment ago: clocks of replicas may be off by hours
   * @throws Error unless every record is safe with the receiver
   */
  send(records: readonly PlatformRecord[], signal: AbortSignal, now: Date): Promise<void>;
  close(): Promise<void>;
}
