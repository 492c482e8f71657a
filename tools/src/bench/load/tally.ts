import { createHistogram } from 'node:perf_hooks';
import type { LoadResult } from './plan.js';
import type { Verdict } from './requests.js';

const MICROSECONDS_A_MILLISECOND = 1_000;

/** Counts answers, and the latencies of the good ones. */
export class Tally {
  readonly #latencies = createHistogram();
  readonly #counts = { good: {}, refused: {}, bad: {} } as Record<Verdict['kind'], Record<string, number>>;
  #good = 0;

  answered({ kind, name }: Verdict, latencyMs: number): void {
    const counts = this.#counts[kind];
    counts[name] = (counts[name] ?? 0) + 1;
    if (kind !== 'good') return;
    this.#good += 1;
    // The histogram takes whole numbers from 1 on.
    this.#latencies.record(Math.max(1, Math.round(latencyMs * MICROSECONDS_A_MILLISECOND)));
  }

  /** No answer came, because of this. */
  failed(name: string): void {
    this.answered({ kind: 'bad', name }, 0);
  }

  /** @param seconds how long was counted */
  result(seconds: number): LoadResult {
    const percentile = (share: number): number =>
      this.#good === 0 ? 0 : this.#latencies.percentile(share) / MICROSECONDS_A_MILLISECOND;
    return {
      seconds,
      good: this.#good,
      perSecond: this.#good / seconds,
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      max: percentile(100),
      answers: this.#counts.good,
      refused: this.#counts.refused,
      errors: this.#counts.bad,
    };
  }
}
