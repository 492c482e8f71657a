import { Injectable } from '@nestjs/common';
import { done, refuse, type Operation, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { decideStanding, type Standing } from '../domain/account.js';
import { noteSecret } from '../http/secrets-once.js';
import { changeStanding, lockAdmins, lockUser, readListedUser, type ListedUser } from './accounts.queries.js';
import { holdLogin, type Login } from './hold-login.js';
import { saveReset } from './password-resets.queries.js';
import { hashOf, randomSecret } from './refresh-token.js';
import { SessionsHandler } from './sessions.handler.js';
import { Users } from './users.repository.js';

/** A token to set a password anew, shown this once. */
export interface ResetToken {
  readonly token: string;
  readonly expiresAt: string;
}

/** A user after a change, and what they might do before. */
interface Changed {
  readonly before: Standing;
  readonly user: ListedUser;
}

/** The changes that admins make to the accounts of others. */
@Injectable()
export class UsersHandler {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsHandler,
    private readonly users: Users,
  ) {}

  /**
   * Changes role or state, on all replicas; admins take turns, so that the last one stays.
   *
   * @throws Refused with UNAUTHENTICATED
   */
  async change(
    caller: Login,
    userId: string,
    change: Partial<Standing>,
  ): Promise<Outcome<Changed, 'USER_NOT_FOUND' | 'LAST_ADMIN'>> {
    const outcome = await this.database.transaction(async (tx) => {
      const admins = await lockAdmins(tx);
      await holdLogin(tx, caller);
      const before = await lockUser(tx, userId);
      if (before === undefined || before.state === 'DELETED') return refuse('USER_NOT_FOUND');
      const decided = decideStanding(before, change, admins);
      if (!decided.ok) return decided;
      const user = await changeStanding(tx, userId, decided.value);
      return user === undefined ? refuse('USER_NOT_FOUND') : done({ before, user });
    });
    if (!outcome.ok) return outcome;
    // Whoever has the answer can rely on it.
    await this.users.forgetEverywhere();
    const { role, state } = outcome.value.before;
    return done({ before: { role, state }, user: outcome.value.user });
  }

  /**
   * Makes the token with which a user's password can be set anew, in place of the one before. Nobody makes their own:
   * whoever has stolen an access token would have the account with it.
   *
   * @param operation under which it is made once
   * @throws Refused with UNAUTHENTICATED or IDEMPOTENCY_KEY_REUSED
   */
  async makeReset(
    caller: Login,
    userId: string,
    operation: Operation,
  ): Promise<Outcome<ResetToken, 'FORBIDDEN' | 'USER_NOT_FOUND'>> {
    if (userId === caller.userId) return refuse('FORBIDDEN', 'POST /auth/password changes your own password');
    const token = randomSecret().toString('base64url');
    const expiresAt = await this.database.transaction(async (tx) => {
      await holdLogin(tx, caller);
      const end = await saveReset(tx, userId, hashOf(token));
      if (end !== undefined) await noteSecret(tx, operation, `a token for /admin/users/${userId}`);
      return end;
    });
    if (expiresAt === undefined) return refuse('USER_NOT_FOUND');
    return done({ token, expiresAt: expiresAt.toISOString() });
  }

  /** Logs a user out everywhere. */
  async endSessions(userId: string): Promise<Outcome<undefined, 'USER_NOT_FOUND'>> {
    if ((await readListedUser(this.database, userId)) === undefined) return refuse('USER_NOT_FOUND');
    await this.sessions.endAll(userId);
    return done(undefined);
  }
}
