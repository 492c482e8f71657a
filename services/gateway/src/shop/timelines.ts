import { Injectable } from '@nestjs/common';
import { orderRows, PARTICIPANTS, readTimeline, type Participant } from '@jangteo/contracts';
import { isAtLeast } from '../domain/caller.js';
import { timelineOf, type Answers, type Timeline } from '../domain/timeline.js';
import { awayReasonOf } from '../http/away.js';
import type { Call } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';

/** One that takes longer is said not to answer: the others are told meanwhile. */
const DEADLINE_MS = 2_000;

/** Puts together what the services have stored of an order. */
@Injectable()
export class Timelines {
  constructor(private readonly upstream: Upstream) {}

  /** @throws Refused with ORDER_NOT_FOUND for another's order too: nobody else is asked anything then */
  async of(orderId: string, call: Call): Promise<Timeline> {
    const { userId, role } = call.caller;
    const isStaff = isAtLeast(role, 'viewer');
    const way = await this.upstream.ask(readTimeline, { orderId, ...(isStaff ? {} : { userId }) }, call);
    const answers = await Promise.all(PARTICIPANTS.map((service) => this.#ask(service, orderId, call)));
    return timelineOf(way, Object.fromEntries(answers) as unknown as Answers, isStaff);
  }

  async #ask(
    service: Participant,
    orderId: string,
    call: Call,
  ): Promise<[Participant, Answers[Participant]]> {
    try {
      return [service, { rows: await this.upstream.ask(orderRows[service], { orderId }, call, DEADLINE_MS) }];
    } catch (error) {
      return [service, { away: awayReasonOf(error) }];
    }
  }
}
