import { Logger } from '@nestjs/common';
import { inBatchSpan } from '@jangteo/tracing';
import { failpoint } from '#failpoints';
import { bundled } from './bundles.js';
import { ackAll, isAlive, type Arrival } from './consumer-session.js';
import { describeError, describeMessage } from './dead-letters.js';
import { decode, isSuspect } from './decode.js';
import { insist } from './insist.js';
import type { Item, LaneDefinition, Surroundings } from './lane-definition.js';
import { TransientFailure, type Delivery } from './message.types.js';
import { metrics } from './metrics.js';
import { Parking, type Parked } from './parking.js';
import { backoffMs, pause, TOO_LATE, within } from './pause.js';
import { framesOf, resultOf } from './results.js';
import { processingOf, tracedAll, traceparentsOf } from './spans.js';

/** In the order of their arrival, those behind one that always brings the process down would never get a turn. */
function shuffled<T>(items: readonly T[]): T[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Takes the batches of one lane from arrival to ack: the order of its steps is what keeps messages. */
export class LaneWork {
  readonly #logger = new Logger(LaneWork.name);
  readonly #parking: Parking;
  readonly #labels: { readonly queue: string; readonly type: string };

  constructor(
    private readonly lane: LaneDefinition,
    private readonly around: Surroundings,
  ) {
    this.#parking = new Parking(lane, around);
    this.#labels = { queue: lane.queue.name, type: lane.label };
  }

  /** Handles a batch until each message is acknowledged, parked, or left for the broker to deliver again. */
  async work(arrivals: readonly Arrival[]): Promise<void> {
    const sound: Item[] = [];
    const suspects: Item[] = [];
    const faulty: Parked[] = [];
    for (const arrival of arrivals) {
      const decoded = decode(arrival.message, arrival.arrivedAtMs, this.lane.readings);
      if (!decoded.ok) {
        faulty.push({ arrival, verdict: { reason: decoded.fault, detail: decoded.detail } });
        continue;
      }
      (isSuspect(arrival.message) ? suspects : sound).push({ arrival, ...decoded });
    }
    await this.#settle(sound);
    await this.#settleSingly(shuffled(suspects));
    // Last: while the dead-letter queue is out of reach, their neighbours must not wait for it.
    await this.#parking.park(faulty);
  }

  async #settle(batch: readonly Item[]): Promise<void> {
    let permanentFailures = 0;
    for (let failures = 0; ; failures += 1) {
      const items = this.#stillWanted(batch);
      if (items.length === 0) return;
      const failure = await this.#attempt(items);
      if (failure === undefined) return;
      this.#report(items, failure.error);
      if (this.around.stopping.aborted) return;
      if (!(failure.error instanceof TransientFailure)) {
        if (items.length > 1) {
          metrics.retried.inc(this.#labels, items.length);
          return this.#settleSingly(items);
        }
        permanentFailures += 1;
        if (permanentFailures >= this.around.config.ATTEMPTS_MAX) return this.#giveUp(items, failure.error);
      }
      metrics.retried.inc(this.#labels, items.length);
      await pause(backoffMs(failures), this.around.stopping);
    }
  }

  /** Finds the culprit among them and lets the others through. */
  async #settleSingly(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      if (this.around.stopping.aborted) return;
      await this.#settle([item]);
    }
  }

  async #giveUp(items: readonly Item[], error: unknown): Promise<void> {
    const verdict = { reason: 'handler-failed', detail: describeError(error) };
    await this.#parking.park(items.map(({ arrival }) => ({ arrival, verdict })));
  }

  /** Leaves out what the broker delivers again, and acknowledges requests that nobody waits for any more. */
  #stillWanted(batch: readonly Item[]): Item[] {
    const nowMs = Date.now();
    const isExpired = ({ delivery }: Item) => (delivery.deadlineMs ?? Infinity) <= nowMs;
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
        () => processingOf(this.lane, deliveries),
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
    failpoint('lane.received', deliveries);
    const returned = await within(this.lane.handler(deliveries), this.around.config.BATCH_DEADLINE_MS);
    if (returned === TOO_LATE) {
      this.#dropHung(items);
      return;
    }
    failpoint('lane.committed', deliveries);
    const result = resultOf(returned, items.length, this.lane.queue.role);
    const frames = bundled(tracedAll(framesOf(result, items, this.around.writer)));
    const publishing = insist(frames, this.around, () => items.some(isAlive));
    failpoint('lane.published', deliveries);
    if (!(await publishing)) return;
    failpoint('lane.confirmed', deliveries);
    await this.#afterConfirm(result.afterConfirm);
    failpoint('lane.before-ack', deliveries);
    ackAll(items);
    failpoint('lane.acked', deliveries);
    for (const delivery of deliveries) this.#noteHandled(delivery);
  }

  /** One line a message is for those who follow a request: only at debug, since thousands come a second. */
  #noteHandled({ type, messageId, correlationId, trace }: Delivery): void {
    metrics.handled.inc({ queue: this.lane.queue.name, type });
    this.#logger.debug({ msg: `handled ${type}`, messageId, correlationId, ...trace });
  }

  async #afterConfirm(run: (() => Promise<void>) | undefined): Promise<void> {
    if (run === undefined) return;
    try {
      const done = await within(run(), this.around.config.BATCH_DEADLINE_MS);
      if (done === TOO_LATE) this.#logger.warn(`${this.lane.label}: what follows the confirms hangs`);
    } catch (error) {
      this.#logger.warn(`${this.lane.label}: what follows the confirms failed: ${describeError(error)}`);
    }
  }

  /** The handler may never return, and what it returns counts no more: a redelivery takes over. */
  #dropHung(items: readonly Item[]): void {
    const { BATCH_DEADLINE_MS } = this.around.config;
    this.#logger.error(`${this.lane.label}: ${this.#name(items)} not handled within ${BATCH_DEADLINE_MS} ms`);
    this.around.dropConsumers(`the handler of ${this.lane.label} hangs`);
  }

  #report(items: readonly Item[], error: unknown): void {
    const what = `${this.lane.label}: ${this.#name(items)}`;
    if (error instanceof TransientFailure) this.#logger.warn(`${what}: ${String(error)}`);
    else this.#logger.error(`${what}: ${describeError(error)}`);
  }

  #name(items: readonly Item[]): string {
    const [first] = items;
    return items.length === 1 && first !== undefined
      ? describeMessage(first.arrival.message)
      : `${items.length} messages`;
  }
}
