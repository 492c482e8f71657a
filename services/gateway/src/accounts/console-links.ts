import { Injectable } from '@nestjs/common';
import { done, refuse, type Operation, type Outcome } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { consolePathOf } from '../domain/console-site.js';
import type { LoggedIn } from '../domain/caller.js';
import { noteSecret } from '../http/secrets-once.js';
import { lockUser, type UserRow } from './accounts.queries.js';
import { deleteOldLinks, insertLink, spendLink } from './console-links.queries.js';
import { hashOf, randomSecret } from './refresh-token.js';
import { holdSession } from './sessions.queries.js';

/** Links that a user may have at a time; one more takes the place of the oldest. */
const PER_USER_MAX = 10;

/** A link that logs in once. */
export interface ConsoleLink {
  readonly loginToken: string;
  readonly expiresAt: string;
  readonly path: string;
}

/** Links by which staff log in to the console in a browser. */
@Injectable()
export class ConsoleLinks {
  constructor(private readonly database: Database) {}

  /**
   * Makes a link. Who calls may be remembered for a second after their session has ended: none is made of that.
   *
   * @param operation under which it is made once
   * @throws Refused with IDEMPOTENCY_KEY_REUSED
   */
  async make(
    { userId, sessionId }: Pick<LoggedIn, 'userId' | 'sessionId'>,
    operation: Operation,
  ): Promise<Outcome<ConsoleLink, 'UNAUTHENTICATED'>> {
    const loginToken = randomSecret().toString('base64url');
    const expiresAt = await this.database.transaction(async (tx) => {
      if ((await lockUser(tx, userId)) === undefined) return undefined;
      if (sessionId !== undefined && !(await holdSession(tx, userId, sessionId))) return undefined;
      await noteSecret(tx, operation, 'a link to the console');
      await deleteOldLinks(tx, userId, PER_USER_MAX - 1);
      return await insertLink(tx, userId, hashOf(loginToken));
    });
    if (expiresAt === undefined) return refuse('UNAUTHENTICATED');
    return done({ loginToken, expiresAt: expiresAt.toISOString(), path: consolePathOf(loginToken) });
  }

  /** @returns whom it logs in; `undefined` for one that is not good, or not any more */
  async spend(loginToken: string): Promise<UserRow | undefined> {
    return await spendLink(this.database, hashOf(loginToken));
  }
}
