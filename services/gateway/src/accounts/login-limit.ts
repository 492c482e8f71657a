import { createHash } from 'node:crypto';
import { HOUR_MS } from '@jangteo/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { LRUCache } from 'lru-cache';
import { giveBack, takeFrom, type Budget, type Taken } from './attempts.queries.js';
import { sharesOf } from '../domain/network.js';
import type { GatewayConfig } from '../gateway.config.js';
import { Refused } from '../http/refusal-error.js';
import { security } from './security-log.js';

const MINUTE_MS = 60_000;
const BLOCKED_MAX = 20_000;

type LimitConfig = Pick<
  GatewayConfig,
  'LOGIN_ATTEMPTS_PER_MINUTE' | 'LOGIN_FAILURES_PER_MINUTE' | 'ACCOUNTS_PER_NETWORK_PER_HOUR'
>;

export interface Attempt {
  /** Of the client, the narrowest first. */
  readonly networks: readonly string[];
  readonly email: string;
  /** The account was used from there before. */
  readonly isKnown: boolean;
}

/** Counts taken for an attempt. */
export interface Taking {
  readonly attempt: readonly Taken[];
  /** Those that it counts as until it has succeeded. */
  readonly failures: readonly Taken[];
}

/**
 * Limits how often one address may try to log in to one account, and how often logins may fail: those of one network,
 * whatever accounts it tries, and those to one account, wherever they come from. Failures of strangers do not block
 * clients that come from where the account was used before. All of it is taken before a password is looked at and given
 * back when it was right, so that many attempts at once cannot pass the limit either. Counted in the database, for all
 * replicas.
 */
@Injectable()
export class LoginLimit {
  /** Ends of blocks, in epoch milliseconds: whoever goes on against the limit costs no statement any more. */
  readonly #blocked = new LRUCache<string, number>({ max: BLOCKED_MAX });

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: LimitConfig,
  ) {}

  /**
   * Counts an attempt, and as a failure until {@link succeeded} says otherwise.
   *
   * @throws Refused with RATE_LIMITED
   */
  async take({ networks, email, isKnown }: Attempt): Promise<Taking> {
    const [address = ''] = networks;
    const attempts = { key: keyOf(address, email), max: this.config.LOGIN_ATTEMPTS_PER_MINUTE };
    const max = this.config.LOGIN_FAILURES_PER_MINUTE;
    const failures = [
      ...budgetsOf('failures from', networks, max),
      { key: keyOf('failures to', email), max },
    ];
    const taken = await this.#take(isKnown ? [attempts] : [attempts, ...failures], MINUTE_MS, () =>
      security.note('login-locked', { address, email }),
    );
    return {
      attempt: taken.filter(({ key }) => key === attempts.key),
      failures: taken.filter(({ key }) => key !== attempts.key),
    };
  }

  /** The attempt was no failure. */
  async succeeded({ failures }: Taking): Promise<void> {
    await giveBack(this.database, failures);
  }

  /** It was not even an attempt. */
  async undo({ attempt, failures }: Taking): Promise<void> {
    await giveBack(this.database, [...attempt, ...failures]);
  }

  /**
   * Counts a registration, for each network of the client.
   *
   * @throws Refused with RATE_LIMITED
   */
  async takeRegistration(networks: readonly string[]): Promise<void> {
    const max = this.config.ACCOUNTS_PER_NETWORK_PER_HOUR;
    if (max === 0) return;
    const [address = ''] = networks;
    await this.#take(budgetsOf('accounts of', networks, max), HOUR_MS, () =>
      security.note('registration-refused', { address }),
    );
  }

  async #take(budgets: readonly Budget[], windowMs: number, refused: () => void): Promise<Taken[]> {
    const now = performance.now();
    const blockedMs = (this.#blocked.get(budgets[0]!.key) ?? 0) - now;
    const isBlocked = blockedMs > 0;
    const taken = isBlocked ? [] : await takeFrom(this.database, budgets, windowMs);
    const exceeded = taken.filter(({ isExceeded }) => isExceeded);
    if (!isBlocked && exceeded.length === 0) return taken;
    const waitMs = Math.max(blockedMs, 0, ...exceeded.map(({ leftMs }) => leftMs));
    // The first is never given back, so that it stays exceeded for as long as it says.
    if (exceeded.some(({ key }) => key === budgets[0]!.key)) {
      this.#blocked.set(budgets[0]!.key, now + waitMs);
    }
    refused();
    await giveBack(
      this.database,
      taken.filter(({ isExceeded }) => !isExceeded),
    );
    throw new Refused(
      { code: 'RATE_LIMITED', detail: 'too many attempts' },
      Math.max(1, Math.ceil(waitMs / 1_000)),
    );
  }
}

const keyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join(' ')).digest('base64url');

/** The wider a network is, the more of a maximum it may have. */
const budgetsOf = (what: string, networks: readonly string[], max: number): Budget[] =>
  sharesOf(networks).map(([network, share]) => ({ key: keyOf(what, network), max: max * share }));
