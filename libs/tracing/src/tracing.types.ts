/** Sends what is still to be sent and ends; comes back within the deadline, whatever the collector does. */
export type StopTracing = (deadlineMs: number) => Promise<void>;

/** A listener that tracing tells when spans cannot be sent, and when they can again. */
export interface TracingLog {
  warn(message: string): void;
  log(message: string): void;
}
