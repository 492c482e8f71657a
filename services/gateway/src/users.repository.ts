import { Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { readUsers, type User } from './accounts.queries.js';
import { Remembered } from './domain/remembered.js';

const REMEMBERED_MS = 1_000;
const REMEMBERED_MAX = 20_000;

interface Waiting {
  readonly userId: string;
  resolve(user: User | undefined): void;
  reject(error: unknown): void;
}

/**
 * Looks users up. Every authenticated request needs one, so lookups share a statement: while one is under
 * way, the next ones gather. Who was found is remembered for a second, so a user who is gone, or an admin who
 * is none any more, is so a second later.
 */
@Injectable()
export class Users {
  readonly #remembered = new Remembered<User>(REMEMBERED_MAX);
  #waiting: Waiting[] = [];
  #isReading = false;

  constructor(private readonly database: Database) {}

  /** @throws TransientFailure when the database is away */
  find(userId: string): Promise<User | undefined> {
    const known = this.#remembered.get(userId, Date.now());
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ userId, resolve, reject });
      if (!this.#isReading) void this.#read();
    });
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const userIds = [...new Set(batch.map(({ userId }) => userId))];
        const users = new Map((await readUsers(this.database, userIds)).map((user) => [user.userId, user]));
        const untilMs = Date.now() + REMEMBERED_MS;
        for (const user of users.values()) this.#remembered.set(user.userId, user, untilMs);
        for (const { userId, resolve } of batch) resolve(users.get(userId));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isReading = false;
  }
}
