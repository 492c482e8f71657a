import { done, refuse, type Outcome } from '@jangteo/contracts';

export const ROLES = ['customer', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** The user who asks, by the access token and the table of users. */
export interface Caller {
  readonly userId: string;
  readonly role: Role;
}

/** A caller as the gateway knows them. */
export interface LoggedIn extends Caller {
  /** `undefined` for a token of the release before, which names none. */
  readonly sessionId: string | undefined;
  readonly createdAt: Date;
}

/**
 * Gives the role that counts now. Both the token and the user must say admin: a token that was issued before its
 * account became an admin's stays a customer's.
 */
export function effectiveRole(tokenRole: Role, userRole: Role): Role {
  return tokenRole === 'admin' && userRole === 'admin' ? 'admin' : 'customer';
}

/**
 * For whom a call is made: the caller, unless it names somebody else, which only an admin may.
 *
 * @returns the user's id, which is certain to exist only where it is the caller's; FORBIDDEN
 */
export function actingUserOf(caller: Caller, wanted: string | undefined): Outcome<string, 'FORBIDDEN'> {
  if (wanted === undefined || wanted === caller.userId) return done(caller.userId);
  return caller.role === 'admin' ? done(wanted) : refuse('FORBIDDEN', 'only an admin may name another user');
}

/** Restricts what is read or changed to the caller's own, unless an admin calls. */
export function ownedBy({ userId, role }: Caller): { userId?: string } {
  return role === 'admin' ? {} : { userId };
}
