const KEPT_MS = 10_000;

/** Of more than these, the oldest are left out. */
const KEPT_MAX = 1_000;

/** How long answers took: of half of them no longer than the first, of nineteen in twenty no longer than the second. */
export interface Latency {
  readonly answers: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** How long the answers of the last ten seconds took. */
export class RecentTimes {
  readonly #times: { readonly atMs: number; readonly tookMs: number }[] = [];

  note(tookMs: number, nowMs: number): void {
    this.#times.push({ atMs: nowMs, tookMs });
    if (this.#times.length > KEPT_MAX * 2) this.#times.splice(0, KEPT_MAX);
  }

  /** @returns `undefined` where nothing was answered */
  latency(nowMs: number): Latency | undefined {
    const first = this.#times.findIndex(({ atMs }) => nowMs - atMs <= KEPT_MS);
    this.#times.splice(0, first === -1 ? this.#times.length : first);
    const sorted = this.#times
      .slice(-KEPT_MAX)
      .map(({ tookMs }) => tookMs)
      .sort((one, other) => one - other);
    if (sorted.length === 0) return undefined;
    const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1]!);
    return { answers: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95) };
  }
}
