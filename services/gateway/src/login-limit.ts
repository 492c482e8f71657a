import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { GatewayConfig } from './gateway.config.js';

const WINDOW_SECONDS = 60;

type LimitConfig = Pick<GatewayConfig, 'LOGIN_ATTEMPTS_PER_MINUTE' | 'LOGIN_FAILURES_PER_MINUTE'>;

function limiterOf(database: Database, points: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
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
 * How often one address may try to log in to one account, and how often logins may fail: those of one address,
 * whatever accounts it tries, and those to one account, wherever they come from. Counted in the database, for
 * all replicas.
 */
@Injectable()
export class LoginLimit {
  readonly #attempts: RateLimiterPostgres;
  readonly #failures: RateLimiterPostgres;

  constructor(database: Database, @Inject(CONFIG) config: LimitConfig) {
    this.#attempts = limiterOf(database, config.LOGIN_ATTEMPTS_PER_MINUTE);
    this.#failures = limiterOf(database, config.LOGIN_FAILURES_PER_MINUTE);
  }

  /**
   * Counts an attempt.
   *
   * @returns `undefined` when it may go on, else the seconds to wait
   */
  async take(address: string, email: string): Promise<number | undefined> {
    const wait = await this.#lookAtFailures(address, email);
    if (wait !== undefined) return wait;
    return secondsOf(await consumed(this.#attempts, attemptOf(address, email)));
  }

  /**
   * Tells whether attempts are left, and counts none.
   *
   * @returns `undefined` when one may go on, else the seconds to wait
   */
  async look(address: string, email: string): Promise<number | undefined> {
    const found = await this.#attempts.get(attemptOf(address, email));
    return (found !== null && exhausted(found)) || (await this.#lookAtFailures(address, email));
  }

  /** Counts an attempt that failed. */
  async failed(address: string, email: string): Promise<void> {
    await Promise.all(failuresOf(address, email).map((key) => consumed(this.#failures, key)));
  }

  async #lookAtFailures(address: string, email: string): Promise<number | undefined> {
    const found = await Promise.all(failuresOf(address, email).map((key) => this.#failures.get(key)));
    const waits = found.flatMap((result) => (result === null ? [] : (exhausted(result) ?? [])));
    return waits.length === 0 ? undefined : Math.max(...waits);
  }
}

/** @returns why it was refused; `undefined` when it was not */
async function consumed(limiter: RateLimiterPostgres, key: string): Promise<RateLimiterRes | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return error;
  }
}

const keyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join(' ')).digest('base64url');

const attemptOf = (address: string, email: string): string => keyOf(address, email);

const failuresOf = (address: string, email: string): string[] => [
  keyOf('failures from', address),
  keyOf('failures to', email),
];

/** @returns the seconds to wait, where nothing is left */
const exhausted = (found: RateLimiterRes): number | undefined =>
  found.remainingPoints > 0 ? undefined : secondsOf(found);

function secondsOf(refused: RateLimiterRes): number;
function secondsOf(refused: RateLimiterRes | undefined): number | undefined;
function secondsOf(refused: RateLimiterRes | undefined): number | undefined {
  return refused === undefined ? undefined : Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
}
