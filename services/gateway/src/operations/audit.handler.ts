import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { newId, RequestClient } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { boundedReport, type AuditReport } from '../domain/audit-report.js';
import { keepAudit } from './audit.queries.js';
import { AuditRun, type AuditSettings } from './audit.run.js';

/** Reports that are kept to be read later. */
const KEPT_MAX = { latest: 1_000, unsound: 100 };

/** For how long a report is new enough for those who may only read. */
const RECENT_MS = 5_000;

/** Has every service check its own books, and compares what several of them must agree on. */
@Injectable()
export class AuditHandler {
  readonly #logger = new Logger('Audit');
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<AuditReport> | undefined;
  #recent: { readonly report: AuditReport; readonly endedMs: number } | undefined;

  constructor(
    private readonly requests: RequestClient,
    private readonly database: Database,
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
      const audit = this.#run();
      this.#last = audit.catch(() => undefined);
      this.#next = undefined;
      return audit;
    });
    return this.#next;
  }

  /** The report of an audit that has just ended, or else of the next: so that who asks again and again costs little. */
  async recent(): Promise<AuditReport> {
    const { report, endedMs } = this.#recent ?? { endedMs: 0 };
    const isRecent = report !== undefined && performance.now() - endedMs < RECENT_MS;
    return isRecent ? report : await this.audit();
  }

  /** Whoever waits for the report gets it, whether it could be kept or not. */
  async #run(): Promise<AuditReport> {
    const report = await new AuditRun(this.requests, this.settings).report();
    this.#recent = { report, endedMs: performance.now() };
    try {
      const kept = { auditId: newId(), report: boundedReport(report) };
      await keepAudit(this.database, kept, KEPT_MAX);
    } catch (err) {
      this.#logger.error({ msg: 'the report of an audit was not kept', err });
    }
    return report;
  }
}
