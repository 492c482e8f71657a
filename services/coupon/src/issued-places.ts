import {
  done,
  PLACES_CHECKED_MAX,
  PLACES_TOLD_MAX,
  present,
  refuse,
  type CouponPlaces,
  type OutcomeOf,
  type PayloadOf,
  type readPlaces,
} from '@jangteo/contracts';
import type { Database, Statements } from '@jangteo/database';

/** The coupons whose places one statement goes through: others wait for their turn. */
export const COUPONS_AT_ONCE = 5;

/** The places of a coupon as one snapshot has them. */
interface PlacesRow {
  readonly at: Date;
  readonly couponId: string;
  readonly totalQuantity: number;
  readonly issuedQuantity: number;
  readonly heldPlaces: number;
  readonly customers: number;
  readonly firstIssuedAt: Date | null;
  /** The highest first. */
  readonly sequences: number[];
  readonly times: Date[];
}

/**
 * Reads how the places of coupons were issued, in one statement, so that nothing is issued in between. Both walks
 * follow the index of places, and are bounded, however many there are.
 */
export async function readPlacesOf(database: Statements, couponIds: readonly string[]): Promise<PlacesRow[]> {
  return await database.rows<PlacesRow>(
    `SELECT now()::timestamptz(3) AS at, coupon.coupon_id AS "couponId", coupon.total_quantity AS "totalQuantity",
       coupon.issued_quantity AS "issuedQuantity", checked.*, latest.*
     FROM coupons AS coupon
     CROSS JOIN LATERAL (
       SELECT count(DISTINCT sequence)::int AS "heldPlaces", count(DISTINCT user_id)::int AS customers,
         min(issued_at) AS "firstIssuedAt"
       FROM user_coupons WHERE coupon_id = coupon.coupon_id AND sequence BETWEEN 1 AND $2
     ) AS checked
     CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(sequence), '{}') AS sequences, coalesce(array_agg(issued_at), '{}') AS times FROM (
         SELECT sequence, issued_at FROM user_coupons WHERE coupon_id = coupon.coupon_id AND sequence >= 1
         ORDER BY sequence DESC LIMIT $3
       ) AS places
     ) AS latest
     WHERE coupon.coupon_id = ANY($1::uuid[])`,
    [couponIds, PLACES_CHECKED_MAX, PLACES_TOLD_MAX],
  );
}

function answerOf({ at, firstIssuedAt, sequences, times, ...row }: PlacesRow): CouponPlaces {
  const highestPlace = sequences[0] ?? 0;
  return {
    ...row,
    at: at.toISOString(),
    highestPlace,
    checkedTo: Math.min(highestPlace, PLACES_CHECKED_MAX),
    ...present({ firstIssuedAt: firstIssuedAt?.toISOString() }),
    latest: sequences.map((sequence, index) => ({ sequence, issuedAt: times[index]!.toISOString() })),
  };
}

/** Tells how the places of coupons were issued, to all who ask in one statement. */
export async function placesOf(
  payloads: readonly PayloadOf<typeof readPlaces>[],
  database: Database,
): Promise<OutcomeOf<typeof readPlaces>[]> {
  const ids = new Set(payloads.map(({ couponId }) => couponId));
  const found = new Map((await readPlacesOf(database, [...ids])).map((row) => [row.couponId, row]));
  return payloads.map(({ couponId }) => {
    const row = found.get(couponId);
    return row === undefined ? refuse('COUPON_NOT_FOUND') : done(answerOf(row));
  });
}
