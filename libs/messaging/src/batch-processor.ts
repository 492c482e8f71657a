import { Logger } from '@nestjs/common';
import { BusyFailure } from '@jangteo/contracts';
import { inBatchSpan, inHaste } from '@jangteo/tracing';
import { failpoint } from '#failpoints';
import { Aside } from './aside.js';
import { bundled } from './bundles.js';
import { ackAll, isAlive, type Arrival } from './consumer-session.js';
import { describeError, describeMessage } from './dead-letters.js';
import { decode, isSuspect } from './decode.js';
import { publishUntilConfirmed } from './publish-until-confirmed.js';
import type { Item, Route, PipelineContext } from './route.js';
import { leftMs, TransientFailure, type Delivery } from './message.types.js';
import { metrics } from './metrics.js';
import { Parking, type Parked } from './parking.js';
import { spreadBackoffMs, pause, NOT_IN_TIME, within } from './pause.js';
import { framesOf, resultOf } from './results.js';
import { processingOf, tracedAll, traceparentsOf } from './spans.js';

/** In the order of their arrival, those behind one that always brings the process down would never get a turn. */
function shuffled<T>(items: readonly T[]): T[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Takes the batches of one route from arrival to ack: the order of its steps is what keeps messages. */
export class BatchProcessor {
  readonly #logger = new Logger(BatchProcessor.name);
  readonly #parking: Parking;
  readonly #aside: Aside;
  /** Events on their way. */
  readonly #offers = new Set<Promise<void>>();
  readonly #labels: { readonly queue: string; readonly type: string };

  constructor(
    private readonly route: Route,
    private readonly context: PipelineContext,
  ) {
    this.#parking = new Parking(route, context);
    this.#labels = { queue: route.queue.name, type: route.label };
    this.#aside = new Aside(route, (item) => this.#isBusy(item), context.stopping);
  }

  /**
   * Handles a batch until each message is acknowledged, parked, put aside since somebody else is in its way, or left
   * for the broker to deliver again.
   */
  async work(arrivals: readonly Arrival[]): Promise<void> {
    const sound: Item[] = [];
    const suspects: Item[] = [];
    const faulty: Parked[] = [];
    for (const arrival of arrivals) {
      const decoded = decode(arrival.message, arrival.arrivedAtMs, this.route.readings, this.context.senders);
      if (!decoded.ok) {
        faulty.push({ arrival, verdict: { reason: decoded.fault, detail: decoded.detail } });
        continue;
      }
      (isSuspect(arrival.message) ? suspects : sound).push({ arrival, ...decoded });
    }
    const like = new Set([...sound, ...suspects].filter((item) => this.#aside.resemblesBusy(item)));
    const busy = await this.#settleTogether(sound.filter((item) => !like.has(item)));
    await this.#settleSingly(shuffled(suspects.filter((item) => !like.has(item))));
    // Last: while all places aside are taken, or the dead-letter queue is out of reach, their neighbours must not wait.
    await this.#aside.add([...busy, ...like]);
    await this.#parking.park(faulty);
  }

  /** Until nothing is tried aside and no event is on its way any more. */
  async idle(): Promise<void> {
    await this.#aside.idle();
    await Promise.all(this.#offers);
  }

  /** While somebody is known to hold something for long, batches do not wait long to find out that they need it. */
  async #settleTogether(batch: readonly Item[]): Promise<readonly Item[]> {
    return this.#aside.isAnyBusy ? await inHaste(() => this.#settle(batch)) : await this.#settle(batch);
  }

  /** Settles one message if it can be; true when somebody else is in its way. */
  async #isBusy(item: Item): Promise<boolean> {
    try {
      return (await this.#settle([item])).length > 0;
    } catch (error) {
      this.#logger.error(`${this.route.label}: ${describeError(error)}`);
      return false;
    }
  }

  /** @returns what others are in the way of */
  async #settle(batch: readonly Item[]): Promise<readonly Item[]> {
    let permanentFailures = 0;
    for (let failures = 0; ; failures += 1) {
      const items = this.#stillWanted(batch);
      if (items.length === 0) return [];
      const failure = await this.#attempt(items);
      if (failure === undefined) return [];
      this.#report(items, failure.error);
      if (this.context.stopping.aborted) return [];
      if (failure.error instanceof BusyFailure) {
        metrics.retried.inc(this.#labels, items.length);
        return items;
      }
      if (!(failure.error instanceof TransientFailure)) {
        if (items.length > 1) {
          metrics.retried.inc(this.#labels, items.length);
          await this.#settleSingly(items);
          return [];
        }
        permanentFailures += 1;
        if (permanentFailures >= this.context.config.ATTEMPTS_MAX) {
          await this.#giveUp(items, failure.error);
          return [];
        }
      }
      metrics.retried.inc(this.#labels, items.length);
      await pause(spreadBackoffMs(failures), this.context.stopping);
    }
  }

  /** Finds the culprit among them and lets the others through. */
  async #settleSingly(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      if (this.context.stopping.aborted) return;
      await this.#aside.add(await inHaste(() => this.#settle([item])));
    }
  }

  async #giveUp(items: readonly Item[], error: unknown): Promise<void> {
    const verdict = { reason: 'handler-failed', detail: describeError(error) };
    await this.#parking.park(items.map(({ arrival }) => ({ arrival, verdict })));
  }

  /** Leaves out what the broker delivers again, and acknowledges requests that nobody waits for any more. */
  #stillWanted(batch: readonly Item[]): Item[] {
    const nowMs = performance.now();
    const isExpired = ({ delivery }: Item) => leftMs(delivery, nowMs) <= 0;
    const alive = batch.filter(isAlive);
    const expired = alive.filter(isExpired);
    if (expired.length === 0) return alive;
    ackAll(expired);
    metrics.expired.inc(this.#labels, expired.length);
    return alive.filter((item) => !isExpired(item));
  }

  /** One go at a batch. Answers what was thrown, or undefined when nothing is left to do here. */
  async #attempt(items: readonly Item[]): Promise<{ error: unknown } | undefined> {
    metrics.batchSize.observe(this.#labels, items.length);
    const stop = metrics.batchSeconds.startTimer(this.#labels);
    const deliveries = items.map(({ delivery }) => delivery);
    try {
      await inBatchSpan(
        () => traceparentsOf(deliveries),
        () => processingOf(this.route, deliveries),
        () => this.#handle(items, deliveries),
      );
      return undefined;
    } catch (error) {
      return { error };
    } finally {
      stop();
    }
  }

  async #handle(items: readonly Item[], deliveries: readonly Delivery[]): Promise<void> {
    failpoint('batch.received', deliveries);
    const { BATCH_DEADLINE_MS } = this.context.config;
    const returned = await within(this.route.handler(deliveries), BATCH_DEADLINE_MS);
    if (returned === NOT_IN_TIME) {
      if (items.length > 1) throw new BusyFailure(`not handled within ${BATCH_DEADLINE_MS} ms`);
      this.#dropHung(items);
      return;
    }
    failpoint('batch.committed', deliveries);
    const result = resultOf(returned, items.length, this.route.queue.role);
    const frames = tracedAll(framesOf(result, items, this.context.writer));
    const { owed = [], due = [] } = Object.groupBy(frames, ({ isOwed }) => (isOwed ? 'owed' : 'due'));
    const offering = this.context.publisher.offerFrames(bundled(owed));
    const publishing = publishUntilConfirmed(bundled(due), this.context, () => items.some(isAlive));
    failpoint('batch.published', deliveries);
    if (!(await publishing)) return;
    failpoint('batch.confirmed', deliveries);
    this.#follow(offering, result.afterConfirm);
    failpoint('batch.before-ack', deliveries);
    ackAll(items);
    failpoint('batch.acked', deliveries);
    for (const delivery of deliveries) this.#noteHandled(delivery);
  }

  /** One line a message is for those who follow a request: only at debug, since thousands come a second. */
  #noteHandled({ type, messageId, correlationId, trace }: Delivery): void {
    metrics.handled.inc({ queue: this.route.queue.name, type });
    this.#logger.debug({ msg: `handled ${type}`, messageId, correlationId, ...trace });
  }

  /** Whoever waits for a reply or a command must not wait for events, which are owed by who decided them. */
  #follow(offering: Promise<boolean>, run: (() => Promise<void>) | undefined): void {
    const following = offering
      .then(async (isConfirmed) => {
        if (isConfirmed) await run?.();
      })
      .catch((error: unknown) => {
        this.#logger.warn(`${this.route.label}: what follows the confirms failed: ${describeError(error)}`);
      })
      .finally(() => this.#offers.delete(following));
    this.#offers.add(following);
  }

  /** The handler may never return, and what it returns counts no more: a redelivery takes over. */
  #dropHung(items: readonly Item[]): void {
    const { BATCH_DEADLINE_MS } = this.context.config;
    this.#logger.error(
      `${this.route.label}: ${this.#name(items)} not handled within ${BATCH_DEADLINE_MS} ms`,
    );
    this.context.dropConsumers(`the handler of ${this.route.label} hangs`);
  }

  #report(items: readonly Item[], error: unknown): void {
    const what = `${this.route.label}: ${this.#name(items)}`;
    // One that is busy alone is told of once, and then tried again and again.
    if (error instanceof BusyFailure && items.length === 1) this.#logger.debug(`${what}: ${String(error)}`);
    else if (error instanceof TransientFailure) this.#logger.warn(`${what}: ${String(error)}`);
    else this.#logger.error(`${what}: ${describeError(error)}`);
  }

  #name(items: readonly Item[]): string {
    const [first] = items;
    return items.length === 1 && first !== undefined
      ? describeMessage(first.arrival.message)
      : `${items.length} messages`;
  }
}
