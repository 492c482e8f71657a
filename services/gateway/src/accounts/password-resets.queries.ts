import { firstOf, oldestOf, type Statements } from '@jangteo/database';

const GOOD_FOR = `interval '1 hour'`;

/** Whose password a token may set anew, and what they are called. */
export interface Resettable {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
}

/**
 * Makes a user's token the only one that is good for them.
 *
 * @returns when it ends; `undefined` where there is no such user
 */
export async function saveReset(
  on: Statements,
  userId: string,
  tokenHash: Buffer,
): Promise<Date | undefined> {
  const [row] = await on.rows<{ expiresAt: Date }>(
    `INSERT INTO password_resets (user_id, token_hash, expires_at)
     SELECT user_id, $2, now() + ${GOOD_FOR} FROM users WHERE user_id = $1 AND state <> 'DELETED'
     ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at
     RETURNING expires_at AS "expiresAt"`,
    [userId, tokenHash],
  );
  return row?.expiresAt;
}

export async function readReset(on: Statements, tokenHash: Buffer): Promise<Resettable | undefined> {
  return await firstOf<Resettable>(
    on,
    `SELECT user_id AS "userId", email, name FROM password_resets JOIN users USING (user_id)
     WHERE token_hash = $1 AND expires_at > now() AND state <> 'DELETED'`,
    [tokenHash],
  );
}

/** Spends a token. @returns whether it was good: of those who show it at once, it is for one */
export async function spendReset(on: Statements, tokenHash: Buffer): Promise<boolean> {
  const spent = await on.rows(
    'DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > now() RETURNING user_id',
    [tokenHash],
  );
  return spent.length > 0;
}

/** Ends a user's token, if there is one. */
export async function deleteReset(on: Statements, userId: string): Promise<void> {
  await on.rows('DELETE FROM password_resets WHERE user_id = $1', [userId]);
}

export const ENDED_RESETS = oldestOf('password_resets', { by: 'expires_at' });
