import { FIRST_ID } from '@jangteo/contracts';
import type { Statements } from '@jangteo/database';
import type { UserState } from '../domain/account.js';
import type { Role } from '../domain/caller.js';
import { LISTED_USER, type ListedUser } from './accounts.queries.js';

/** Which users are wanted: of any of these roles and states. */
export interface UserFilter {
  readonly roles: readonly Role[];
  readonly states: readonly UserState[];
}

/** The last user of a page as they were found: by then they may be called otherwise. */
export interface FoundUser {
  /** The e-mail or the name. */
  readonly by: string;
  readonly userId: string;
}

/** Before every user that can be found. */
const NOBODY: FoundUser = { by: '', userId: FIRST_ID };

/**
 * Rows of each role and state by itself, then merged: each of these ranges stands in an index in the order of the list,
 * so that a page reads its own rows and no more than as many of every other range.
 *
 * @param found the rows of one role and state, as the index of the list has them
 * @param order of the page, by columns of `users`
 */
const merged = (found: string, order: string): string => `
  SELECT ${LISTED_USER} FROM unnest($1::text[]) AS wanted_role (is_role)
  CROSS JOIN unnest($2::text[]) AS wanted_state (is_state)
  CROSS JOIN LATERAL (
    SELECT * FROM users WHERE ${found} ORDER BY ${order} LIMIT $3
  ) AS users ORDER BY ${order} LIMIT $3`;

const NEWEST = merged('role = is_role AND state = is_state AND user_id < $4::uuid', 'user_id DESC');

const EMAIL = 'email COLLATE "C"';
const NAME = 'lower(name) COLLATE "C"';

/** Whatever begins with $4 is from it on, and below it with the last of all characters behind. */
const begins = (text: string): string => `${text} >= lower($4) AND ${text} < lower($4) || U&'\\+10FFFF'`;

const BY_EMAIL = merged(
  `role || ' ' || state = is_role || ' ' || is_state AND ${begins(EMAIL)} AND ${EMAIL} > $5`,
  EMAIL,
);

const BY_NAME = merged(
  `state || ' ' || role = is_state || ' ' || is_role AND ${begins(NAME)}
     AND (${NAME}, user_id) > (lower($5), $6::uuid)`,
  `${NAME}, user_id`,
);

/** Reads users, the newest first. @param before the id of the last of the page before */
export async function readNewestUsers(
  on: Statements,
  { roles, states }: UserFilter,
  before: string,
  limit: number,
): Promise<ListedUser[]> {
  return await on.rows<ListedUser>(NEWEST, [roles, states, limit, before]);
}

/** Reads users whose e-mails begin with a text, by their e-mails. @param after the last of the page before */
export async function readUsersByEmail(
  on: Statements,
  { roles, states }: UserFilter,
  beginning: string,
  limit: number,
  after = NOBODY,
): Promise<ListedUser[]> {
  return await on.rows<ListedUser>(BY_EMAIL, [roles, states, limit, beginning, after.by]);
}

/** Reads users whose names begin with a text, by their names. @param after the last of the page before */
export async function readUsersByName(
  on: Statements,
  { roles, states }: UserFilter,
  beginning: string,
  limit: number,
  after = NOBODY,
): Promise<ListedUser[]> {
  return await on.rows<ListedUser>(BY_NAME, [roles, states, limit, beginning, after.by, after.userId]);
}

/** Reads the user with an id, where it is one of those. */
export async function readUsersById(
  on: Statements,
  { roles, states }: UserFilter,
  userId: string,
): Promise<ListedUser[]> {
  return await on.rows<ListedUser>(
    `SELECT ${LISTED_USER} FROM users WHERE user_id = $3 AND role = ANY($1::text[]) AND state = ANY($2::text[])`,
    [roles, states, userId],
  );
}
