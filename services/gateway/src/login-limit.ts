import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { GatewayConfig } from './gateway.config.js';

const WINDOW_SECONDS = 60;

/** How often one address may try to log in to one account. Counted in the database, for all replicas. */
@Injectable()
export class LoginLimit {
  readonly #limiter: RateLimiterPostgres;

  constructor(database: Database, @Inject(CONFIG) config: Pick<GatewayConfig, 'LOGIN_ATTEMPTS_PER_MINUTE'>) {
    const points = config.LOGIN_ATTEMPTS_PER_MINUTE;
    this.#limiter = new RateLimiterPostgres({
      storeClient: {
        query: async ({ text, values }: { text: string; values: unknown[] }) => {
          const rows = await database.rows(text, values);
          return { rows, rowCount: rows.length };
        },
      },
      storeType: 'pool',
      tableName: 'login_attempts',
      tableCreated: true,
      keyPrefix: '',
      points,
      duration: WINDOW_SECONDS,
      // Whoever goes on against the limit costs no statement any more.
      inMemoryBlockOnConsumed: points,
    });
  }

  /**
   * Counts an attempt.
   *
   * @returns `undefined` when it may go on, else the seconds to wait
   */
  async take(address: string, email: string): Promise<number | undefined> {
    try {
      await this.#limiter.consume(keyOf(address, email));
      return undefined;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return secondsOf(error);
    }
  }

  /**
   * Tells whether attempts are left, and counts none.
   *
   * @returns `undefined` when one may go on, else the seconds to wait
   */
  async look(address: string, email: string): Promise<number | undefined> {
    const found = await this.#limiter.get(keyOf(address, email));
    return found === null || found.remainingPoints > 0 ? undefined : secondsOf(found);
  }
}

function keyOf(address: string, email: string): string {
  return createHash('sha256').update(`${address} ${email}`).digest('base64url');
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000));
}
