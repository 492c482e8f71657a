import { Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { readUsers, type User } from './accounts.queries.js';

interface Waiting {
  readonly userId: string;
  resolve(user: User | undefined): void;
  reject(error: unknown): void;
}

/**
 * Looks users up. Every authenticated request needs one, so lookups share a statement: while one is under
 * way, the next ones gather. Nothing is remembered, so a user who is gone is gone.
 */
@Injectable()
export class Users {
  #waiting: Waiting[] = [];
  #isReading = false;

  constructor(private readonly database: Database) {}

  /** @throws TransientFailure when the database is away */
  find(userId: string): Promise<User | undefined> {
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
        for (const { userId, resolve } of batch) resolve(users.get(userId));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isReading = false;
  }
}
