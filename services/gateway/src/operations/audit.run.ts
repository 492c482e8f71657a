import { setTimeout as pause } from 'node:timers/promises';
import {
  AUDITED,
  auditParts,
  audits,
  BOOK_COMPARISONS,
  BOOKS,
  pings,
  type AuditedService,
  type BookComparison,
  type BookSide,
  type PayloadOf,
  type RequestContract,
  type RuleSeen,
  type ServiceName,
  type ValueOf,
} from '@jangteo/contracts';
import type { RequestClient } from '@jangteo/messaging';
import {
  compared,
  differing,
  differingParts,
  lasting,
  missingFrom,
  ownChecks,
  sealedTo,
  seenOf,
  stillDiffering,
  unexplained,
  unknown,
  type Both,
  type Check,
  type Columns,
  type Example,
  type Look,
} from '../domain/audit.js';
import type { AuditReport } from '../domain/audit-report.js';
import type { GatewayConfig } from '../gateway.config.js';
import { awayReasonOf } from '../http/away.js';
import { valueOf } from '../http/refusal-error.js';

export type AuditSettings = Pick<GatewayConfig, 'AUDIT_DEADLINE_MS' | 'AUDIT_GRACE_MS' | 'AUDIT_PAUSE_MS'>;

/** As much as a service's own readiness gets: who does not even say that he is there is asked nothing else. */
const PING_DEADLINE_MS = 2_000;

/** Below BATCH_DEADLINE_MS, after which a service takes its reader for hung, and the usual transaction deadline. */
const ASK_DEADLINE_MS = 14_000;

/** One audit, from its beginning to its report. */
export class AuditRun {
  readonly #startedMs = Date.now();
  readonly #before: string;
  readonly #away = new Map<ServiceName, string>();

  constructor(
    private readonly requests: Pick<RequestClient, 'ask'>,
    private readonly settings: AuditSettings,
  ) {
    this.#before = new Date(this.#startedMs - settings.AUDIT_GRACE_MS).toISOString();
  }

  /** Makes one check after the other, so that whoever waits for an answer of the shop keeps most of it. */
  async report(): Promise<AuditReport> {
    await Promise.all(AUDITED.map((service) => this.#ask(pings[service], {}, PING_DEADLINE_MS)));
    const checks: Check[] = [];
    for (const service of AUDITED) checks.push(...ownChecks(service, await this.#rulesOf(service)));
    for (const comparison of BOOK_COMPARISONS) checks.push(await this.#compare(comparison));
    const missing = AUDITED.filter((service) =>
      checks.some(({ unanswered }) => unanswered.includes(service)),
    );
    return {
      isSound: checks.every(({ isSound }) => isSound),
      checkedAt: new Date(this.#startedMs).toISOString(),
      ordersBefore: this.#before,
      tookMs: Date.now() - this.#startedMs,
      checks,
      unanswered: missing.map((service) => ({
        service,
        reason: this.#away.get(service) ?? 'does not know all of the checks',
      })),
    };
  }

  async #rulesOf(service: AuditedService): Promise<Readonly<Record<string, RuleSeen>> | undefined> {
    const asked = { before: this.#before, rules: BOOKS[service].rules, columns: [] };
    return (await this.#ask(audits[service], asked))?.rules;
  }

  async #compare(comparison: BookComparison): Promise<Check> {
    const columns = await this.#columnsOf(comparison);
    const [one, other] = columns;
    const seen = seenOf(comparison, columns);
    if (one === undefined || other === undefined) {
      return unknown(comparison, seen, missingFrom(comparison, columns));
    }
    const findings = await this.#explain(comparison, [one, other]);
    if (findings !== undefined) return compared(comparison, seen, findings);
    const away = comparison.sides.filter(({ service }) => this.#away.has(service));
    return unknown(comparison, seen, [...new Set(away.map(({ service }) => service))]);
  }

  /**
   * Looks for the rows behind a difference, first among those that are not in kept sums yet. If they are not there, and
   * the difference does not go away, it looks at all rows.
   *
   * @returns `undefined` where a service could not be asked
   */
  async #explain(comparison: BookComparison, columns: Both): Promise<readonly Example[] | undefined> {
    const after = sealedTo(columns);
    const groups = differingParts(...columns);
    for (const parts of groups) {
      const found = await this.#lookInto(comparison, parts, after);
      // There may be more in other parts: what there is has to be looked into anyway.
      if (found === undefined || found.examples.length > 0) return found?.examples;
    }
    if (after === undefined || groups.length === 0) return [];
    const [one, other] = await this.#columnsOf(comparison);
    if (one === undefined || other === undefined) return undefined;
    for (const parts of stillDiffering(columns, [one, other])) {
      const found = await this.#lookInto(comparison, parts);
      if (found === undefined) return undefined;
      const examples = found.examples.length > 0 ? found.examples : unexplained(parts, found.look);
      if (examples.length > 0) return examples;
    }
    return [];
  }

  /** Both sides at the same time: the less lies between them, the less is on its way. */
  async #columnsOf({ sides }: BookComparison): Promise<Columns> {
    const byService = Map.groupBy(sides, ({ service }) => service);
    const answers = await Promise.all(
      [...byService].map(async ([service, its]) => {
        const columns = its.map(({ column }) => column);
        const value = await this.#ask(audits[service], { before: this.#before, rules: [], columns });
        return [service, value?.columns] as const;
      }),
    );
    const seen = new Map(answers);
    const columnOf = ({ service, column }: BookSide) => seen.get(service)?.[column];
    return [columnOf(sides[0]), columnOf(sides[1])];
  }

  /** Finds what differs in these parts and lasts; `undefined` where a service could not be asked. */
  async #lookInto(
    comparison: BookComparison,
    parts: number[],
    after?: string,
  ): Promise<{ readonly examples: Example[]; readonly look: Look } | undefined> {
    const first = await this.#look(comparison, parts, after);
    if (first === undefined) return undefined;
    if (differing(first).size === 0) return { examples: [], look: first };
    await pause(this.settings.AUDIT_PAUSE_MS);
    const second = await this.#look(comparison, parts, after);
    return second && { examples: lasting(first, second, comparison), look: second };
  }

  async #look(
    { sides: [one, other] }: BookComparison,
    parts: number[],
    after: string | undefined,
  ): Promise<Look | undefined> {
    const look = ({ service, column }: BookSide) =>
      this.#ask(auditParts[service], { before: this.#before, column, parts, ...(after && { after }) });
    const [here, there] = await Promise.all([look(one), look(other)]);
    return here === undefined || there === undefined ? undefined : [here, there];
  }

  /**
   * @returns `undefined` where there was no answer, and from then on for this service: that it is away costs
   *          the time of one question only
   */
  async #ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    withinMs = ASK_DEADLINE_MS,
  ): Promise<ValueOf<C> | undefined> {
    const { service } = contract;
    if (this.#away.has(service)) return undefined;
    const leftMs = this.#startedMs + this.settings.AUDIT_DEADLINE_MS - Date.now();
    const deadlineMs = Math.min(withinMs, leftMs);
    if (deadlineMs <= 0) {
      this.#away.set(service, 'could not be asked in time');
      return undefined;
    }
    try {
      return valueOf(await this.requests.ask(contract, payload, { deadlineMs })) as ValueOf<C>;
    } catch (error) {
      this.#away.set(service, awayReasonOf(error));
      return undefined;
    }
  }
}
