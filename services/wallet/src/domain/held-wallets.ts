import { backoffMs } from '@jangteo/contracts';
import type { Verdict } from './settlement.js';

/** Time from one try at a held wallet to the next; the longest is what its charges wait for once it is free. */
const RETRIES = { retryMs: 50, retryMsMax: 2_000 };
/** Verdicts that wait, of all wallets. */
const VERDICTS_MAX = 10_000;

interface Held {
  /** By charge and kind: the sweeper has the provider say again what waits here. */
  verdicts: Map<string, Verdict>;
  failures: number;
  /** Infinite while it is tried. */
  dueAtMs: number;
}

const keyOf = ({ chargeId, kind }: Verdict): string => `${chargeId} ${kind}`;

/** Verdicts that wait for wallets which somebody else holds, each wallet to be tried alone and with growing pauses. */
export class HeldWallets {
  readonly #wallets = new Map<string, Held>();
  #verdicts = 0;

  get size(): number {
    return this.#wallets.size;
  }

  has(userId: string): boolean {
    return this.#wallets.has(userId);
  }

  /** Lets a verdict wait; false where there is no room. */
  keep(verdict: Verdict): boolean {
    const held = this.#wallets.get(verdict.userId) ?? { verdicts: new Map(), failures: 0, dueAtMs: 0 };
    const isNew = !held.verdicts.has(keyOf(verdict));
    if (isNew && this.#verdicts >= VERDICTS_MAX) return false;
    if (isNew) this.#verdicts += 1;
    held.verdicts.set(keyOf(verdict), verdict);
    this.#wallets.set(verdict.userId, held);
    return true;
  }

  /** When the next wallet is to be tried; infinite where none is. */
  get dueAtMs(): number {
    return Math.min(...[...this.#wallets.values()].map(({ dueAtMs }) => dueAtMs));
  }

  /** Takes the verdicts of the wallet that it is time for, those not tried yet first; {@link put} ends the try. */
  take(nowMs: number): { userId: string; verdicts: readonly Verdict[] } | undefined {
    const { dueAtMs } = this;
    if (dueAtMs > nowMs || dueAtMs === Infinity) return undefined;
    for (const [userId, held] of this.#wallets) {
      if (held.dueAtMs !== dueAtMs) continue;
      const verdicts = [...held.verdicts.values()];
      this.#verdicts -= verdicts.length;
      held.verdicts = new Map();
      held.dueAtMs = Infinity;
      return { userId, verdicts };
    }
    return undefined;
  }

  /**
   * Ends a try, of which these verdicts are left: the wallet is still held.
   * @returns how often it was found held by now
   */
  put(userId: string, left: readonly Verdict[], nowMs: number): number {
    const held = this.#wallets.get(userId);
    if (held === undefined) return 0;
    const joined = held.verdicts;
    held.verdicts = new Map([...left.map((verdict) => [keyOf(verdict), verdict] as const), ...joined]);
    this.#verdicts += held.verdicts.size - joined.size;
    if (held.verdicts.size === 0) this.#wallets.delete(userId);
    held.dueAtMs = left.length === 0 ? 0 : nowMs + backoffMs(RETRIES, held.failures);
    held.failures = left.length === 0 ? 0 : held.failures + 1;
    return held.failures;
  }
}
