import { Injectable } from '@nestjs/common';
import { ApiKeys, isApiKey } from '../accounts/api-keys.js';
import { Tokens, type Claimed } from '../accounts/tokens.js';
import { Users } from '../accounts/users.repository.js';
import { effectiveRole, type LoggedIn } from '../domain/caller.js';
import { DatabaseClock } from './database-clock.js';
import { Refused } from './refusal-error.js';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Finds out who calls. */
@Injectable()
export class Callers {
  constructor(
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly keys: ApiKeys,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * @param authorization the header's value
   * @returns `undefined` where it is nobody's, or not any more
   * @throws Refused with ACCOUNT_SUSPENDED; TransientFailure when the database is away
   */
  async of(authorization: string | undefined): Promise<LoggedIn | undefined> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const claimed = isApiKey(token)
      ? await this.#claimedBy(token)
      : await this.tokens.verify(token, this.clock.now());
    if (claimed === undefined) return undefined;
    const { sessionId, keyId } = claimed;
    const user = await this.users.find(claimed.userId, sessionId);
    if (user === undefined || user.state === 'DELETED') return undefined;
    if (user.state === 'SUSPENDED') throw new Refused({ code: 'ACCOUNT_SUSPENDED' });
    const { userId, createdAt } = user;
    return { userId, role: effectiveRole(claimed.role, user.role), sessionId, keyId, createdAt };
  }

  /** A key acts in the name of who made it. */
  async #claimedBy(key: string): Promise<Claimed | undefined> {
    const found = await this.keys.find(key);
    return found && { userId: found.makerId, role: found.role, sessionId: undefined, keyId: found.keyId };
  }
}
