import { createHistogram } from 'node:perf_hooks';
import type { LoadResult } from './plan.js';
import type { Verdict } from './requests.js';

const MICROSECONDS_A_MILLISECOND = 1_000;

/** Counts answers and their latencies. */
export class Tally {
  readonly #latencies = createHistogram();
  readonly #answers: Record<string, number> = {};
  readonly #errors: Record<string, number> = {};
  #good = 0;

  answered(verdict: Verdict, latencyMs: number): void {
    if (!verdict.isGood) return this.failed(verdict.name);
    this.#good += 1;
    this.#answers[verdict.name] = (this.#answers[verdict.name] ?? 0) + 1;
    // The histogram takes whole numbers from 1 on.
    this.#latencies.record(Math.max(1, Math.round(latencyMs * MICROSECONDS_A_MILLISECOND)));
  }

  failed(name: string): void {
    this.#errors[name] = (this.#errors[name] ?? 0) + 1;
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
      answers: this.#answers,
      errors: this.#errors,
    };
  }
}
