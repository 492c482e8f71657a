import type { Statements } from '@jangteo/database';
import type { AuditReport } from './audit.run.js';

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

/** Reads the report of the last audit, whichever replica made it; `undefined` before the first one. */
export async function readAudit(database: Statements): Promise<AuditReport | undefined> {
  const [row] = await database.rows<{ report: AuditReport | null }>('SELECT report FROM audits');
  return row?.report ?? undefined;
}
