import { oldestOf, type Statements } from '@jangteo/database';
import type { User } from './accounts.queries.js';
import type { StoredSession } from '../domain/session.js';

/** One login and all that was refreshed from it, with its user and the database's time. */
export interface SessionRow extends StoredSession, User {
  readonly sessionId: string;
  readonly familyHash: Buffer | null;
  readonly salt: Buffer | null;
  readonly now: Date;
}

/** What tells a session's newest refresh token from all others. */
export interface Renewal {
  readonly sessionId: string;
  readonly familyHash: Buffer;
  readonly salt: Buffer;
  readonly generation: number;
}

const SESSION = `session_id AS "sessionId", family_hash AS "familyHash", salt, generation,
  rotated_at AS "rotatedAt", expires_at AS "expiresAt", now() AS now, user_id AS "userId", email, name, role`;

/**
 * Begins a session; those of the user that were used least recently end where there are too many. By their last use,
 * not by their end: how long a token lives may have been set anew in between.
 *
 * @returns those that ended
 */
export async function insertSession(
  on: Statements,
  userId: string,
  { sessionId, familyHash, salt, generation }: Renewal,
  { days, perUserMax }: { days: number; perUserMax: number },
): Promise<string[]> {
  await on.rows(
    `INSERT INTO sessions (session_id, user_id, family_hash, salt, generation, rotated_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, now(), now() + $6::int * interval '1 day')`,
    [sessionId, userId, familyHash, salt, generation, days],
  );
  const ended = await on.rows<{ sessionId: string }>(
    `DELETE FROM sessions WHERE session_id = ANY(ARRAY(
       SELECT session_id FROM sessions WHERE user_id = $1 AND session_id <> $2
       ORDER BY rotated_at DESC NULLS LAST, expires_at DESC OFFSET $3::int - 1 LIMIT 500))
     RETURNING session_id AS "sessionId"`,
    [userId, sessionId, perUserMax],
  );
  return ended.map((row) => row.sessionId);
}

/** Locks the session that tokens of a family belong to: everything done with its tokens queues here. */
export async function lockSession(on: Statements, familyHash: Buffer): Promise<SessionRow | undefined> {
  const [row] = await on.rows<SessionRow>(
    `SELECT ${SESSION} FROM sessions JOIN users USING (user_id)
     WHERE family_hash = $1 FOR NO KEY UPDATE OF sessions`,
    [familyHash],
  );
  return row;
}

/** As {@link lockSession}, of a session that is known by its id. */
export async function lockSessionById(on: Statements, sessionId: string): Promise<SessionRow | undefined> {
  const [row] = await on.rows<SessionRow>(
    `SELECT ${SESSION} FROM sessions JOIN users USING (user_id)
     WHERE session_id = $1 FOR NO KEY UPDATE OF sessions`,
    [sessionId],
  );
  return row;
}

/** Notes the next token of a session, which lives on from now. */
export async function renewSession(
  on: Statements,
  { sessionId, familyHash, salt, generation }: Renewal,
  days: number,
): Promise<void> {
  await on.rows(
    `UPDATE sessions SET family_hash = $2, salt = $3, generation = $4, rotated_at = now(),
       expires_at = now() + $5::int * interval '1 day'
     WHERE session_id = $1`,
    [sessionId, familyHash, salt, generation, days],
  );
}

export async function deleteSession(on: Statements, sessionId: string): Promise<void> {
  await on.rows('DELETE FROM sessions WHERE session_id = $1', [sessionId]);
}

export async function endSessionsOf(on: Statements, userId: string): Promise<void> {
  await on.rows('DELETE FROM sessions WHERE user_id = $1', [userId]);
}

export const ENDED_SESSIONS = oldestOf('sessions', { by: 'expires_at' });
