import { Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { readUsers, type KnownUser } from './accounts.queries.js';
import { Remembered } from '../http/remembered.js';

const REMEMBERED_MAX = 20_000;

/** That share a statement: as many as may wait. */
const LOOKUPS_AT_ONCE = 10_000;

interface Lookup {
  readonly userId: string;
  readonly sessionId: string | null;
}

/** A session is one user's; a user's own id stands where no session is asked for. */
const keyOf = ({ userId, sessionId }: Lookup): string =>
  sessionId === null ? userId : `${userId} ${sessionId}`;

/**
 * Looks users up, with the session that they call in. Who was found is remembered for a second, so a user or a session
 * that is gone, or an admin who is none any more, is so a second later; what ended here is so at once.
 */
@Injectable()
export class Users {
  readonly #remembered: Remembered<Lookup, KnownUser>;

  constructor(private readonly database: Database) {
    const read = (lookups: readonly Lookup[]) => this.#read(lookups);
    this.#remembered = new Remembered({ keyOf, read, atOnce: LOOKUPS_AT_ONCE, most: REMEMBERED_MAX });
  }

  /**
   * @param sessionId must be one of the user's that has not ended, where it is given
   * @throws TransientFailure when the database is away
   */
  find(userId: string, sessionId?: string): Promise<KnownUser | undefined> {
    return this.#remembered.of({ userId, sessionId: sessionId ?? null });
  }

  /** To be called once sessions have ended. */
  forget(userId: string, sessionIds: readonly string[]): void {
    this.#remembered.forget(sessionIds.map((sessionId) => ({ userId, sessionId })));
  }

  /** To be called once users were changed. */
  forgetAll(): void {
    this.#remembered.forgetAll();
  }

  /** As {@link forgetAll}; resolves once no other replica remembers them as they were. */
  async forgetEverywhere(): Promise<void> {
    await this.#remembered.forgetEverywhere();
  }

  async #read(lookups: readonly Lookup[]): Promise<Map<string, KnownUser>> {
    const found = await readUsers(this.database, lookups);
    return new Map(found.map(({ sessionId, ...user }) => [keyOf({ ...user, sessionId }), user]));
  }
}
