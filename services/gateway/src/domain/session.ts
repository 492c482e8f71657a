/** A refresh token as it is stored; its session is locked while it is looked at. */
export interface StoredToken {
  readonly spentAt: Date | null;
  readonly expiresAt: Date;
}

/** What becomes of a session whose refresh token was shown. */
export type RefreshDecision = 'rotate' | 'refuse' | 'end session';

/**
 * A token that was spent before is in two hands, and nobody can tell which of them is the thief: the
 * session ends for both.
 *
 * @param token `undefined` for one that was never issued or whose session has ended
 */
export function decideRefresh(token: StoredToken | undefined, now: Date): RefreshDecision {
  if (token === undefined) return 'refuse';
  if (token.spentAt !== null) return 'end session';
  return token.expiresAt > now ? 'rotate' : 'refuse';
}
