import { columnsOf, firstOf, runAll, table, type Statements } from '@jangteo/database';
import { erasedEmail, type Standing, type UserState } from '../domain/account.js';
import type { Role } from '../domain/caller.js';
import { UserEntity } from './accounts.entities.js';

const users = table(UserEntity);

export interface User {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** A user as every request looks them up. */
export interface KnownUser extends User {
  readonly state: UserState;
  readonly createdAt: Date;
}

/** A user with what proves that it is them. */
export interface UserRow extends User {
  readonly passwordHash: string;
  readonly registrationKey: string | null;
  readonly state: UserState;
}

const USER = users.columns({ only: ['userId', 'email', 'name', 'role'] });
/** The columns of a {@link UserRow}. */
export const USER_ROW = users.columns({ omit: ['createdAt', 'updatedAt'] });

/** Reads users, each in a session of theirs where one is named: who has no such session is left out. */
export async function readUsers(
  on: Statements,
  asked: readonly { readonly userId: string; readonly sessionId: string | null }[],
): Promise<(KnownUser & { readonly sessionId: string | null })[]> {
  return await on.rows(
    `SELECT ${USER}, state, created_at AS "createdAt", asked.session_id AS "sessionId"
     FROM unnest($1::uuid[], $2::uuid[]) AS asked (user_id, session_id) JOIN users USING (user_id)
     WHERE asked.session_id IS NULL OR EXISTS (
       SELECT FROM sessions
       WHERE session_id = asked.session_id AND user_id = asked.user_id AND expires_at > now())`,
    columnsOf(asked, ['userId', 'sessionId']),
  );
}

export async function readUserByEmail(on: Statements, email: string): Promise<UserRow | undefined> {
  return await firstOf<UserRow>(on, `SELECT ${USER_ROW} FROM users WHERE email = $1`, [email]);
}

/** A user as those who run the shop see them. */
export interface ListedUser extends User {
  readonly state: UserState;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** The columns of a {@link ListedUser}. */
export const LISTED_USER = users.columns({ omit: ['passwordHash', 'registrationKey'] });

/** Reads a user, and in how many sessions they are logged in. */
export async function readListedUser(
  on: Statements,
  userId: string,
): Promise<(ListedUser & { readonly sessions: number }) | undefined> {
  return await firstOf<ListedUser & { sessions: number }>(
    on,
    `SELECT ${LISTED_USER}, (
       SELECT count(*) FROM sessions WHERE sessions.user_id = users.user_id AND expires_at > now()
     ) AS sessions
     FROM users WHERE user_id = $1`,
    [userId],
  );
}

export async function readUserById(on: Statements, userId: string): Promise<UserRow | undefined> {
  return await firstOf<UserRow>(on, `SELECT ${USER_ROW} FROM users WHERE user_id = $1`, [userId]);
}

/** Locks a user: whatever is changed of one queues here. */
export async function lockUser(on: Statements, userId: string): Promise<UserRow | undefined> {
  return await firstOf<UserRow>(on, `SELECT ${USER_ROW} FROM users WHERE user_id = $1 FOR NO KEY UPDATE`, [
    userId,
  ]);
}

const insert = users.insert({
  omit: ['state', 'createdAt', 'updatedAt'],
  onConflict: 'ON CONFLICT (email) DO NOTHING RETURNING user_id',
});

/** @returns whether the user was made: not when the e-mail has an account */
export async function insertUser(on: Statements, user: Omit<UserRow, 'state'>): Promise<boolean> {
  const inserted = await runAll(on, insert([user]));
  return inserted.length > 0;
}

/**
 * Changes what a user is called; of what is left out nothing.
 *
 * @param before the hash that the password must still have; any where it is left out
 */
export async function renameUser(
  on: Statements,
  userId: string,
  { name, email }: { readonly name?: string | undefined; readonly email?: string | undefined },
  before?: string,
): Promise<User | undefined> {
  return await firstOf<User>(
    on,
    `UPDATE users SET name = coalesce($2, name), email = coalesce($3, email), updated_at = now()
     WHERE user_id = $1 AND state <> 'DELETED' AND ($4::text IS NULL OR password_hash = $4)
     RETURNING ${USER}`,
    [userId, name, email, before],
  );
}

/**
 * Gives a user another password, or another hash of the same.
 *
 * @param before the hash that it must still have; any where it is left out
 * @returns whether it was given
 */
export async function replacePassword(
  on: Statements,
  userId: string,
  passwordHash: string,
  before?: string,
): Promise<boolean> {
  const changed = await on.rows(
    `UPDATE users SET password_hash = $2, updated_at = now()
     WHERE user_id = $1 AND state <> 'DELETED' AND ($3::text IS NULL OR password_hash = $3) RETURNING user_id`,
    [userId, passwordHash, before],
  );
  return changed.length > 0;
}

/**
 * Erases who a user was; the row stays, for those who know its id.
 *
 * @param before the hash that the password must still have
 */
export async function eraseUser(on: Statements, userId: string, before: string): Promise<boolean> {
  const erased = await on.rows(
    `UPDATE users SET state = 'DELETED', role = 'customer', email = $2, name = '', password_hash = '',
       registration_key = NULL, updated_at = now()
     WHERE user_id = $1 AND password_hash = $3 AND state <> 'DELETED' RETURNING user_id`,
    [userId, erasedEmail(userId), before],
  );
  if (erased.length === 0) return false;
  await on.rows('DELETE FROM known_networks WHERE user_id = $1', [userId]);
  return true;
}

/**
 * Locks who is admin now, in one order for all: whoever takes an admin away waits for others who do, and sees what they
 * have left.
 *
 * @returns their ids
 */
export async function lockAdmins(on: Statements): Promise<string[]> {
  const rows = await on.rows<{ userId: string }>(
    `SELECT user_id AS "userId" FROM users WHERE role = 'admin' AND state = 'ACTIVE'
     ORDER BY user_id FOR NO KEY UPDATE`,
  );
  return rows.map(({ userId }) => userId);
}

/** Changes what a user may do. */
export async function changeStanding(
  on: Statements,
  userId: string,
  { role, state }: Standing,
): Promise<ListedUser | undefined> {
  return await firstOf<ListedUser>(
    on,
    `UPDATE users SET role = $2, state = $3, updated_at = now() WHERE user_id = $1 RETURNING ${LISTED_USER}`,
    [userId, role, state],
  );
}

/** Makes a user an admin with this password, whatever they were. */
export async function promoteUser(on: Statements, userId: string, passwordHash: string): Promise<void> {
  await on.rows(
    `UPDATE users SET role = 'admin', state = 'ACTIVE', password_hash = $2, updated_at = now()
     WHERE user_id = $1`,
    [userId, passwordHash],
  );
}
