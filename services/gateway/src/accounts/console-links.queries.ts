import { firstOf, oldestOf, type Statements } from '@jangteo/database';
import { USER_ROW, type UserRow } from './accounts.queries.js';

const GOOD_FOR = `interval '5 minutes'`;

/** Ends links of a user, who is locked, but for so many of the newest. */
export async function deleteOldLinks(on: Statements, userId: string, kept: number): Promise<void> {
  await on.rows(
    `DELETE FROM console_links WHERE token_hash = ANY(ARRAY(
       SELECT token_hash FROM console_links WHERE user_id = $1 ORDER BY expires_at DESC OFFSET $2))`,
    [userId, kept],
  );
}

/** @returns when it ends */
export async function insertLink(on: Statements, userId: string, tokenHash: Buffer): Promise<Date> {
  const [row] = await on.rows<{ expiresAt: Date }>(
    `INSERT INTO console_links (token_hash, user_id, expires_at) VALUES ($2, $1, now() + ${GOOD_FOR})
     RETURNING expires_at AS "expiresAt"`,
    [userId, tokenHash],
  );
  return row!.expiresAt;
}

/** Spends a link. @returns whose it was, as they are at that moment; of those who show it at once, it is for one */
export async function spendLink(on: Statements, tokenHash: Buffer): Promise<UserRow | undefined> {
  return await firstOf<UserRow>(
    on,
    `WITH spent AS (DELETE FROM console_links WHERE token_hash = $1 AND expires_at > now() RETURNING user_id)
     SELECT ${USER_ROW} FROM spent JOIN users USING (user_id)`,
    [tokenHash],
  );
}

/** Ends all links of a user. */
export async function deleteLinksOf(on: Statements, userId: string): Promise<void> {
  await on.rows('DELETE FROM console_links WHERE user_id = $1', [userId]);
}

export const ENDED_LINKS = oldestOf('console_links', { by: 'expires_at' });
