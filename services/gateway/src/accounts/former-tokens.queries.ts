/*
 * Refresh tokens as gateways of the release before know them: each by its hash, those that were spent too. While
 * such a gateway may run beside this one, the newest token of a session stands here as well, so that both take it.
 * All of this, and the table, goes in the next release.
 */
import { firstOf, oldestOf, type Statements } from '@jangteo/database';

export interface FormerToken {
  readonly sessionId: string;
  readonly spentAt: Date | null;
  readonly hasEnded: boolean;
}

export async function readFormerToken(on: Statements, tokenHash: Buffer): Promise<FormerToken | undefined> {
  return await firstOf<FormerToken>(
    on,
    `SELECT session_id AS "sessionId", spent_at AS "spentAt", expires_at <= now() AS "hasEnded"
     FROM refresh_tokens WHERE token_hash = $1`,
    [tokenHash],
  );
}

export async function insertFormerToken(
  on: Statements,
  tokenHash: Buffer,
  sessionId: string,
  days: number,
): Promise<void> {
  await on.rows(
    `INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
     VALUES ($1, $2, now() + $3::int * interval '1 day') ON CONFLICT DO NOTHING`,
    [tokenHash, sessionId, days],
  );
}

/** Spends a token that a gateway of the release before has made: who shows it again is known by this. */
export async function spendFormerToken(on: Statements, tokenHash: Buffer): Promise<void> {
  await on.rows('UPDATE refresh_tokens SET spent_at = now() WHERE token_hash = $1', [tokenHash]);
}

export async function deleteFormerToken(on: Statements, tokenHash: Buffer): Promise<void> {
  await on.rows('DELETE FROM refresh_tokens WHERE token_hash = $1', [tokenHash]);
}

export const ENDED_FORMER_TOKENS = oldestOf('refresh_tokens', { by: 'expires_at' });
