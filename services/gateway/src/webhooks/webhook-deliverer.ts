import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { readRecords, type OrderRecord } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { newId, RequestClient } from '@jangteo/messaging';
import { CONFIG, RecurringJob } from '@jangteo/service';
import { afterFailure, messageOf, type AfterFailure, type Attempt } from '../domain/webhook.js';
import type { GatewayConfig } from '../gateway.config.js';
import { valueOf } from '../http/refusal-error.js';
import {
  endLease,
  leaseDue,
  noteDelivered,
  noteFailed,
  noteWaiting,
  passOver,
  readOverview,
  stopForDeleted,
  type Leased,
  type Leasing,
} from './webhook-leases.queries.js';
import { WebhookSender } from './webhook-sender.js';
import { countDelivery, showWebhooks } from './webhooks.metrics.js';

/** Webhooks that one gateway delivers to at a time. */
const AT_ONCE = 20;
/** How long one is delivered to while others may wait for a place. */
const TURN_MS = 5_000;
/** Records that are read at a time. */
const PAGE = 100;
/** For the statements about a try, besides the try itself and the records before it. */
const LEASE_MARGIN_MS = 5_000;

/** A webhook, and until when by this process's own clock no other gateway can have it. */
interface Held extends Leased {
  /** Of this lease alone, so that nobody is at it under one that has run out, this process included. */
  readonly holder: string;
  readonly turnEndsMs: number;
  readonly untilMs: number;
}

/**
 * Tells webhooks of completed and cancelled orders, each in the order of their numbers and at least once. Of the
 * gateways one at a time delivers to a webhook; where it dies another one goes on once its lease is over. Where nobody
 * is to be told anything it asks nobody for records.
 */
@Injectable()
export class WebhookDeliverer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Webhooks');
  readonly #inWork = new Set<Promise<void>>();
  readonly #job: RecurringJob;
  readonly #leaseMs: number;

  constructor(
    private readonly database: Database,
    private readonly requests: RequestClient,
    private readonly sender: WebhookSender,
    @Inject(CONFIG)
    private readonly config: Pick<
      GatewayConfig,
      'REQUEST_DEADLINE_MS' | 'WEBHOOK_INTERVAL_MS' | 'WEBHOOK_RETRY_MS' | 'WEBHOOK_TIMEOUT_MS'
    >,
  ) {
    this.#leaseMs = config.WEBHOOK_TIMEOUT_MS + config.REQUEST_DEADLINE_MS + LEASE_MARGIN_MS;
    this.#job = new RecurringJob('the look at webhooks', config.WEBHOOK_INTERVAL_MS, () => this.#look());
  }

  onApplicationBootstrap(): void {
    this.#job.start();
  }

  /** Before the connections close. A try that is on its way is given up: the next gateway makes it again. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
    await Promise.all(this.#inWork);
  }

  /** Begins to deliver where there is something to deliver, and waits for nobody. */
  async #look(): Promise<void> {
    const overview = await readOverview(this.database);
    showWebhooks(overview);
    const room = AT_ONCE - this.#inWork.size;
    if (overview.dueFrom === null) return;
    const { next, oldest, newest } = await this.#recordsAfter(overview.dueFrom, 1);
    const upTo = Math.max(next, oldest - 1);
    const nowMs = performance.now();
    const leasing = { holder: newId(), leaseMs: this.#leaseMs };
    const leased = room > 0 ? await leaseDue(this.database, leasing, upTo, room) : [];
    const turn = { holder: leasing.holder, untilMs: nowMs + this.#leaseMs, turnEndsMs: nowMs + TURN_MS };
    for (const webhook of leased) this.#begin({ ...webhook, ...turn });
    if (this.#isFull) await noteWaiting(this.database, upTo);
    // After the others were begun. An order service of the release before does not say which is the newest.
    if (newest !== undefined && overview.dueFrom > newest) {
      throw new Error(
        `a webhook was told record ${overview.dueFrom}, which was not given yet: the numbers were not moved when the ` +
          "order service's database was restored",
      );
    }
  }

  get #isFull(): boolean {
    return this.#inWork.size >= AT_ONCE;
  }

  /** Whether another one that may wait for a place comes first. */
  #isTurnOver({ turnEndsMs }: Held): boolean {
    return this.#isFull && performance.now() >= turnEndsMs;
  }

  #begin(held: Held): void {
    const work = this.#work(held).finally(() => this.#inWork.delete(work));
    this.#inWork.add(work);
  }

  /** Never throws: what has failed is tried again at the next look. */
  async #work(begun: Held): Promise<void> {
    const { webhookId, holder } = begun;
    try {
      let held: Held | undefined = begun;
      while (held !== undefined && !this.#job.stopping.aborted && !this.#isTurnOver(held)) {
        held = await this.#deliverPage(held);
      }
    } catch (error) {
      this.#logger.warn(`webhook ${webhookId} waits: ${String(error)}`);
    }
    await endLease(this.database, holder, webhookId).catch((error: unknown) =>
      this.#logger.warn(`the lease of webhook ${webhookId} ends by itself: ${String(error)}`),
    );
  }

  async #recordsAfter(after: number, limit: number) {
    return valueOf(await this.requests.ask(readRecords, { after, limit }));
  }

  /** @returns the webhook where there may be more for it */
  async #deliverPage(held: Held): Promise<Held | undefined> {
    const { records, next, oldest } = await this.#recordsAfter(held.toldSeq, PAGE);
    if (oldest > held.toldSeq + 1) {
      await stopForDeleted(this.database, held.holder, held.webhookId);
      const lost = `records ${held.toldSeq + 1} to ${oldest - 1} were deleted before it was told`;
      this.#logger.error(`webhook ${held.webhookId} is paused: ${lost}`);
      return undefined;
    }
    if (records.length === 0) return undefined;
    let now = held;
    for (const [index, record] of records.entries()) {
      if (!now.types.includes(record.type)) continue;
      const told = await this.#deliver(now, record, records[index + 1]);
      // Somebody has moved the cursor meanwhile: what was read is not what comes next.
      if (told?.toldSeq !== record.sequence) return told;
      if (this.#isTurnOver(told)) return undefined;
      now = told;
    }
    return now.toldSeq < next
      ? await this.#kept(now, (leasing) => passOver(this.database, now, leasing, next))
      : now;
  }

  /** @returns the webhook where it can be told more */
  async #deliver(
    held: Held,
    record: OrderRecord,
    following: OrderRecord | undefined,
  ): Promise<Held | undefined> {
    const leftMs = Math.floor(held.untilMs - performance.now());
    // Whoever took so long to tell the records has let the lease run out, or nearly so.
    if (leftMs < this.config.WEBHOOK_TIMEOUT_MS || this.#job.stopping.aborted) return undefined;
    const message = messageOf(record);
    const bounds = { timeoutMs: this.config.WEBHOOK_TIMEOUT_MS, signal: this.#job.stopping };
    const attempt = await this.sender.send(held, message, bounds);
    const isDelivered = attempt.error === undefined;
    if (!isDelivered && this.#job.stopping.aborted) return undefined;
    countDelivery(isDelivered);
    if (isDelivered) {
      const told = { message, attempt, owedSince: following?.occurredAt };
      return await this.#kept(held, (leasing) => noteDelivered(this.database, held, leasing, told));
    }
    const rules = { retryMs: this.config.WEBHOOK_RETRY_MS, chance: Math.random() };
    const next = afterFailure(held, attempt, rules);
    this.#tell(held, attempt, next);
    const failed = { message, attempt, owedSince: record.occurredAt, next };
    await noteFailed(this.database, held, held.holder, failed);
    return undefined;
  }

  /** Goes on with a webhook whose lease a statement has made longer, as long as it is to be told anything. */
  async #kept(
    { holder, turnEndsMs }: Held,
    keep: (leasing: Leasing) => Promise<Leased | undefined>,
  ): Promise<Held | undefined> {
    // From before it is asked for: the lease itself begins later, so it ends later as well.
    const untilMs = performance.now() + this.#leaseMs;
    const webhook = await keep({ holder, leaseMs: this.#leaseMs });
    return webhook?.status === 'ACTIVE' ? { ...webhook, holder, turnEndsMs, untilMs } : undefined;
  }

  #tell({ webhookId, toldSeq, failures }: Held, { error }: Attempt, next: AfterFailure): void {
    const failed = `webhook ${webhookId} did not take what follows ${toldSeq}: ${error}`;
    if (next.status === 'ACTIVE') {
      this.#logger.warn(`${failed}; failure ${failures + 1}, next try in ${next.pauseMs} ms`);
    } else {
      this.#logger.error(`${failed}; it is ${next.status}, ${next.reason}`);
    }
  }
}
