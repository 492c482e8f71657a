import { Inject, Injectable } from '@nestjs/common';
import {
  done,
  FLIGHTS_COUNTED_MAX,
  type OutcomeOf,
  type PayloadOf,
  type readOrderFlow,
  type readProgress,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import type { OrderConfig } from '../order.config.js';
import { entryOf } from '../saga/order.handler.js';
import { readFlights } from '../saga/saga.queries.js';
import { readFlow, readProgressRows } from './live.queries.js';

/** The orders that the flow is told of. */
const LATEST = { seconds: 60, most: 1_000 };

const placeOf = ({ orderId, after }: { orderId: string; after: number }): string => `${orderId} ${after}`;

/** Tells how orders have gone on, to all who ask in one statement. */
export async function progressOf(
  payloads: readonly PayloadOf<typeof readProgress>[],
  database: Database,
): Promise<OutcomeOf<typeof readProgress>[]> {
  const places = new Map(payloads.flatMap(({ asked }) => asked.map((one) => [placeOf(one), one])));
  const rows = await readProgressRows(database, [...places.values()]);
  const found = new Map(
    rows.map(({ after, entries, ...order }) => [
      placeOf({ ...order, after }),
      { ...order, entries: entries.map((row) => ({ sequence: row.sequence, ...entryOf(row) })) },
    ]),
  );
  return payloads.map(({ asked }) => done({ orders: asked.flatMap((one) => found.get(placeOf(one)) ?? []) }));
}

/** Tells how the shop's orders fare now. */
@Injectable()
export class OrderFlow {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<OrderConfig, 'SAGA_ALERT_ATTEMPTS'>,
  ) {}

  async read(): Promise<OutcomeOf<typeof readOrderFlow>> {
    const [flow, flights] = await Promise.all([
      readFlow(this.database, LATEST),
      readFlights(this.database, this.config.SAGA_ALERT_ATTEMPTS, FLIGHTS_COUNTED_MAX),
    ]);
    const [p50, p95] = flow.took ?? [];
    const inFlight = flights.reduce((sum, { sagas }) => sum + sagas, 0);
    const oldest = Math.max(...flights.map(({ oldestAgeSeconds }) => oldestAgeSeconds));
    return done({
      at: flow.at.toISOString(),
      since: flow.since.toISOString(),
      outcomes: flow.outcomes.map(({ failureCode, ...outcome }) => ({
        ...outcome,
        ...(failureCode === null ? {} : { failureCode }),
      })),
      ...(p50 === undefined || p95 === undefined ? {} : { p50Ms: wholeMs(p50), p95Ms: wholeMs(p95) }),
      inFlight,
      mayBeMore: inFlight >= FLIGHTS_COUNTED_MAX,
      stuck: flights.reduce((sum, { stuck }) => sum + stuck, 0),
      ...(flights.length === 0 ? {} : { oldestMs: wholeMs(oldest * 1_000) }),
    });
  }
}

const wholeMs = (ms: number): number => Math.max(0, Math.round(ms));
