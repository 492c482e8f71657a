import {
  done,
  present,
  type CouponProgress,
  type CouponStatus,
  type OutcomeOf,
  type PayloadOf,
  type readIssueProgress,
} from '@jangteo/contracts';
import { table, type Database, type Statements } from '@jangteo/database';
import { CouponAnswersEntity } from './coupon.entities.js';
import { readNow } from './coupon.queries.js';

const COUNTS = ['issued', 'sold_out', 'already_issued', 'not_issuable', 'not_eligible'];

/** Adds to what was counted before, under the locks of the coupons. */
export const addAnswers = table(CouponAnswersEntity).insert({
  onConflict: `ON CONFLICT (coupon_id) DO UPDATE
    SET ${COUNTS.map((name) => `${name} = coupon_answers.${name} + excluded.${name}`).join(', ')}`,
});

interface ProgressRow {
  readonly couponId: string;
  readonly status: CouponStatus;
  readonly issueStartsAt: Date | null;
  readonly issueEndsAt: Date | null;
  readonly totalQuantity: number;
  readonly issuedQuantity: number;
  readonly issued: number;
  readonly soldOut: number;
  readonly alreadyIssued: number;
  readonly notIssuable: number;
  readonly notEligible: number;
}

async function readProgress(database: Statements, couponIds: readonly string[]): Promise<ProgressRow[]> {
  return await database.rows<ProgressRow>(
    `SELECT c.coupon_id AS "couponId", c.status, c.issue_starts_at AS "issueStartsAt",
       c.issue_ends_at AS "issueEndsAt", c.total_quantity AS "totalQuantity", c.issued_quantity AS "issuedQuantity",
       coalesce(a.issued, 0) AS issued, coalesce(a.sold_out, 0) AS "soldOut",
       coalesce(a.already_issued, 0) AS "alreadyIssued", coalesce(a.not_issuable, 0) AS "notIssuable",
       coalesce(a.not_eligible, 0) AS "notEligible"
     FROM coupons AS c LEFT JOIN coupon_answers AS a USING (coupon_id) WHERE c.coupon_id = ANY($1::uuid[])`,
    [couponIds],
  );
}

function progressOf(row: ProgressRow): CouponProgress {
  const { couponId, status, issueStartsAt, issueEndsAt, totalQuantity, issuedQuantity, ...answers } = row;
  return {
    couponId,
    status,
    ...present({
      issueStartsAt: issueStartsAt?.toISOString(),
      issueEndsAt: issueEndsAt?.toISOString(),
    }),
    totalQuantity,
    issuedQuantity,
    answers,
  };
}

/** Tells how far the issue of coupons has come, to all who ask in one statement. */
export async function issueProgressOf(
  payloads: readonly PayloadOf<typeof readIssueProgress>[],
  database: Database,
): Promise<OutcomeOf<typeof readIssueProgress>[]> {
  const ids = new Set(payloads.flatMap(({ couponIds }) => couponIds));
  const [now, rows] = await Promise.all([readNow(database), readProgress(database, [...ids])]);
  const found = new Map(rows.map((row) => [row.couponId, progressOf(row)]));
  return payloads.map(({ couponIds }) =>
    done({ at: now.toISOString(), coupons: couponIds.flatMap((couponId) => found.get(couponId) ?? []) }),
  );
}
