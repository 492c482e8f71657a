import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '@jangteo/testkit';
import { report } from '@jangteo/tools';
import { roundsOf } from '../failpoint/schedule.js';
import type { Attack, Nemesis } from '../failpoint/nemesis.js';
import type { Arena } from '../places/arena.js';
import type { Outcome } from '../report/chaos-figures.js';
import { seconds, type Invariant } from '../report/invariants.js';
import { LedgerWatch } from '../validate/ledger.js';
import { memoryOf, memoryProblems, type Memory } from '../validate/memory.js';
import { platformProblems } from '../validate/platform.js';
import { deadLetterProblems, unackedProblems } from '../validate/queues.js';
import { validate } from '../validate/validate.js';

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
      report('No more faults: everything heals, customers finish');
      await eventually(() => arena.isWhole(), { deadlineMs: HEALED_MS, everyMs: 500 }).catch(() => {
        arena.violations.push('not every service was ready a minute after the last fault');
      });
    } finally {
      watching.abort();
    }
    const unknown = await load.stop(HEALED_MS);
    report('Checking');
    const invariants = await this.#validate(atFirst, unknown);
    const memory = { atFirst, atLast: memoryOf(arena.stack) };
    return { seed, invariants, faults: this.#faults, recoveries: this.#recoveries, memory };
  }

  async #validate(memoryAtFirst: Memory, unknown: number): Promise<Invariant[]> {
    const { stack, load, violations } = this.arena;
    // Poison is taken out first: what else is in the dead letters after that is found by the count of queues.
    const dead = await deadLetterProblems(this.arena);
    const everywhere = await validate(stack, load, unknown);
    const platform = await platformProblems(stack, stack.dataPlatformFile);
    return [
      ...everywhere,
      {
        name: 'ledger',
        says: 'the ledger only grows',
        problems: await this.#ledger.problems(),
        looked: `${this.#ledger.prefixes} prefixes`,
      },
      {
        name: 'queues',
        says: 'queues empty, dead letters exactly the poison',
        problems: [...dead.problems, ...(await unackedProblems(this.arena))],
        looked: `${dead.found} poisons`,
      },
      {
        name: 'platform',
        says: 'every success and cancellation sent on',
        problems: platform.problems,
        looked: `${platform.records} records`,
      },
      { name: 'services', says: 'none ended by itself, each ended in order', problems: violations },
      {
        name: 'recovery',
        says: 'orders go on within 10 s of the last part that is ready again, 30 s in all',
        problems: this.#slow,
      },
      {
        name: 'memory',
        says: 'no service grows',
        problems: memoryProblems(memoryAtFirst, memoryOf(stack)),
      },
    ];
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
    report(`[${test}] ${what}`);
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
    report(`    healed; the next order succeeded after ${seconds(ms)}`);
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
        await work().catch((error: unknown) => report(`While watching: ${String(error)}`));
        await wait(ms, undefined, { signal: watching.signal }).catch(() => undefined);
      }
    };
    void every(WATCH_EVERY_MS, () => arena.watchOver());
    void every(LEDGER_EVERY_MS, () => this.#ledger.look());
    void every(PROGRESS_EVERY_MS, async () => {
      const { calls, knownOrders, resolved } = arena.load.log;
      report(
        `    ${knownOrders} orders known; calls: ${calls.ok} ok, ${calls.fail} failed, ${calls.unknown} unknown; ` +
          `${resolved} resolved`,
      );
      await Promise.resolve();
    });
    return watching;
  }
}
