/** A session as it is stored, locked while one of its refresh tokens is looked at. */
export interface StoredSession {
  /** That of its newest refresh token. */
  readonly generation: number;
  /** The time at which that one was made; `null` where a gateway of the release before began the session. */
  readonly rotatedAt: Date | null;
  readonly expiresAt: Date;
}

/** The consequence for a session whose refresh token was shown. */
export type RefreshDecision = 'rotate' | 'repeat' | 'refuse' | 'end session';

/**
 * The newest token is spent for the next. The one before it, shown again for a little while, is answered as the
 * first time: two tabs had it, or the answer was lost, and whoever had it gets no more by this than they had. Any
 * other that was spent is in two hands, and nobody can tell which of them is the thief: the session ends for both.
 * A token above all that are known is of a session that a restored database has forgotten in part.
 *
 * @param generation of the token; it was verified
 * @param repeatableMs how long a spent token is answered again; 0 for never, whatever a clock that was set back says
 */
export function decideRefresh(
  generation: number,
  session: StoredSession,
  now: Date,
  repeatableMs: number,
): RefreshDecision {
  if (session.expiresAt <= now) return 'refuse';
  if (generation >= session.generation) return 'rotate';
  const isPrevious = generation === session.generation - 1 && session.rotatedAt !== null;
  const agoMs = isPrevious ? now.getTime() - session.rotatedAt.getTime() : Infinity;
  return repeatableMs > 0 && agoMs < repeatableMs ? 'repeat' : 'end session';
}

/** Reads when a session was begun: ids of version 7 begin with the milliseconds of their making. */
export function begunAt(sessionId: string): Date {
  return new Date(Number.parseInt(sessionId.replaceAll('-', '').slice(0, 12), 16));
}
