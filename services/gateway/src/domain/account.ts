import { done, refuse, refuseField, type Outcome } from '@jangteo/contracts';
import type { Role } from './caller.js';
import { isOwnersDetail } from './password.js';

/** Of a deleted account nothing is left but its id, for the books. */
export const USER_STATES = ['ACTIVE', 'SUSPENDED', 'DELETED'] as const;

export type UserState = (typeof USER_STATES)[number];

/** What an account has elsewhere: money in minor units, and orders that are being carried out or undone. */
export interface Belongings {
  readonly currentBalance: number;
  /** The amount of its charges whose outcome is open. */
  readonly pendingCharges: number;
  readonly ordersOnTheWay: number;
}

/** Refuses to delete an account whose owner would lose something by it. */
export function decideDeletion(its: Belongings): Outcome<undefined, 'ACCOUNT_NOT_EMPTY'> {
  const { currentBalance, pendingCharges, ordersOnTheWay } = its;
  const left = [
    ...(currentBalance === 0 ? [] : [`a balance of ${currentBalance}`]),
    ...(pendingCharges === 0 ? [] : [`charges of ${pendingCharges} whose outcome is open`]),
    ...(ordersOnTheWay === 0 ? [] : [`orders on their way (${ordersOnTheWay})`]),
  ];
  return left.length === 0
    ? done(undefined)
    : refuse('ACCOUNT_NOT_EMPTY', `the account has ${left.join(', ')}`);
}

/** Refuses a password that anybody would guess who knows its owner. */
export function decidePassword(
  password: string,
  owner: { readonly email: string; readonly name: string },
): Outcome<undefined, 'VALIDATION_FAILED'> {
  return isOwnersDetail(password, owner)
    ? refuseField('newPassword', 'must not be the e-mail or the name')
    : done(undefined);
}

/** Gives what stands in the place of an e-mail that was erased: it is nobody's, and nobody can log in with it. */
export function erasedEmail(userId: string): string {
  return `deleted:${userId}`;
}

/** What an account may do. */
export interface Standing {
  readonly role: Role;
  readonly state: UserState;
}

const isAdmin = ({ role, state }: Standing): boolean => role === 'admin' && state === 'ACTIVE';

/**
 * Gives what an account may do from then on; refuses what would leave the shop without an admin.
 *
 * @param admins ids of all who are admins and not suspended, locked
 */
export function decideStanding(
  { userId, ...before }: Standing & { readonly userId: string },
  change: Partial<Standing>,
  admins: readonly string[],
): Outcome<Standing, 'LAST_ADMIN'> {
  const after = { role: change.role ?? before.role, state: change.state ?? before.state };
  const isTheLast = admins.length === 1 && admins[0] === userId;
  return isTheLast && !isAdmin(after) ? refuse('LAST_ADMIN') : done(after);
}
