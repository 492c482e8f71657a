/** The pauses between tries, in milliseconds: from the first to the longest. */
export interface Backoff {
  readonly retryMs: number;
  readonly retryMsMax: number;
}

/** The first pause doubled so many times, up to the longest. */
export function backoffMs({ retryMs, retryMsMax }: Backoff, doublings: number): number {
  return Math.min(retryMs * 2 ** doublings, retryMsMax);
}
