import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG, RecurringJob } from '@jangteo/service';
import { AuditHandler } from './audit.handler.js';
import { showAudit, showAuditInterval } from './audit.metrics.js';
import { restAfter } from '../domain/audit.js';
import { readAudit, saveAudit, takeAuditTurn } from './audit.queries.js';
import { spacingAfter, type AuditReport } from '../domain/audit-report.js';
import type { GatewayConfig } from '../gateway.config.js';

/** A turn is taken for a bit less than the interval, so that the next look finds it free. */
const TURN_SHARE = 0.9;

/** Audits the shop again and again, in one replica at a time, and calls people when anything is off. */
@Injectable()
export class AuditSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Audit');
  readonly #intervalMs: number;
  readonly #pauseMs: number;
  readonly #job: RecurringJob;
  readonly #stopping = Promise.withResolvers<void>();

  constructor(
    private readonly database: Database,
    private readonly auditor: AuditHandler,
    @Inject(CONFIG) config: Pick<GatewayConfig, 'AUDIT_INTERVAL_SECONDS' | 'AUDIT_PAUSE_MS'>,
  ) {
    this.#intervalMs = config.AUDIT_INTERVAL_SECONDS * 1_000;
    this.#pauseMs = config.AUDIT_PAUSE_MS;
    this.#job = new RecurringJob('the audit', this.#intervalMs, () => this.#runOrStop());
  }

  onApplicationBootstrap(): void {
    showAuditInterval(this.#intervalMs);
    // The services may still be starting.
    if (this.#intervalMs > 0) this.#job.startLater();
  }

  /** Stops an audit that is under way: nobody will be told any more what it would find. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.resolve();
    await this.#job.stop();
  }

  async #runOrStop(): Promise<void> {
    await Promise.race([this.#run(), this.#stopping.promise]);
  }

  async #run(): Promise<void> {
    if (await takeAuditTurn(this.database, this.#intervalMs * TURN_SHARE)) {
      const report = await this.auditor.audit();
      await saveAudit(this.database, report, this.#restAfter(report));
      this.#tell(report);
      this.#show(report);
      return;
    }
    const report = await readAudit(this.database);
    if (report !== undefined) this.#show(report);
  }

  /** To look at a difference again, an audit only waited in between. */
  #restAfter({ tookMs }: AuditReport): number {
    return restAfter(tookMs - this.#pauseMs);
  }

  #show(report: AuditReport): void {
    showAudit(report);
    showAuditInterval(spacingAfter(report, { intervalMs: this.#intervalMs, pauseMs: this.#pauseMs }));
  }

  /** One line an audit. */
  #tell({ checks, unanswered }: AuditReport): void {
    const found = checks.filter(({ findings }) => findings > 0);
    const away = unanswered.map(({ service, reason }) => `${service} ${reason}`);
    const lines = found.map(({ name, findings, examples }) => {
      const keys = examples.map(({ key }) => key).join(', ');
      return `${name}: ${findings} (${keys})`;
    });
    if (lines.length > 0) this.#logger.error(`the books are not sound: ${[...lines, ...away].join('; ')}`);
    else if (away.length > 0) this.#logger.warn(`the books could not be checked: ${away.join('; ')}`);
  }
}
