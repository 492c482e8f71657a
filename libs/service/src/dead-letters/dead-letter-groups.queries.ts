import { GROUPS_MAX } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import { countOfKind, KINDS, OF_KIND } from './waiting-kinds.sql.js';

/** The group of a dead letter: types and reasons are others' words, and cut. */
const TYPE = 'left(kinds.type, 255)';
const REASON = 'left(kinds.reason, 255)';

export interface Remark {
  readonly note: string | null;
  readonly isMuted: boolean;
}

export interface GroupRow extends Remark {
  readonly type: string;
  readonly reason: string;
  readonly count: number;
  readonly first: Date | null;
  readonly last: Date | null;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

/**
 * Counts the dead letters that wait by type and reason, those with the latest first, and then muted groups of which none
 * waits; of one group also where something else was said of it.
 */
export async function readGroups(
  database: Statements,
  { type, reason }: { readonly type?: string; readonly reason?: string } = {},
): Promise<GroupRow[]> {
  return await database.rows<GroupRow>(
    `WITH RECURSIVE ${KINDS}
     SELECT type, reason, coalesce(count, 0) AS count, first, last, note, coalesce(is_muted, false) AS "isMuted",
       changed_by AS "changedBy", changed_at AS "changedAt"
     FROM (
       SELECT type, reason, sum(count)::bigint AS count, min(first) AS first, max(last) AS last
       FROM (
         SELECT ${TYPE} AS type, ${REASON} AS reason, ${countOfKind()} AS count,
           (SELECT min(its.parked_at) ${OF_KIND}) AS first, (SELECT max(its.parked_at) ${OF_KIND}) AS last
         FROM kinds WHERE ($1::text IS NULL OR ${TYPE} = $1) AND ($2::text IS NULL OR ${REASON} = $2)
       ) AS each
       GROUP BY 1, 2
     ) AS waiting
     FULL JOIN (
       SELECT * FROM dead_letter_groups
       WHERE ($1::text IS NULL OR type = $1) AND ($2::text IS NULL OR reason = $2)
     ) AS its USING (type, reason)
     WHERE count IS NOT NULL OR is_muted OR $1::text IS NOT NULL
     ORDER BY last DESC NULLS LAST, changed_at DESC, type, reason LIMIT ${GROUPS_MAX}`,
    [type ?? null, reason ?? null],
  );
}

/** Says something of a group. */
export async function remark(
  tx: Statements,
  { type, reason }: { readonly type: string; readonly reason: string },
  { note, isMuted }: Remark,
  by: string,
): Promise<void> {
  await tx.rows(
    `INSERT INTO dead_letter_groups (type, reason, note, is_muted, changed_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (type, reason) DO UPDATE SET note = excluded.note, is_muted = excluded.is_muted,
       changed_by = excluded.changed_by, changed_at = now()`,
    [type, reason, note, isMuted, by],
  );
}

/** Locks what was said of groups until the transaction ends: each change sees the one before. */
export async function lockRemarks(tx: Statements): Promise<void> {
  await tx.rows('LOCK TABLE dead_letter_groups IN SHARE ROW EXCLUSIVE MODE');
}

/** Counts the waiting dead letters of groups that are not muted, by the queue that they came from. */
export async function readAlertingCounts(database: Statements): Promise<{ queue: string; count: number }[]> {
  return await database.rows(
    `WITH RECURSIVE ${KINDS}
     SELECT queue, sum(count)::bigint AS count FROM (
       SELECT queue, ${countOfKind()} AS count FROM kinds
       WHERE NOT EXISTS (
         SELECT FROM dead_letter_groups AS g WHERE g.type = ${TYPE} AND g.reason = ${REASON} AND g.is_muted)
     ) AS each
     GROUP BY queue`,
  );
}
