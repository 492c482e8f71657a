import type { Statements } from '@jangteo/database';
import type { Role } from './domain/caller.js';
import type { StoredToken } from './domain/session.js';

export interface User {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** A user with what proves that it is them. */
export interface UserRow extends User {
  readonly passwordHash: string;
  readonly registrationKey: string | null;
}

const USER = 'user_id AS "userId", email, name, role';
const USER_ROW = `${USER}, password_hash AS "passwordHash", registration_key AS "registrationKey"`;

export async function readUsers(on: Statements, userIds: readonly string[]): Promise<User[]> {
  return await on.rows<User>(`SELECT ${USER} FROM users WHERE user_id = ANY($1::uuid[])`, [userIds]);
}

export async function readUserByEmail(on: Statements, email: string): Promise<UserRow | undefined> {
  const [row] = await on.rows<UserRow>(`SELECT ${USER_ROW} FROM users WHERE email = $1`, [email]);
  return row;
}

/** @returns whether the user was made: not when the e-mail has an account */
export async function insertUser(on: Statements, user: UserRow): Promise<boolean> {
  const inserted = await on.rows(
    `INSERT INTO users (user_id, email, name, role, password_hash, registration_key)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING RETURNING user_id`,
    [user.userId, user.email, user.name, user.role, user.passwordHash, user.registrationKey],
  );
  return inserted.length > 0;
}

/** Makes a user an admin with this password. */
export async function promoteUser(on: Statements, userId: string, passwordHash: string): Promise<void> {
  await on.rows(`UPDATE users SET role = 'admin', password_hash = $2 WHERE user_id = $1`, [
    userId,
    passwordHash,
  ]);
}

export async function endSessionsOf(on: Statements, userId: string): Promise<void> {
  await on.rows('DELETE FROM sessions WHERE user_id = $1', [userId]);
}

/** A refresh token, and its session's end: that of its newest token. */
export interface NewToken {
  readonly sessionId: string;
  readonly tokenHash: Buffer;
  readonly expiresAt: Date;
}

/** Begins a session, and clears away those of the user that have run out. */
export async function insertSession(
  on: Statements,
  userId: string,
  token: NewToken,
  now: Date,
): Promise<void> {
  await on.rows('DELETE FROM sessions WHERE user_id = $1 AND expires_at <= $2', [userId, now]);
  await on.rows('INSERT INTO sessions (session_id, user_id, expires_at) VALUES ($1, $2, $3)', [
    token.sessionId,
    userId,
    token.expiresAt,
  ]);
  await insertToken(on, token);
}

async function insertToken(on: Statements, token: NewToken): Promise<void> {
  await on.rows('INSERT INTO refresh_tokens (token_hash, session_id, expires_at) VALUES ($1, $2, $3)', [
    token.tokenHash,
    token.sessionId,
    token.expiresAt,
  ]);
}

/** Locks the session that a refresh token belongs to; everything done with its tokens queues here. */
export async function lockSessionOf(
  on: Statements,
  tokenHash: Buffer,
): Promise<{ sessionId: string; userId: string } | undefined> {
  const [row] = await on.rows<{ sessionId: string; userId: string }>(
    `SELECT session_id AS "sessionId", user_id AS "userId" FROM sessions
     WHERE session_id = (SELECT session_id FROM refresh_tokens WHERE token_hash = $1) FOR NO KEY UPDATE`,
    [tokenHash],
  );
  return row;
}

export async function readToken(on: Statements, tokenHash: Buffer): Promise<StoredToken | undefined> {
  const [row] = await on.rows<StoredToken>(
    'SELECT spent_at AS "spentAt", expires_at AS "expiresAt" FROM refresh_tokens WHERE token_hash = $1',
    [tokenHash],
  );
  return row;
}

/** Spends one token of a session and adds the next; those that have run out go. */
export async function rotateToken(
  on: Statements,
  spentHash: Buffer,
  next: NewToken,
  now: Date,
): Promise<void> {
  await on.rows('UPDATE refresh_tokens SET spent_at = $2 WHERE token_hash = $1', [spentHash, now]);
  await on.rows('DELETE FROM refresh_tokens WHERE session_id = $1 AND expires_at <= $2', [
    next.sessionId,
    now,
  ]);
  await on.rows('UPDATE sessions SET expires_at = $2 WHERE session_id = $1', [
    next.sessionId,
    next.expiresAt,
  ]);
  await insertToken(on, next);
}

export async function deleteSessionOf(on: Statements, tokenHash: Buffer): Promise<void> {
  await on.rows(
    'DELETE FROM sessions WHERE session_id = (SELECT session_id FROM refresh_tokens WHERE token_hash = $1)',
    [tokenHash],
  );
}
