import { Injectable } from '@nestjs/common';
import type { Operation } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { consolePathOf } from '../domain/console-site.js';
import { noteSecret } from '../http/secrets-once.js';
import type { UserRow } from './accounts.queries.js';
import { deleteOldLinks, insertLink, spendLink } from './console-links.queries.js';
import { holdLogin, type Login } from './hold-login.js';
import { hashOf, randomSecret } from './refresh-token.js';

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
   * Makes a link.
   *
   * @param operation under which it is made once
   * @throws Refused with UNAUTHENTICATED or IDEMPOTENCY_KEY_REUSED
   */
  async make(maker: Login, operation: Operation): Promise<ConsoleLink> {
    const loginToken = randomSecret().toString('base64url');
    const expiresAt = await this.database.transaction(async (tx) => {
      await holdLogin(tx, maker);
      await noteSecret(tx, operation, 'a link to the console');
      await deleteOldLinks(tx, maker.userId, PER_USER_MAX - 1);
      return await insertLink(tx, maker.userId, hashOf(loginToken));
    });
    return { loginToken, expiresAt: expiresAt.toISOString(), path: consolePathOf(loginToken) };
  }

  /** @returns whom it logs in; `undefined` for one that is not good, or not any more */
  async spend(loginToken: string): Promise<UserRow | undefined> {
    return await spendLink(this.database, hashOf(loginToken));
  }
}
