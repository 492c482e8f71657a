import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '@jangteo/testkit';
import type { Arena } from '../places/arena.js';
import { LedgerWatch } from '../validate/ledger.js';
import { memoryOf, type Memory } from '../validate/memory.js';
import type { Invariant } from '../report/invariant.js';
import { verify } from '../validate/validate.js';
import { seconds, type Attack, type Nemesis } from '../failpoint/nemesis.js';
import { roundsOf } from '../failpoint/schedule.js';

const WARM_UP_MS = 3_000;
const WATCH_EVERY_MS = 250;
const LEDGER_EVERY_MS = 10_000;
const PROGRESS_EVERY_MS = 15_000;
/** Limits for orders to go on: once every service says that it is ready, and in any case. */
const RECOVERY_MS_MAX = 10_000;
const RETURN_MS_MAX = 30_000;
const WHOLE_LOOK_MS = 200;
/** After this a fault is as good as not healed. */
const STUCK_MS = 60_000;
const HEALED_MS = 60_000;
/** A fault takes at most this share of the time. */
const LENGTH_SHARE = 0.25;
const MINUTE_MS = 60_000;

export interface Outcome {
  readonly seed: number;
  readonly invariants: readonly Invariant[];
  /** Faults by name. */
  readonly faults: ReadonlyMap<string, number>;
  /** Milliseconds from each heal until the next order succeeded. */
  readonly recoveries: readonly number[];
  readonly memory: { readonly atFirst: Memory; readonly atLast: Memory };
}

/** A run of faults over a shop under load, from the first customer to the last check. */
export class Run {
  readonly #faults = new Map<string, number>();
  readonly #recoveries: number[] = [];
  readonly #slow: string[] = [];
  readonly #ledger: LedgerWatch;

  constructor(private readonly arena: Arena) {
    this.#ledger = new LedgerWatch(arena.stack);
  }

  async go(seed: number, nemeses: readonly Nemesis[], minutes: number): Promise<Outcome> {
    const { arena } = this;
    const { load } = arena;
    await this.#nextSuccess(STUCK_MS);
    await arena.last(WARM_UP_MS);
    const atFirst = memoryOf(arena.stack);
    const watching = this.#keepWatch();
    try {
      await this.#harm(seed, nemeses, minutes * MINUTE_MS);
      arena.report('No more faults: everything heals, customers finish');
      await eventually(() => arena.isWhole(), { deadlineMs: HEALED_MS, everyMs: 500 }).catch(() => {
        arena.violations.push('not every service was ready a minute after the last fault');
      });
    } finally {
      watching.abort();
    }
    const unknown = await load.stop(HEALED_MS);
    arena.report('Checking');
    const invariants = await verify(arena, {
      ledger: this.#ledger,
      memoryAtFirst: atFirst,
      unknown,
      slow: this.#slow,
    });
    const memory = { atFirst, atLast: memoryOf(arena.stack) };
    return { seed, invariants, faults: this.#faults, recoveries: this.#recoveries, memory };
  }

  async #harm(seed: number, nemeses: readonly Nemesis[], lengthMs: number): Promise<void> {
    const endsAt = performance.now() + lengthMs;
    for (const { attacks, calmMs } of roundsOf(seed, nemeses, lengthMs * LENGTH_SHARE)) {
      if (performance.now() >= endsAt || this.arena.signal.aborted) return;
      await Promise.all(attacks.map((attack) => this.#do(attack)));
      await this.#recover(attacks);
      await this.arena.last(calmMs);
    }
  }

  async #do(attack: Attack): Promise<void> {
    const { test, name, what } = attack;
    this.arena.report(`[${test}] ${what}`);
    this.#faults.set(name, (this.#faults.get(name) ?? 0) + 1);
    await attack.run(this.arena);
  }

  /** Measures the time until an order succeeds again. */
  async #recover(attacks: readonly Attack[]): Promise<void> {
    const [ms, wholeMs] = await this.#untilOrdersGoOn();
    this.#recoveries.push(ms);
    const after = attacks.map(({ what }) => what).join(' and ');
    // On a busy machine a process takes its time to start, which says nothing about the shop.
    if (ms - Math.min(ms, wholeMs) > RECOVERY_MS_MAX || ms > RETURN_MS_MAX) {
      this.#slow.push(`${seconds(ms)} after ${after}; every service was ready after ${seconds(wholeMs)}`);
    }
    this.arena.report(`    healed; the next order succeeded after ${seconds(ms)}`);
  }

  /** @returns milliseconds until an order succeeded, and until every service was ready if that was before */
  async #untilOrdersGoOn(): Promise<[number, number]> {
    const began = performance.now();
    let wholeMs = Infinity;
    const going = this.#nextSuccess(STUCK_MS);
    let hasSucceeded = false;
    void going.then(() => (hasSucceeded = true));
    const looking = (async () => {
      while (!hasSucceeded && wholeMs === Infinity) {
        if (await this.arena.isWhole()) wholeMs = performance.now() - began;
        else await Promise.race([going, this.arena.last(WHOLE_LOOK_MS)]);
      }
    })();
    const ms = await going;
    await looking;
    return [ms, wholeMs];
  }

  async #nextSuccess(limitMs: number): Promise<number> {
    const began = performance.now();
    await Promise.race([this.arena.load.log.nextSuccess(), this.arena.last(limitMs)]);
    return performance.now() - began;
  }

  /** Looks after services that ended by themselves, after the ledger, and says how it goes. */
  #keepWatch(): AbortController {
    const watching = new AbortController();
    const { arena } = this;
    const every = async (ms: number, work: () => Promise<void>): Promise<void> => {
      while (!watching.signal.aborted) {
        await work().catch((error: unknown) => arena.report(`While watching: ${String(error)}`));
        await wait(ms, undefined, { signal: watching.signal }).catch(() => undefined);
      }
    };
    void every(WATCH_EVERY_MS, () => arena.watchOver());
    void every(LEDGER_EVERY_MS, () => this.#ledger.look());
    void every(PROGRESS_EVERY_MS, async () => {
      const { calls, operations, resolved } = arena.load.log;
      const orders = operations.filter(({ kind, told }) => kind === 'order' && told !== undefined).length;
      arena.report(
        `    ${orders} orders known; calls: ${calls.ok} ok, ${calls.fail} failed, ${calls.unknown} unknown; ` +
          `${resolved} resolved`,
      );
      await Promise.resolve();
    });
    return watching;
  }
}
