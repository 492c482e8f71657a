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
        query: async ({ text, values }: { text: string; values: unknown[] }) => ({
          rows: await database.rows(text, values),
        }),
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
    const key = createHash('sha256').update(`${address} ${email}`).digest('base64url');
    try {
      await this.#limiter.consume(key);
      return undefined;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
    }
  }
}
