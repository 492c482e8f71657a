import { Injectable } from '@nestjs/common';
import {
  deadLetterRequests,
  SERVICES,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type DeadLetterState,
  type ServiceName,
} from '@jangteo/contracts';
import { cutPage } from '@jangteo/database';
import type { Call } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';

export interface DeadLettersWanted extends DeadLetterFilter {
  /** All services where it is left out. */
  readonly service?: ServiceName | undefined;
  readonly state: DeadLetterState;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

function byPlace(one: DeadLetter, other: DeadLetter): number {
  const [a, b] = [one, other].map(({ parkedAt, deadLetterId }) => `${parkedAt} ${deadLetterId}`);
  return a! < b! ? 1 : -1;
}

/** Makes one list of those of several services, which all have the same order and the same cursors. */
@Injectable()
export class DeadLettersOfAll {
  constructor(private readonly upstream: Upstream) {}

  /**
   * Groups of those that wait, those with the latest first.
   * @throws Refused with SERVICE_UNAVAILABLE when one of those that are asked does not answer
   */
  async groups(service: ServiceName | undefined, call: Call): Promise<DeadLetterGroup[]> {
    const asked = service === undefined ? SERVICES : [service];
    const found = await Promise.all(
      asked.map((name) => this.upstream.askNaming(deadLetterRequests[name].groups, {}, call)),
    );
    const lastOf = ({ last = '' }: DeadLetterGroup): string => last;
    return found.flatMap(({ groups }) => groups).sort((one, other) => (lastOf(one) < lastOf(other) ? 1 : -1));
  }

  /** @throws Refused with SERVICE_UNAVAILABLE when one of those that are asked does not answer */
  async list(
    { service, state, limit, cursor, ...filter }: DeadLettersWanted,
    call: Call,
  ): Promise<{ deadLetters: DeadLetter[]; next: string | undefined }> {
    const asked = service === undefined ? SERVICES : [service];
    const pages = await Promise.all(
      asked.map((name) =>
        this.upstream.askNaming(deadLetterRequests[name].list, { filter, state, limit, cursor }, call),
      ),
    );
    const found = pages.flatMap(({ deadLetters }) => deadLetters).sort(byPlace);
    // More than fit, or as many as fit and one of them has more.
    const isMore = pages.some(({ next }) => next !== undefined);
    const { rows, next } = cutPage(
      isMore ? [...found, ...found.slice(-1)] : found,
      limit,
      ({ parkedAt, deadLetterId }) => [parkedAt, deadLetterId],
    );
    return { deadLetters: rows, next };
  }
}
