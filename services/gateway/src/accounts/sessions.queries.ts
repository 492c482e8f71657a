import { firstOf, oldestOf, runAll, table, type Statements } from '@jangteo/database';
import { SessionEntity } from './accounts.entities.js';
import type { User } from './accounts.queries.js';
import { deleteLinksOf } from './console-links.queries.js';
import type { UserState } from '../domain/account.js';
import type { StoredSession } from '../domain/session.js';

/** One login and all that was refreshed from it, with its user and the database's time. */
export interface SessionRow extends StoredSession, User {
  readonly state: UserState;
  readonly sessionId: string;
  readonly familyHash: Buffer | null;
  readonly salt: Buffer | null;
  readonly now: Date;
}

/** The columns that tell a session's newest refresh token from all others. */
export interface Renewal {
  readonly sessionId: string;
  readonly familyHash: Buffer;
  readonly salt: Buffer;
  readonly generation: number;
}

const sessions = table(SessionEntity);
const SESSION = `${sessions.columns()}, now() AS now, email, name, role, state`;

/** As of a token that is given out now. */
const GIVEN_NOW = { rotatedAt: 'now()', expiresAt: `now() + n.days * interval '1 day'` };

const insert = sessions.insert({ numbers: ['days'], sql: GIVEN_NOW });

/**
 * Begins a session; those of the user that were used least recently end where there are too many. By their last use,
 * not by their end: how long a token lives may have been set anew in between.
 *
 * @returns those that ended
 */
export async function insertSession(
  on: Statements,
  userId: string,
  renewal: Renewal & { readonly userAgent?: string | undefined },
  { days, perUserMax }: { days: number; perUserMax: number },
): Promise<string[]> {
  await runAll(on, insert([{ ...renewal, userAgent: renewal.userAgent ?? null, userId, days }]));
  const ended = await on.rows<{ sessionId: string }>(
    `DELETE FROM sessions WHERE session_id = ANY(ARRAY(
       SELECT session_id FROM sessions WHERE user_id = $1 AND session_id <> $2
       ORDER BY rotated_at DESC NULLS LAST, expires_at DESC OFFSET $3::int - 1 LIMIT 500))
     RETURNING session_id AS "sessionId"`,
    [userId, renewal.sessionId, perUserMax],
  );
  return ended.map((row) => row.sessionId);
}

/** Locks the session that tokens of a family belong to: everything done with its tokens queues here. */
export async function lockSession(on: Statements, familyHash: Buffer): Promise<SessionRow | undefined> {
  return await firstOf<SessionRow>(
    on,
    `SELECT ${SESSION} FROM sessions JOIN users USING (user_id)
     WHERE family_hash = $1 FOR NO KEY UPDATE OF sessions`,
    [familyHash],
  );
}

/** As {@link lockSession}, of a session that is known by its id. */
export async function lockSessionById(on: Statements, sessionId: string): Promise<SessionRow | undefined> {
  return await firstOf<SessionRow>(
    on,
    `SELECT ${SESSION} FROM sessions JOIN users USING (user_id)
     WHERE session_id = $1 FOR NO KEY UPDATE OF sessions`,
    [sessionId],
  );
}

const renew = sessions.update({
  by: ['sessionId'],
  set: ['familyHash', 'salt', 'generation'],
  numbers: ['days'],
  sql: GIVEN_NOW,
});

/** Notes the next token of a session, which lives on from now. */
export async function renewSession(on: Statements, renewal: Renewal, days: number): Promise<void> {
  await runAll(on, renew([{ ...renewal, days }]));
}

/**
 * Ends the sessions of a user, but for one where that is named, and links by which others would begin: links last,
 * since one may be made until its session has ended.
 */
export async function endSessionsOf(on: Statements, userId: string, but?: string): Promise<void> {
  await on.rows('DELETE FROM sessions WHERE user_id = $1 AND session_id IS DISTINCT FROM $2::uuid', [
    userId,
    but,
  ]);
  await deleteLinksOf(on, userId);
}

/** As {@link endSessionsOf}, of one session. @returns whether the user had it */
export async function endSessionOf(on: Statements, userId: string, sessionId: string): Promise<boolean> {
  const ended = await on.rows(
    'DELETE FROM sessions WHERE user_id = $1 AND session_id = $2 AND expires_at > now() RETURNING session_id',
    [userId, sessionId],
  );
  await deleteLinksOf(on, userId);
  return ended.length > 0;
}

/** Makes sure that a session goes on until the transaction ends: whoever ends it waits, or has. @returns whether it does */
export async function holdSession(on: Statements, userId: string, sessionId: string): Promise<boolean> {
  const held = await on.rows(
    `SELECT session_id FROM sessions WHERE user_id = $1 AND session_id = $2 AND expires_at > now()
     FOR KEY SHARE`,
    [userId, sessionId],
  );
  return held.length > 0;
}

/** A session as its user sees it. */
export interface ListedSession {
  readonly sessionId: string;
  readonly rotatedAt: Date | null;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
}

/** Reads sessions of a user that have not ended, the newest first. A user has no more than a configured number. */
export async function listSessionsOf(
  on: Statements,
  { userId, before, limit }: { userId: string; before: string; limit: number },
): Promise<ListedSession[]> {
  return await on.rows<ListedSession>(
    `SELECT ${sessions.columns({ only: ['sessionId', 'rotatedAt', 'expiresAt', 'userAgent'] })} FROM sessions
     WHERE user_id = $1 AND expires_at > now() AND session_id < $2::uuid
     ORDER BY session_id DESC LIMIT $3`,
    [userId, before, limit],
  );
}

/**
 * Makes sure that a user's password is still this one until the transaction ends: whoever changes it waits, or has.
 *
 * @returns whether it is
 */
export async function holdPassword(on: Statements, userId: string, passwordHash: string): Promise<boolean> {
  const held = await on.rows(
    'SELECT user_id FROM users WHERE user_id = $1 AND password_hash = $2 FOR SHARE',
    [userId, passwordHash],
  );
  return held.length > 0;
}

export const ENDED_SESSIONS = oldestOf('sessions', { by: 'expires_at' });
