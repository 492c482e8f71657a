import type { Statements } from '@jangteo/database';
import { isAtLeast, type LoggedIn } from '../domain/caller.js';
import { Refused } from '../http/refusal-error.js';
import { lockUser } from './accounts.queries.js';
import { holdSession } from './sessions.queries.js';

/** Whose login it is. */
export type Login = Pick<LoggedIn, 'userId' | 'sessionId' | 'role'>;

/**
 * Makes sure that a login goes on until the transaction ends, and locks its user: whoever ends it waits, or has. For all
 * that outlives a login, in the transaction that makes it: gateways remember for a second who may call, and may be slow
 * after that. A token of the release before names no session that could be held; its client has to refresh first.
 *
 * @throws Refused with UNAUTHENTICATED, so that a client refreshes and is told why it may not, where it may not
 */
export async function holdLogin(tx: Statements, { userId, sessionId, role }: Login): Promise<void> {
  const user = await lockUser(tx, userId);
  const isSame = user?.state === 'ACTIVE' && isAtLeast(user.role, role);
  if (isSame && sessionId !== undefined && (await holdSession(tx, userId, sessionId))) return;
  throw new Refused({ code: 'UNAUTHENTICATED' });
}
