import { setTimeout as pause } from 'node:timers/promises';
import {
  AUDITED,
  auditParts,
  audits,
  BOOK_COMPARISONS,
  BOOKS,
  firstIdAt,
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
  isAtRest,
  lasting,
  missingFrom,
  notLookedInto,
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

/** Parts that differ are looked at in so many groups at most where their rows could not be. */
const GROUPS_WITHOUT_ROWS = 3;

/** Below BATCH_DEADLINE_MS, after which a service takes its reader for hung, and the usual transaction deadline. */
const ASK_DEADLINE_MS = 14_000;

type Parts = (typeof auditParts)[AuditedService];
type AskParts = (contract: Parts, payload: PayloadOf<Parts>) => Promise<ValueOf<Parts> | undefined>;

/** One audit, from its beginning to its report. */
export class AuditRun {
  readonly #startedMs = Date.now();
  readonly #before: string;
  /** From this order on they are not compared. */
  readonly #firstLeftOut: string;
  readonly #away = new Map<ServiceName, string>();
  /** Those who did not say in time what is in some parts, which may be their whole tables: the rest they may well say. */
  readonly #late = new Map<ServiceName, string>();

  constructor(
    private readonly requests: Pick<RequestClient, 'ask'>,
    private readonly settings: AuditSettings,
  ) {
    const beforeMs = this.#startedMs - settings.AUDIT_GRACE_MS;
    this.#before = new Date(beforeMs).toISOString();
    this.#firstLeftOut = firstIdAt(beforeMs);
  }

  /** Makes one check after the other, so that whoever waits for an answer of the shop keeps most of it. */
  async report(): Promise<AuditReport> {
    await Promise.all(AUDITED.map((service) => this.#ask(pings[service], {}, PING_DEADLINE_MS)));
    const checks: Check[] = [];
    for (const service of AUDITED) checks.push(...ownChecks(service, await this.#rulesOf(service)));
    for (const comparison of BOOK_COMPARISONS) checks.push(...(await this.#compare(comparison)));
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
        reason: this.#away.get(service) ?? this.#late.get(service) ?? 'does not know all of the checks',
      })),
    };
  }

  async #rulesOf(service: AuditedService): Promise<Readonly<Record<string, RuleSeen>> | undefined> {
    const asked = { before: this.#before, rules: BOOKS[service].rules, columns: [] };
    return (await this.#ask(audits[service], asked))?.rules;
  }

  /** @returns no check where the comparison is new, and a service of the release before has answered without it */
  async #compare(comparison: BookComparison): Promise<Check[]> {
    const columns = await this.#columnsOf(comparison);
    const [one, other] = columns;
    const seen = seenOf(comparison, columns);
    if (one === undefined || other === undefined) {
      const missing = missingFrom(comparison, columns);
      const isKnown = comparison.isNew !== true || missing.some((service) => this.#away.has(service));
      return isKnown ? [unknown(comparison, seen, missing)] : [];
    }
    const findings = await this.#explain(comparison, [one, other]);
    if (findings !== undefined) return [compared(comparison, seen, findings)];
    const away = comparison.sides.filter(({ service }) => this.#away.has(service) || this.#late.has(service));
    // Answered by the release before when it was asked once more.
    if (comparison.isNew === true && away.length === 0) return [];
    return [unknown(comparison, seen, [...new Set(away.map(({ service }) => service))])];
  }

  /**
   * Looks for the rows behind a difference, first among those that are not in kept sums yet. If they are not there, and
   * the difference does not go away, it looks at all rows. Where that takes too long, the difference is told without them.
   *
   * @returns `undefined` where a service could not be asked
   */
  async #explain(comparison: BookComparison, columns: Both): Promise<readonly Example[] | undefined> {
    const after = sealedTo(columns);
    const groups = differingParts(...columns);
    for (const parts of groups) {
      const found = await this.#lookInto(comparison, parts, after);
      if (found === undefined) return await this.#withoutRows(comparison, columns);
      // There may be more in other parts: what there is has to be looked into anyway.
      if (found.examples.length > 0) return found.examples;
    }
    if (after === undefined || groups.length === 0) return [];
    const [one, other] = await this.#columnsOf(comparison);
    if (one === undefined || other === undefined) return undefined;
    for (const parts of stillDiffering(columns, [one, other])) {
      const found = await this.#lookInto(comparison, parts);
      if (found === undefined) return await this.#withoutRows(comparison, columns);
      const examples =
        found.examples.length > 0 ? found.examples : unexplained(parts, found.look, this.#firstLeftOut);
      if (examples.length > 0) return examples;
    }
    return [];
  }

  /**
   * Of parts that differ, the first that no order on its way is in between two readings, if they still do so in the same
   * way: then what differs lasts.
   *
   * @returns `undefined` where that cannot be said
   */
  async #withoutRows(comparison: BookComparison, columns: Both): Promise<readonly Example[] | undefined> {
    for (const parts of differingParts(...columns).slice(0, GROUPS_WITHOUT_ROWS)) {
      // Above it are only orders that are not compared, so this costs nobody anything.
      const look = await this.#look(comparison, parts, this.#firstLeftOut, (...asked) => this.#ask(...asked));
      if (look === undefined) return undefined;
      if (!isAtRest(look, this.#firstLeftOut)) continue;
      await pause(this.settings.AUDIT_PAUSE_MS);
      const [one, other] = await this.#columnsOf(comparison);
      if (one === undefined || other === undefined) return undefined;
      const lasting = new Set(stillDiffering(columns, [one, other]).flat());
      const examples = notLookedInto(parts.filter((part) => lasting.has(part)));
      if (examples.length > 0) return examples;
    }
    return undefined;
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
    ask: AskParts = (...asked) => this.#askAtLeisure(...asked),
  ): Promise<Look | undefined> {
    const look = ({ service, column }: BookSide) =>
      ask(auditParts[service], { before: this.#before, column, parts, ...(after && { after }) });
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
    return await this.#asked(contract, payload, Math.min(withinMs, this.#leftMs()), this.#away);
  }

  /** As {@link #ask}, for what may be too much in any time: some is left for what needs less. */
  async #askAtLeisure(...[contract, payload]: Parameters<AskParts>): ReturnType<AskParts> {
    if (this.#late.has(contract.service)) return undefined;
    return await this.#asked(
      contract,
      payload,
      Math.min(ASK_DEADLINE_MS, Math.floor(this.#leftMs() / 2)),
      this.#late,
    );
  }

  async #asked<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    deadlineMs: number,
    silent: Map<ServiceName, string>,
  ): Promise<ValueOf<C> | undefined> {
    const { service } = contract;
    if (this.#away.has(service)) return undefined;
    if (deadlineMs <= 0) {
      silent.set(service, 'could not be asked in time');
      return undefined;
    }
    try {
      return valueOf(await this.requests.ask(contract, payload, { deadlineMs })) as ValueOf<C>;
    } catch (error) {
      silent.set(service, awayReasonOf(error));
      return undefined;
    }
  }

  #leftMs(): number {
    return this.#startedMs + this.settings.AUDIT_DEADLINE_MS - Date.now();
  }
}
