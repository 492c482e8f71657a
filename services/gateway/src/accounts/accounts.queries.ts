import { columnsOf, runAll, table, type Statements } from '@jangteo/database';
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
  readonly createdAt: Date;
}

/** A user with what proves that it is them. */
export interface UserRow extends User {
  readonly passwordHash: string;
  readonly registrationKey: string | null;
}

const USER = users.columns({ only: ['userId', 'email', 'name', 'role'] });
const USER_ROW = users.columns({ omit: ['createdAt', 'updatedAt'] });

/** Reads users, each in a session of theirs where one is named: who has no such session is left out. */
export async function readUsers(
  on: Statements,
  asked: readonly { readonly userId: string; readonly sessionId: string | null }[],
): Promise<(KnownUser & { readonly sessionId: string | null })[]> {
  return await on.rows(
    `SELECT ${USER}, created_at AS "createdAt", asked.session_id AS "sessionId"
     FROM unnest($1::uuid[], $2::uuid[]) AS asked (user_id, session_id) JOIN users USING (user_id)
     WHERE asked.session_id IS NULL OR EXISTS (
       SELECT FROM sessions
       WHERE session_id = asked.session_id AND user_id = asked.user_id AND expires_at > now())`,
    columnsOf(asked, ['userId', 'sessionId']),
  );
}

export async function readUserByEmail(on: Statements, email: string): Promise<UserRow | undefined> {
  const [row] = await on.rows<UserRow>(`SELECT ${USER_ROW} FROM users WHERE email = $1`, [email]);
  return row;
}

const insert = users.insert({
  omit: ['createdAt', 'updatedAt'],
  onConflict: 'ON CONFLICT (email) DO NOTHING RETURNING user_id',
});

/** @returns whether the user was made: not when the e-mail has an account */
export async function insertUser(on: Statements, user: UserRow): Promise<boolean> {
  const inserted = await runAll(on, insert([user]));
  return inserted.length > 0;
}

export async function savePasswordHash(
  on: Statements,
  userId: string,
  passwordHash: string,
  before: string,
): Promise<void> {
  await on.rows(
    'UPDATE users SET password_hash = $2, updated_at = now() WHERE user_id = $1 AND password_hash = $3',
    [userId, passwordHash, before],
  );
}

/** Makes a user an admin with this password. */
export async function promoteUser(on: Statements, userId: string, passwordHash: string): Promise<void> {
  await on.rows(
    `UPDATE users SET role = 'admin', password_hash = $2, updated_at = now() WHERE user_id = $1`,
    [userId, passwordHash],
  );
}
