import { Inject, Injectable } from '@nestjs/common';
import { RequestClient } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { AuditRun, type AuditReport, type AuditSettings } from './audit.run.js';

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
      const audit = new AuditRun(this.requests, this.settings).report();
      this.#last = audit.catch(() => undefined);
      this.#next = undefined;
      return audit;
    });
    return this.#next;
  }
}
