import { Logger } from '@nestjs/common';
import { inHaste } from '@jangteo/tracing';
import { Condition } from './condition.js';
import { ackAll, isAlive } from './consumer-session.js';
import { describeMessage } from './dead-letters.js';
import { idsOf } from './ids-of.js';
import type { Item, Route } from './route.js';
import { metrics } from './metrics.js';
import { spreadBackoffMs } from './pause.js';

/** Tried at a time; each takes a connection to the database, for a moment. */
const WORKERS = 2;
/**
 * Messages that a batcher may have aside; while all places are taken its batches wait for one. Fewer than the broker
 * hands out to a queue's consumer at a time, so that there is room for others.
 */
const PLACES = 500;

interface Held {
  readonly item: Item;
  /** Times that somebody else was in its way when it was tried alone. */
  failures: number;
  dueAtMs: number;
  /** The ids that it goes by, once it has failed alone. */
  ids: ReadonlySet<string>;
}

/** The step and the order that a command is for; undefined for other messages. */
function commandKeyOf({ contract, delivery }: Item): string | undefined {
  return contract.kind === 'command' ? `${delivery.type} ${delivery.correlationId}` : undefined;
}

/**
 * A place for messages of a batcher that others are in the way of: they are tried there alone and again, with pauses,
 * unacknowledged, while the batcher goes on with the rest. None is given back to the broker, which counts that, and in
 * the end calls the message dead.
 */
export class Aside {
  readonly #logger = new Logger(Aside.name);
  readonly #held = new Set<Held>();
  /** Those of them that the saga sends again. */
  readonly #commands = new Map<string, Held>();
  readonly #changes = new Condition();
  /** The number, by id, of those busy alone that go by it. */
  readonly #busyIds = new Map<string, number>();
  readonly #workers = new Map<number, Promise<void>>();
  readonly #labels: { readonly queue: string; readonly type: string };
  #timer: NodeJS.Timeout | undefined;
  #waiting: Held[] = [];

  constructor(
    private readonly route: Pick<Route, 'queue' | 'label'>,
    /** Tries one message; true when somebody else is in its way. Never throws. */
    private readonly isBusy: (item: Item) => Promise<boolean>,
    private readonly stopping: AbortSignal,
  ) {
    this.#labels = { queue: route.queue.name, type: route.label };
    stopping.addEventListener('abort', () => this.#changes.notify(), { once: true });
  }

  /** True while something is known to be busy even alone. */
  get isAnyBusy(): boolean {
    return this.#busyIds.size > 0;
  }

  /** Recognises a message that goes by what a busy one goes by too, and so may need what that one waits for. */
  resemblesBusy({ delivery }: Item): boolean {
    if (!this.isAnyBusy) return false;
    return [...idsOf(delivery, this.route.queue.role)].some((id) => this.#busyIds.has(id));
  }

  /** Comes back as soon as all of them have a place here. A command that is here already needs none. */
  async add(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      const command = commandKeyOf(item);
      const same = command === undefined ? undefined : this.#commands.get(command);
      // Of one whose connection has ended, this may be the redelivery.
      if (same !== undefined && isAlive(same.item)) {
        // Sent again while it waits: done once, and answered once, is what both ask for.
        ackAll([item]);
        continue;
      }
      while (this.#held.size >= PLACES && !this.stopping.aborted) {
        await this.#changes.until(() => this.#held.size < PLACES || this.stopping.aborted, 60_000);
      }
      if (this.stopping.aborted) return;
      const held: Held = { item, failures: 0, dueAtMs: 0, ids: new Set() };
      this.#held.add(held);
      if (command !== undefined) this.#commands.set(command, held);
      this.#waiting.push(held);
      this.#wake();
    }
  }

  /** Once the process is told to stop: until nothing is tried any more. */
  async idle(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#workers.values());
  }

  #wake(): void {
    for (let worker = 0; worker < WORKERS; worker += 1) {
      if (this.#workers.has(worker)) continue;
      this.#workers.set(
        worker,
        this.#run(worker).finally(() => {
          this.#workers.delete(worker);
          // What was added in its last moment would be waited for by nobody.
          this.#sleep();
        }),
      );
    }
  }

  async #run(worker: number): Promise<void> {
    // Not within the work of whoever put it here.
    await new Promise(setImmediate);
    for (let held = this.#next(worker); held !== undefined; held = this.#next(worker)) {
      const { item } = held;
      if (await inHaste(() => this.isBusy(item))) this.#hold(held);
      else this.#leave(held);
    }
  }

  /** One worker prefers what was not tried yet, the other what is due again: neither can starve the other. */
  #next(worker: number): Held | undefined {
    if (this.stopping.aborted) return undefined;
    const nowMs = performance.now();
    const due = this.#waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    const isPreferred = ({ failures }: Held): boolean => (failures === 0) === (worker === 0);
    const next = due.find(isPreferred) ?? due[0];
    if (next !== undefined) this.#waiting = this.#waiting.filter((held) => held !== next);
    return next;
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0 || this.stopping.aborted) return;
    const dueAtMs = Math.min(...this.#waiting.map((held) => held.dueAtMs));
    this.#timer = setTimeout(() => this.#wake(), Math.max(dueAtMs - performance.now(), 1));
  }

  #hold(held: Held): void {
    if (held.failures === 0) {
      held.ids = idsOf(held.item.delivery, this.route.queue.role);
      for (const id of held.ids) this.#busyIds.set(id, (this.#busyIds.get(id) ?? 0) + 1);
      metrics.busy.inc(this.#labels);
      this.#logger.warn(
        `${describeMessage(held.item.arrival.message)} is busy: it waits aside, others go on`,
      );
    }
    held.dueAtMs = performance.now() + spreadBackoffMs(held.failures);
    held.failures += 1;
    this.#waiting.push(held);
  }

  #leave(held: Held): void {
    this.#held.delete(held);
    const command = commandKeyOf(held.item);
    if (command !== undefined && this.#commands.get(command) === held) this.#commands.delete(command);
    this.#changes.notify();
    if (held.failures === 0) return;
    metrics.busy.dec(this.#labels);
    for (const id of held.ids) {
      const left = (this.#busyIds.get(id) ?? 0) - 1;
      if (left > 0) this.#busyIds.set(id, left);
      else this.#busyIds.delete(id);
    }
  }
}
