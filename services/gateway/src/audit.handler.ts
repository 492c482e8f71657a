import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  auditParts,
  audits,
  SERVICES,
  type PayloadOf,
  type RequestContract,
  type ServiceName,
  type ValueOf,
} from '@jangteo/contracts';
import { RequestClient, UpstreamFailure, UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import {
  compared,
  COMPARISONS,
  differing,
  differingParts,
  lasting,
  missingFrom,
  ownChecks,
  seenOf,
  unknown,
  type Answered,
  type BooksSeen,
  type Check,
  type Comparison,
  type Example,
  type Look,
  type Side,
} from './domain/audit.js';
import type { GatewayConfig } from './gateway.config.js';
import { valueOf } from './refused.js';

/** What an audit found. */
export interface AuditReport {
  /** Every check was made, and none has findings. */
  readonly isSound: boolean;
  readonly checkedAt: string;
  /** Orders placed from here on are not compared between services yet: they may be on their way. */
  readonly ordersBefore: string;
  readonly tookMs: number;
  readonly checks: readonly Check[];
  /** Who could not be asked, and why. */
  readonly unanswered: readonly { readonly service: ServiceName; readonly reason: string }[];
}

export type AuditSettings = Pick<GatewayConfig, 'AUDIT_DEADLINE_MS' | 'AUDIT_GRACE_MS' | 'AUDIT_PAUSE_MS'>;

/** Of the time for all of it: a service that says nothing must leave some for a closer look at the others. */
const BOOKS_SHARE = 0.7;

type Answers = Record<ServiceName, Answered<BooksSeen>>;

/** One audit: until when it may take, and up to when orders are compared. */
interface Run {
  readonly booksDeadlineAtMs: number;
  readonly deadlineAtMs: number;
  readonly before: string;
}

/** Has every service check its own books, and compares what several of them must agree on. */
@Injectable()
export class AuditHandler {
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<AuditReport> | undefined;

  constructor(
    private readonly requests: RequestClient,
    @Inject(CONFIG) private readonly settings: AuditSettings,
  ) {}

  /**
   * Audits the shop within AUDIT_DEADLINE_MS. One audit at a time: all who ask while one is under way share the
   * next, which sees all that was there when they asked.
   *
   * Services answer as of slightly different moments, and orders go on all the time. So orders of the last
   * AUDIT_GRACE_MS are not compared between services, and of the others only those differences are reported
   * that are the same AUDIT_PAUSE_MS later, and do not belong to an order that is still on its way. What a
   * service checks in its own books it sees as of one moment, and needs no second look.
   *
   * @returns what was found; a service that is away is part of it, and no failure
   */
  audit(): Promise<AuditReport> {
    this.#next ??= this.#last.then(() => {
      const audit = this.#audit();
      this.#last = audit.catch(() => undefined);
      this.#next = undefined;
      return audit;
    });
    return this.#next;
  }

  async #audit(): Promise<AuditReport> {
    const startedMs = Date.now();
    const before = new Date(startedMs - this.settings.AUDIT_GRACE_MS).toISOString();
    const { AUDIT_DEADLINE_MS } = this.settings;
    const run: Run = {
      before,
      booksDeadlineAtMs: startedMs + AUDIT_DEADLINE_MS * BOOKS_SHARE,
      deadlineAtMs: startedMs + AUDIT_DEADLINE_MS,
    };
    const answers = await this.#askAll(run);
    const comparisons: Check[] = [];
    for (const comparison of COMPARISONS) comparisons.push(await this.#compare(run, answers, comparison));
    const checks = [...ownChecks(answers), ...comparisons];
    return {
      isSound: checks.every(({ isSound }) => isSound),
      checkedAt: new Date(startedMs).toISOString(),
      ordersBefore: before,
      tookMs: Date.now() - startedMs,
      checks,
      unanswered: SERVICES.flatMap((service) => {
        const answer = answers[service];
        return 'reason' in answer ? [{ service, reason: answer.reason }] : [];
      }),
    };
  }

  async #askAll(run: Run): Promise<Answers> {
    const { before, booksDeadlineAtMs } = run;
    const asked = SERVICES.map(async (service): Promise<[ServiceName, Answered<BooksSeen>]> => {
      try {
        return [service, { value: await this.#ask(audits[service], { before }, booksDeadlineAtMs) }];
      } catch (error) {
        return [service, { reason: reasonOf(error) }];
      }
    });
    return Object.fromEntries(await Promise.all(asked)) as Answers;
  }

  async #compare(run: Run, answers: Answers, comparison: Comparison): Promise<Check> {
    const seen = seenOf(answers, comparison);
    const missing = missingFrom(answers, comparison);
    if (missing.length > 0) return unknown(comparison, seen, missing);
    try {
      for (const parts of differingParts(answers, comparison)) {
        const findings = await this.#lookInto(run, comparison, parts);
        // There may be more in other parts: what there is has to be looked into anyway.
        if (findings.length > 0) return compared(comparison, seen, findings);
      }
      return compared(comparison, seen, []);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      answers[error.service] = { reason: error.message };
      return unknown(comparison, seen, [error.service]);
    }
  }

  async #lookInto(run: Run, comparison: Comparison, parts: number[]): Promise<Example[]> {
    const first = await this.#look(run, comparison, parts);
    if (differing(first).size === 0) return [];
    await pause(this.settings.AUDIT_PAUSE_MS);
    return lasting(first, await this.#look(run, comparison, parts), comparison);
  }

  async #look(run: Run, { sides: [one, other] }: Comparison, parts: number[]): Promise<Look> {
    const look = async ({ service, column }: Side) => {
      try {
        return await this.#ask(auditParts[service], { before: run.before, column, parts }, run.deadlineAtMs);
      } catch (error) {
        throw new Unanswered(service, reasonOf(error));
      }
    };
    return await Promise.all([look(one), look(other)]);
  }

  async #ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    deadlineAtMs: number,
  ): Promise<ValueOf<C>> {
    const deadlineMs = Math.max(1, Math.floor(deadlineAtMs - Date.now()));
    return valueOf(await this.requests.ask(contract, payload, { deadlineMs })) as ValueOf<C>;
  }
}

/**
 * Why a service did not answer, in words that tell nothing of our insides.
 * @throws what is no failure to answer
 */
function reasonOf(error: unknown): string {
  if (error instanceof UpstreamTimeout) return 'did not answer in time';
  if (error instanceof UpstreamUnavailable) return 'cannot be reached';
  if (error instanceof UpstreamFailure) return 'failed to answer; its log says why';
  throw error;
}

/** A service could not be asked for a second look. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(
    readonly service: ServiceName,
    message: string,
  ) {
    super(message);
  }
}
