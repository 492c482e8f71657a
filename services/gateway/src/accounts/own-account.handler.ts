import { Injectable } from '@nestjs/common';
import { done, refuse, type Outcome } from '@jangteo/contracts';
import { Database, isUniqueViolation } from '@jangteo/database';
import {
  eraseUser,
  lockAdmins,
  lockUser,
  readUserById,
  renameUser,
  replacePassword,
  type User,
  type UserRow,
} from './accounts.queries.js';
import { deleteApiKeysOf } from './api-keys.queries.js';
import { ApiKeys } from './api-keys.js';
import { readBelongings } from './belongings.js';
import { decideDeletion, decidePassword, decideStanding } from '../domain/account.js';
import type { Call } from '../http/request-context.js';
import { Upstream } from '../http/upstream.js';
import { LoginLimit } from './login-limit.js';
import { PasswordCheck } from './password-check.js';
import { deleteReset, readReset, spendReset } from './password-resets.queries.js';
import { Passwords } from './passwords.js';
import { hashOf } from './refresh-token.js';
import { endSessionsOf } from './sessions.queries.js';
import { Users } from './users.repository.js';

type Wrong = 'INVALID_CREDENTIALS' | 'UNAUTHENTICATED';

/** A user who has shown the password, and the hash that it has. */
interface Proved {
  readonly user: UserRow;
  readonly hash: string;
}

/** The changes that users make to their own accounts. Whoever holds no more than an access token can make few. */
@Injectable()
export class OwnAccountHandler {
  constructor(
    private readonly database: Database,
    private readonly check: PasswordCheck,
    private readonly passwords: Passwords,
    private readonly upstream: Upstream,
    private readonly users: Users,
    private readonly keys: ApiKeys,
    private readonly loginLimit: LoginLimit,
  ) {}

  /** @throws Refused with RATE_LIMITED */
  async rename(
    call: Call,
    change: { readonly name?: string | undefined; readonly email?: string | undefined },
    currentPassword: string | undefined,
  ): Promise<Outcome<User, Wrong | 'EMAIL_TAKEN'>> {
    const { userId } = call.caller;
    // Whether an e-mail is taken is told to nobody who has not shown the password.
    const proved = currentPassword === undefined ? undefined : await this.#proved(call, currentPassword);
    if (proved?.ok === false) return proved;
    const { user: before, hash } = proved?.value ?? {};
    // And to those who have as seldom as to whoever registers.
    const isAsking = change.email !== undefined && change.email !== before?.email;
    if (isAsking) await this.loginLimit.takeRegistration(call.networks);
    try {
      const user = await renameUser(this.database, userId, change, hash);
      this.users.forgetAll();
      if (user !== undefined) return done(user);
      return refuse(hash === undefined ? 'UNAUTHENTICATED' : 'INVALID_CREDENTIALS');
    } catch (error) {
      if (isUniqueViolation(error)) return refuse('EMAIL_TAKEN');
      throw error;
    }
  }

  /** Changes the password; all other sessions end, and so does a token to set it anew. */
  async changePassword(
    call: Call,
    currentPassword: string,
    newPassword: string,
  ): Promise<Outcome<undefined, Wrong | 'VALIDATION_FAILED'>> {
    const proved = await this.#proved(call, currentPassword);
    if (!proved.ok) return proved;
    const { user, hash } = proved.value;
    const decided = decidePassword(newPassword, user);
    if (!decided.ok) return decided;
    const anew = await this.passwords.hash(newPassword, { networks: call.networks, rank: 'known' });
    const isChanged = await this.database.transaction(async (tx) => {
      const locked = await lockUser(tx, user.userId);
      if (locked?.passwordHash !== hash) return false;
      await replacePassword(tx, user.userId, anew);
      await deleteReset(tx, user.userId);
      await endSessionsOf(tx, user.userId, call.caller.sessionId);
      return true;
    });
    this.users.forgetAll();
    return isChanged ? done(undefined) : refuse('INVALID_CREDENTIALS');
  }

  /** Sets a password anew, for whoever has the token that an admin made; all sessions end, and all keys. */
  async resetPassword(
    call: Call,
    token: string,
    newPassword: string,
  ): Promise<Outcome<undefined, 'RESET_TOKEN_INVALID' | 'VALIDATION_FAILED'>> {
    const tokenHash = hashOf(token);
    const user = await readReset(this.database, tokenHash);
    if (user === undefined) return refuse('RESET_TOKEN_INVALID');
    const decided = decidePassword(newPassword, user);
    if (!decided.ok) return decided;
    const anew = await this.passwords.hash(newPassword, { networks: call.networks, rank: 'login' });
    const isSet = await this.database.transaction(async (tx) => {
      await lockUser(tx, user.userId);
      if (!(await spendReset(tx, tokenHash))) return false;
      if (!(await replacePassword(tx, user.userId, anew))) return false;
      await endSessionsOf(tx, user.userId);
      await deleteApiKeysOf(tx, user.userId);
      return true;
    });
    this.users.forgetAll();
    this.keys.forgetAll();
    return isSet ? done(undefined) : refuse('RESET_TOKEN_INVALID');
  }

  /**
   * Deletes an account: who it was is erased, what it did stays in the books. What is begun at the same moment is still
   * carried out.
   */
  async delete(
    call: Call,
    currentPassword: string,
  ): Promise<Outcome<undefined, Wrong | 'ACCOUNT_NOT_EMPTY' | 'LAST_ADMIN'>> {
    const proved = await this.#proved(call, currentPassword);
    if (!proved.ok) return proved;
    const { user, hash } = proved.value;
    const { userId } = user;
    const decided = decideDeletion(await readBelongings(this.upstream, userId, call));
    if (!decided.ok) return decided;
    const outcome = await this.database.transaction(async (tx) => {
      const leaving = decideStanding(user, { state: 'DELETED' }, await lockAdmins(tx));
      if (!leaving.ok) return leaving;
      if (!(await eraseUser(tx, userId, hash))) return refuse('INVALID_CREDENTIALS');
      await deleteReset(tx, userId);
      await endSessionsOf(tx, userId);
      await deleteApiKeysOf(tx, userId);
      return done(undefined);
    });
    this.users.forgetAll();
    this.keys.forgetAll();
    return outcome;
  }

  async #proved(call: Call, password: string): Promise<Outcome<Proved, Wrong>> {
    const user = await readUserById(this.database, call.caller.userId);
    if (user === undefined || user.state === 'DELETED') return refuse('UNAUTHENTICATED');
    const hash = await this.check.hashOf({ password, email: user.email, networks: call.networks }, user);
    return hash === undefined ? refuse('INVALID_CREDENTIALS') : done({ user, hash });
  }
}
