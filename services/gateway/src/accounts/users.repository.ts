import { Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { LRUCache } from 'lru-cache';
import { readUsers, type KnownUser } from './accounts.queries.js';
import { Gathering } from '../http/gathering.js';

const REMEMBERED_MS = 1_000;
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
 * Looks users up, with the session that they call in. Every authenticated request needs one, so lookups share a
 * statement: while one is under way, the next ones gather. Who was found is remembered for a second, so a user or a
 * session that is gone, or an admin who is none any more, is so a second later; what ended here is so at once.
 */
@Injectable()
export class Users {
  readonly #remembered = new LRUCache<string, KnownUser>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });
  readonly #lookups = new Gathering<Lookup, KnownUser | undefined>(LOOKUPS_AT_ONCE, (some) =>
    this.#read(some),
  );
  /** The number of times that something was forgotten: anything read before the latest is not remembered. */
  #forgotten = 0;

  constructor(private readonly database: Database) {}

  /**
   * @param sessionId must be one of the user's that has not ended, where it is given
   * @throws TransientFailure when the database is away
   */
  find(userId: string, sessionId?: string): Promise<KnownUser | undefined> {
    const asked = { userId, sessionId: sessionId ?? null };
    const known = this.#remembered.get(keyOf(asked));
    if (known !== undefined) return Promise.resolve(known);
    return this.#lookups.of(asked);
  }

  /** To be called once sessions have ended. */
  forget(userId: string, sessionIds: readonly string[]): void {
    if (sessionIds.length === 0) return;
    this.#forgotten += 1;
    for (const sessionId of sessionIds) this.#remembered.delete(keyOf({ userId, sessionId }));
  }

  /** To be called once users were changed: that is seldom, and what is forgotten is read again. */
  forgetAll(): void {
    this.#forgotten += 1;
    this.#remembered.clear();
  }

  async #read(lookups: readonly Lookup[]): Promise<(KnownUser | undefined)[]> {
    const forgotten = this.#forgotten;
    const asked = [...new Map(lookups.map((lookup) => [keyOf(lookup), lookup])).values()];
    const found = await readUsers(this.database, asked);
    const users = new Map(found.map(({ sessionId, ...user }) => [keyOf({ ...user, sessionId }), user]));
    if (forgotten === this.#forgotten) {
      for (const [key, user] of users) this.#remembered.set(key, user);
    }
    return lookups.map((lookup) => users.get(keyOf(lookup)));
  }
}
