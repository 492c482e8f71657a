import { done, refuse, type Outcome } from '@jangteo/contracts';

/** Each may do what those before it may, and more. */
export const ROLES = ['customer', 'viewer', 'operator', 'admin'] as const;

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
  /** The API key by which the user calls; `undefined` for who is logged in. */
  readonly keyId?: string | undefined;
  readonly createdAt: Date;
}

/** Tells whether a role may do what is for another. */
export function isAtLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/**
 * Gives the role that counts now, the lower of both: a token that was issued before its account was given a higher role
 * stays what it was, and one that was issued before a lower role is no more than that.
 */
export function effectiveRole(tokenRole: Role, userRole: Role): Role {
  return isAtLeast(tokenRole, userRole) ? userRole : tokenRole;
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
