import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseStock, refundWallet } from '@jangteo/contracts';
import { readConfig, serviceEnv } from '@jangteo/service';
import { dataPlatformEnv, type DataPlatformConfig } from '../src/data-platform/data-platform.config.js';
import { DataPlatformRelay } from '../src/data-platform/relay.js';
import type { PlatformSink } from '../src/data-platform/sink.js';
import type { PlatformRecord } from '../src/domain/data-platform.js';
import { debitedFor, delivery, type Desk, orderFor, reply, reservedFor, times } from './desk.js';

/** A receiver in memory, which fails when it is told to. */
export class MemorySink implements PlatformSink {
  readonly kind = 'http';
  readonly target = 'memory';
  readonly received: PlatformRecord[] = [];
  readonly batches: number[] = [];
  failure: Error | undefined;
  /** What it takes at a time, as JSON. */
  bytesMax = Infinity;
  /** Runs once a batch was received and before that is known. */
  afterReceipt: (signal: AbortSignal) => Promise<void> = async () => {};

  async send(records: readonly PlatformRecord[], signal: AbortSignal): Promise<void> {
    this.batches.push(records.length);
    if (this.failure !== undefined) throw this.failure;
    if (JSON.stringify(records).length > this.bytesMax) throw new Error('HTTP 413');
    this.received.push(...records);
    await this.afterReceipt(signal);
  }

  async close(): Promise<void> {}

  get sequences(): number[] {
    return this.received.map(({ sequence }) => sequence);
  }
}

export const oneTo = (last: number): number[] => times(last, (index) => index + 1);

export function platformConfig(more: Record<string, string> = {}): DataPlatformConfig {
  const environment = { HTTP_PORT: '0', NODE_ENV: 'test', DATA_PLATFORM_INTERVAL_MS: '10', ...more };
  return readConfig({ ...serviceEnv, ...dataPlatformEnv }, environment);
}

/** A relay as each replica has one. */
export function relayOf(
  { database }: Pick<Desk, 'database'>,
  sink?: PlatformSink,
  more?: Record<string, string>,
): DataPlatformRelay {
  return new DataPlatformRelay(database, platformConfig(more), sink);
}

/** Places so many orders in one batch and brings them to their success in one more. */
export async function sell(desk: Desk, userId: string, count: number): Promise<string[]> {
  const placings = times(count, () => orderFor(userId));
  await desk.orders.place(placings.map((placing) => delivery(placing)));
  await desk.hear(...placings.map(reservedFor));
  await desk.hear(...placings.map(debitedFor));
  return placings.map(({ orderId }) => orderId);
}

/** Cancels orders, all at once. */
export async function cancelAll(desk: Desk, orderIds: readonly string[]): Promise<void> {
  await desk.sagas.cancel(
    orderIds.map((orderId) => {
      const operation = { key: randomUUIDv7(), fingerprint: '' };
      return delivery({ operation, orderId, cancelledBy: 'customer' });
    }),
  );
  const undone = [refundWallet, releaseStock];
  await desk.hear(...orderIds.flatMap((orderId) => undone.map((undo) => reply(undo, orderId))));
}

interface RelayRow {
  readonly numbered: number;
  readonly sent: number;
  readonly failures: number;
  readonly pauseMs: number | null;
  readonly lastFailure: string | null;
}

export async function relayRow(desk: Desk): Promise<RelayRow> {
  const [row] = await desk.database.rows<RelayRow>(
    `SELECT numbered_seq AS numbered, sent_seq AS sent, failures, last_failure AS "lastFailure",
       (extract(epoch FROM retry_at - now()) * 1000)::float8 AS "pauseMs" FROM platform_relay`,
  );
  return row!;
}

/** As if this much time had passed since the last failure. */
export async function ageFailure(desk: Desk, milliseconds: number): Promise<void> {
  await desk.database.rows(`UPDATE platform_relay SET retry_at = retry_at - $1 * interval '1 ms'`, [
    milliseconds,
  ]);
}

/** As if the leader had died long enough ago for another one to take over. */
export async function forgetLeader(desk: Desk): Promise<void> {
  await desk.database.rows(`UPDATE platform_relay SET leads_until = '-infinity'`);
}

/** As after a migration. */
export async function emptyPlatform(desk: Desk): Promise<void> {
  await desk.database.rows('TRUNCATE platform_entries, platform_records, platform_relay');
  await desk.database.rows('INSERT INTO platform_relay DEFAULT VALUES');
}

/** Never answers, until it is told to give up. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  await sleep(60_000, undefined, { signal });
}
