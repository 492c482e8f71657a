import { types } from 'node:util';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '@jangteo/database';
import { failpoint, newId } from '@jangteo/messaging';
import { CONFIG, RecurringJob } from '@jangteo/service';
import type { DataPlatformConfig } from './data-platform.config.js';
import { recordsSent, sendFailures, showBacklog } from './relay.metrics.js';
import {
  lead,
  moveMark,
  noteFailure,
  numberEntries,
  readBacklog,
  readRecords,
  stepDown,
  type RelayTurn,
} from './relay.queries.js';
import { PLATFORM_SINK, type PlatformSink } from './sink.js';
import {
  batchBounds,
  recordOf,
  retryPauseMs,
  sizeAfterFailure,
  sizeAfterFailures,
  sizeAfterSuccess,
  WHOLE,
  type PlatformRecord,
  type RelayRules,
} from '../domain/data-platform.js';

/** Entries that one transaction numbers at most. */
const NUMBERED_MAX = 2_000;
const COUNT_EVERY_MS = 1_000;
/** Time that a leader may take for all but the receiver's answer: another one that begins earlier repeats its batch. */
const LEASE_MARGIN_MS = 5_000;

type Turn = RelayTurn & { readonly hasMoreEntries: boolean };

/** A turn, and until when by this process's own clock no other replica can have one. */
type Lead = Turn & { readonly leadsUntilMs: number };

/**
 * Numbers successes and cancellations, and sends them to the data platform in the order of their numbers, at
 * least once. One replica leads; the others are ready to. What has failed is tried again and again: no order
 * ever waits for this.
 */
@Injectable()
export class DataPlatformRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(DataPlatformRelay.name);
  readonly #replicaId = newId();
  readonly #job: RecurringJob;
  readonly #counting: RecurringJob;
  readonly #rules: RelayRules;
  /** In memory: a new leader finds it anew, by a few failures. */
  #size = WHOLE;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: DataPlatformConfig,
    @Inject(PLATFORM_SINK) private readonly sink: PlatformSink | undefined,
  ) {
    this.#rules = {
      retryMs: config.DATA_PLATFORM_RETRY_MS,
      retryMsMax: config.DATA_PLATFORM_RETRY_MS_MAX,
      batchMax: config.DATA_PLATFORM_BATCH_MAX,
    };
    const everyMs = config.DATA_PLATFORM_INTERVAL_MS;
    this.#job = new RecurringJob('sending to the data platform', everyMs, () => this.relay());
    // By itself: sending goes on for as long as there is more, and that a receiver is slower than the shop must be seen.
    this.#counting = new RecurringJob('counting what the data platform is owed', COUNT_EVERY_MS, () =>
      this.#show(),
    );
  }

  onApplicationBootstrap(): void {
    const to = this.sink === undefined ? 'kept, and not sent' : `sent to ${this.sink.target}`;
    this.#logger.log(`records for the data platform are ${to}`);
    this.#job.start();
    if (this.sink !== undefined) this.#counting.start();
  }

  /** Before the connections close. A batch that is on its way is given up: the next leader sends it again. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.#job.stop(), this.#counting.stop()]);
    await stepDown(this.database, this.#replicaId).catch((error: unknown) =>
      this.#logger.warn(String(error)),
    );
    await this.sink?.close();
  }

  /**
   * Numbers and sends all that there is.
   * @throws TransientFailure when the database was away
   */
  async relay(): Promise<void> {
    for (let more = true; more && !this.#job.stopping.aborted;) more = await this.#relaySome();
  }

  async #show(): Promise<void> {
    showBacklog(await readBacklog(this.database));
  }

  /** Numbers some, sends a batch; true when there was more than that: what comes meanwhile waits for the next look. */
  async #relaySome(): Promise<boolean> {
    // From before it is asked for: the lease itself begins later, so it ends later as well.
    const leadsUntilMs = performance.now() + this.#leaseMs;
    const turn = await this.database.transaction(async (tx) => await this.#begin(tx));
    if (turn === undefined) return false;
    const { sentSeq, numberedSeq, isPausing, hasMoreEntries } = turn;
    if (this.sink === undefined || isPausing || sentSeq === numberedSeq) return hasMoreEntries;
    const lastSeq = await this.#send(this.sink, { ...turn, leadsUntilMs });
    return lastSeq !== undefined && (lastSeq < numberedSeq || hasMoreEntries);
  }

  get #leaseMs(): number {
    return this.config.DATA_PLATFORM_TIMEOUT_MS + LEASE_MARGIN_MS;
  }

  async #begin(tx: Parameters<typeof lead>[0]): Promise<Turn | undefined> {
    const turn = await lead(tx, this.#replicaId, this.#leaseMs);
    if (turn === undefined) return undefined;
    const numbered = await numberEntries(tx, NUMBERED_MAX);
    return {
      ...turn,
      numberedSeq: turn.numberedSeq + numbered,
      hasMoreEntries: numbered === NUMBERED_MAX,
    };
  }

  /** @returns the last number that was sent, where it was */
  async #send(
    sink: PlatformSink,
    { sentSeq, numberedSeq, failures, now, leadsUntilMs }: Lead,
  ): Promise<number | undefined> {
    this.#size = sizeAfterFailures(this.#size, failures, this.#rules);
    const records = await this.#recordsAfter(sentSeq);
    const lastSeq = sentSeq + records.length;
    failpoint('relay.numbered', records);
    const leftMs = Math.floor(leadsUntilMs - performance.now());
    // A database that took so long to tell them has another leader by now.
    if (leftMs <= 0) return undefined;
    const timeout = AbortSignal.timeout(Math.min(this.config.DATA_PLATFORM_TIMEOUT_MS, leftMs));
    try {
      await sink.send(records, AbortSignal.any([this.#job.stopping, timeout]), now);
    } catch (error) {
      if (!this.#job.stopping.aborted) {
        this.#size = sizeAfterFailure(this.#size, this.#rules);
        await this.#noteFailure(sink, error, { firstSeq: sentSeq + 1, lastSeq, failures: failures + 1 });
      }
      return undefined;
    }
    failpoint('relay.sent', records);
    // A batch that was all there is says nothing of larger ones.
    if (lastSeq < numberedSeq) this.#size = sizeAfterSuccess(this.#size);
    recordsSent.inc(records.length);
    if (failures > 0) this.#logger.log(`the data platform takes records again, up to ${lastSeq}`);
    await moveMark(this.database, this.#replicaId, { from: sentSeq, to: lastSeq });
    failpoint('relay.marked', records);
    return lastSeq;
  }

  async #recordsAfter(seq: number): Promise<PlatformRecord[]> {
    const rows = await readRecords(this.database, seq, batchBounds(this.#size, this.#rules));
    const records = rows.map(recordOf);
    const isWhole = records.every(({ sequence }, index) => sequence === seq + index + 1);
    if (!isWhole || records.length === 0) throw new Error(`records after ${seq} are missing`);
    return records;
  }

  async #noteFailure(
    sink: PlatformSink,
    error: unknown,
    batch: { readonly firstSeq: number; readonly lastSeq: number; readonly failures: number },
  ): Promise<void> {
    const { firstSeq, lastSeq, failures } = batch;
    const pauseMs = retryPauseMs(failures, this.#rules);
    const reason = reasonOf(error);
    sendFailures.inc({ sink: sink.kind });
    this.#logger.error(
      `the data platform did not take records ${firstSeq} to ${lastSeq} (${sink.target}): ${reason}; ` +
        `failure ${failures}, next try in ${pauseMs} ms`,
    );
    await noteFailure(this.database, this.#replicaId, { reason, pauseMs });
  }
}

/** `fetch failed` says nothing without its cause. */
function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const { message, cause } = error;
  return types.isNativeError(cause) && !message.includes(cause.message)
    ? `${message}: ${cause.message}`
    : message;
}
