import { Logger } from '@nestjs/common';
import { failpoint } from '#failpoints';
import { refuse, type Queue } from '@jangteo/contracts';
import { ackAll, isAlive, type Arrival } from './consumer-session.js';
import { deadLetterFrame, describeMessage, type Verdict } from './dead-letters.js';
import { replyAddressOf, traceOf } from './decode.js';
import type { Frame } from './frames.js';
import { insist } from './insist.js';
import type { Surroundings } from './lane-definition.js';
import { metrics } from './metrics.js';

/** A message that no handler gets any more, and why. */
export interface Parked {
  readonly arrival: Arrival;
  readonly verdict: Verdict;
}

/** Puts what cannot be handled where people find it. */
export class Parking {
  readonly #logger = new Logger(Parking.name);

  constructor(
    private readonly lane: { readonly queue: Queue; readonly label: string },
    private readonly around: Surroundings,
  ) {}

  /** Into the dead-letter queue, confirmed, and only then acknowledged; whoever waits is told. */
  async park(parked: readonly Parked[]): Promise<void> {
    const { queue, label } = this.lane;
    const alive = parked.filter(isAlive);
    if (alive.length === 0) return;
    for (const { arrival, verdict } of alive) {
      metrics.deadLettered.inc({ queue: queue.name, type: label, reason: verdict.reason });
      this.#logger.error(
        `${queue.name}: ${describeMessage(arrival.message)} is parked (${verdict.reason}): ${verdict.detail}`,
      );
    }
    const types = alive.map(({ arrival }) => ({ type: String(arrival.message.properties.type) }));
    const nowMs = Date.now();
    const frames = alive.map(({ arrival, verdict }) =>
      deadLetterFrame(arrival.message, queue, verdict, nowMs),
    );
    const parking = insist(
      frames,
      this.around,
      () => alive.some(isAlive),
      () => this.#mend(),
    );
    failpoint('parking.published', types);
    if (!(await parking)) return;
    failpoint('parking.confirmed', types);
    if (queue.role === 'requests')
      await this.around.publisher.send(alive.flatMap((one) => this.#refusal(one)));
    ackAll(alive);
    failpoint('parking.acked', types);
  }

  /** The dead-letter queue itself may be gone. */
  async #mend(): Promise<void> {
    await this.around.declareAgain().catch((error: unknown) => {
      this.#logger.warn(`cannot declare ${this.lane.queue.deadLetterQueue}: ${String(error)}`);
    });
  }

  #refusal({ arrival, verdict }: Parked): Frame[] {
    const to = replyAddressOf(arrival.message);
    if (to === undefined) return [];
    const outcome =
      verdict.reason === 'handler-failed' ? refuse('INTERNAL') : refuse('VALIDATION_FAILED', verdict.reason);
    return [this.around.writer.answer(to, outcome, traceOf(arrival.message))];
  }
}
