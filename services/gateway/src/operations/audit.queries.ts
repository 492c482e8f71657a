import type { Statements } from '@jangteo/database';
import type { AuditReport } from '../domain/audit-report.js';

/**
 * Takes the turn to audit, which then is nobody's for so long.
 *
 * @returns false where it is not time yet, or another replica has taken it
 */
export async function takeAuditTurn(database: Statements, forMs: number): Promise<boolean> {
  const taken = await database.rows(
    `UPDATE audits SET next_at = now() + $1 * interval '1 ms' WHERE next_at <= now() RETURNING 1 AS one`,
    [forMs],
  );
  return taken.length > 0;
}

/** Keeps what an audit found, and has the next one wait for so long at least. */
export async function saveAudit(database: Statements, report: AuditReport, restMs: number): Promise<void> {
  await database.rows(
    `UPDATE audits SET report = $1, next_at = greatest(next_at, now() + $2 * interval '1 ms')`,
    [JSON.stringify(report), restMs],
  );
}

export interface KeptAudit {
  readonly auditId: string;
  readonly report: AuditReport;
}

/**
 * Keeps a report among the latest, and forgets those that are beyond so many, but for the latest of these that were not
 * sound: whoever has audits made cannot have what was found forgotten by it.
 */
export async function keepAudit(
  database: Statements,
  { auditId, report }: KeptAudit,
  { latest, unsound }: { readonly latest: number; readonly unsound: number },
): Promise<void> {
  await database.rows('INSERT INTO audit_reports (audit_id, report) VALUES ($1, $2)', [
    auditId,
    JSON.stringify(report),
  ]);
  await database.rows(
    `WITH beyond AS (
       SELECT audit_id, (report->>'isSound')::boolean AS is_sound FROM audit_reports
       ORDER BY audit_id DESC OFFSET $1
     ), numbered AS (
       SELECT *, row_number() OVER (PARTITION BY is_sound ORDER BY audit_id DESC) AS number FROM beyond
     )
     DELETE FROM audit_reports WHERE audit_id IN (
       SELECT audit_id FROM numbered WHERE is_sound OR number > $2)`,
    [latest, unsound],
  );
}

/** Reads reports that were kept, the latest first. @param before the id of the last of the page before */
export async function listAudits(database: Statements, before: string, limit: number): Promise<KeptAudit[]> {
  return await database.rows<KeptAudit>(
    `SELECT audit_id AS "auditId", report FROM audit_reports WHERE audit_id < $1::uuid
     ORDER BY audit_id DESC LIMIT $2`,
    [before, limit],
  );
}

export async function readKeptAudit(database: Statements, auditId: string): Promise<AuditReport | undefined> {
  const [row] = await database.rows<KeptAudit>('SELECT report FROM audit_reports WHERE audit_id = $1', [
    auditId,
  ]);
  return row?.report;
}

/** Reads the report of the last audit, whichever replica made it; `undefined` before the first one. */
export async function readAudit(database: Statements): Promise<AuditReport | undefined> {
  const [row] = await database.rows<{ report: AuditReport | null }>('SELECT report FROM audits');
  return row?.report ?? undefined;
}
