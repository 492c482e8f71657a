import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { replacePassword, type UserRow } from './accounts.queries.js';
import { isKnownNetwork } from './known-networks.queries.js';
import { LoginLimit, type Taking } from './login-limit.js';
import { Passwords, type Turn, type Verdict } from './passwords.js';
import { security } from './security-log.js';

/** Of a client, the narrowest first. */
export type Networks = readonly [string, ...string[]];

/** A password that somebody gives for theirs, and where from. */
export interface Given {
  readonly password: string;
  readonly email: string;
  readonly networks: Networks;
}

/** Whose password it should be, with its hash. */
export type Owner = Pick<UserRow, 'userId' | 'passwordHash'>;

/** Looks at passwords, as often as the limits of logins let anybody guess. */
@Injectable()
export class PasswordCheck {
  readonly #logger = new Logger(PasswordCheck.name);

  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly loginLimit: LoginLimit,
  ) {}

  /**
   * Checks a password, in the same time whether or not there is such a user.
   *
   * @returns the hash that it has now; `undefined` where it is wrong
   * @throws Refused with RATE_LIMITED
   */
  async hashOf(given: Given, user: Owner | undefined): Promise<string | undefined> {
    const { password, email, networks } = given;
    const { turn, taken } = await this.take(given, user);
    const verdict = await this.verified(password, user, turn, taken);
    if (verdict === 'wrong' || user === undefined) {
      security.note('login-failed', { address: networks[0], email });
      return undefined;
    }
    await this.loginLimit.succeeded(taken);
    if (verdict === 'right') return user.passwordHash;
    return (await this.#hashAnew(password, user, turn)) ?? user.passwordHash;
  }

  /**
   * Counts a try, before the password is looked at.
   *
   * @throws Refused with RATE_LIMITED
   */
  async take(
    { email, networks }: Given,
    user: Owner | undefined,
  ): Promise<{ readonly turn: Turn; readonly taken: Taking }> {
    const isKnown = user !== undefined && (await isKnownNetwork(this.database, user.userId, networks[0]));
    const taken = await this.loginLimit.take({ networks, email, isKnown });
    return { turn: { networks, rank: isKnown ? 'known' : 'login' }, taken };
  }

  /** Looks at it. A password that could not be looked at was no try. */
  async verified(password: string, user: Owner | undefined, turn: Turn, taken: Taking): Promise<Verdict> {
    try {
      return await this.passwords.verify(password, user?.passwordHash, turn);
    } catch (error) {
      await this.loginLimit.undo(taken);
      throw error;
    }
  }

  /** Of a password that was changed meanwhile nothing is saved. What fails here is done with the next login. */
  async #hashAnew(
    password: string,
    { userId, passwordHash }: Owner,
    turn: Turn,
  ): Promise<string | undefined> {
    try {
      const anew = await this.passwords.hash(password, turn);
      return (await replacePassword(this.database, userId, anew, passwordHash)) ? anew : undefined;
    } catch (error) {
      this.#logger.warn(`a password was not hashed anew: ${String(error)}`);
      return undefined;
    }
  }
}
