import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { chargeWallet, type Backoff } from '@jangteo/contracts';
import { Database, type Statements } from '@jangteo/database';
import {
  answerTo,
  BusyFailure,
  failpoint,
  inHaste,
  newId,
  Publisher,
  TransientFailure,
} from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { lockCharges, updateCharges } from './charge.queries.js';
import type { Charge } from './domain/charge.js';
import { HeldWallets } from './domain/held-wallets.js';
import { decideSettlements, type Settlement, type Verdict } from './domain/settlement.js';
import { chargesSettled } from './payment.metrics.js';
import type { Wallet } from './domain/wallet-book.js';
import type { WalletConfig } from './wallet.config.js';
import { lockFreeWallets, lockWallets, saveWalletChanges } from './wallet.queries.js';

/** The most attempts at a transaction while the database is away. */
const ATTEMPTS_MAX = 5;
const PAUSE_MS = 200;
/** Charges that one log line names. */
const NAMED_MAX = 5;

interface State {
  readonly wallets: readonly Wallet[];
  readonly charges: readonly Charge[];
  /** Those that the rows are there for. */
  readonly verdicts: readonly Verdict[];
}

const usersOf = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ userId }) => userId);
const chargesOf = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ chargeId }) => chargeId);

async function readAll(tx: Statements, verdicts: readonly Verdict[]): Promise<State> {
  const [wallets, charges] = await Promise.all([
    lockWallets(tx, usersOf(verdicts)),
    lockCharges(tx, chargesOf(verdicts)),
  ]);
  return { wallets, charges, verdicts };
}

/** Leaves out what is of wallets that somebody else holds. */
async function readFree(tx: Statements, all: readonly Verdict[]): Promise<State> {
  const wallets = await lockFreeWallets(tx, usersOf(all));
  const free = new Set(wallets.map(({ userId }) => userId));
  const verdicts = all.filter(({ userId }) => free.has(userId));
  return { wallets, charges: await lockCharges(tx, chargesOf(verdicts)), verdicts };
}

type SettlementSettings = Pick<WalletConfig, 'BATCH_SIZE_MAX' | 'PAYMENT_RETRY_MS' | 'PAYMENT_RETRY_MS_MAX'>;

/**
 * Writes down what became of payments, and answers those who wait: all that is known by now in one
 * transaction, while the next verdicts gather. Whoever holds a wallet keeps only that wallet's charges waiting. What it
 * cannot write is lost without harm: the sweeper asks the provider again, and it says the same.
 */
@Injectable()
export class SettlementHandler {
  readonly #logger = new Logger(SettlementHandler.name);
  readonly #retries: Backoff;
  readonly #timers = new Map<string, { readonly verdict: Verdict; readonly timer: NodeJS.Timeout }>();
  #gathered: Verdict[] = [];
  #working: Promise<void> | undefined;
  readonly #held = new HeldWallets();
  #trying: Promise<void> | undefined;
  #nextTry: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(
    private readonly database: Database,
    @Inject(Publisher) private readonly publisher: Pick<Publisher, 'publish'>,
    @Inject(CONFIG) private readonly config: SettlementSettings,
  ) {
    this.#retries = { retryMs: config.PAYMENT_RETRY_MS, retryMsMax: config.PAYMENT_RETRY_MS_MAX };
  }

  /** Never throws and waits for nothing. */
  add(verdict: Verdict): void {
    this.#gathered.push(verdict);
    this.#working ??= this.#run();
  }

  /** Sees to it that who waits for a charge is answered in time, with PENDING when nothing is known by then. */
  answerWithin({ chargeId, userId }: Pick<Charge, 'chargeId' | 'userId'>, ms: number): void {
    if (this.#timers.has(chargeId)) return;
    const verdict: Verdict = { chargeId, userId, kind: 'late' };
    const timer = setTimeout(() => this.#hurry(chargeId), Math.max(ms, 0));
    this.#timers.set(chargeId, { verdict, timer });
  }

  /** At the end: answers everybody who waits at this process, with what is known now. */
  async answerAll(): Promise<void> {
    this.#isEnding = true;
    for (const chargeId of this.#timers.keys()) this.#hurry(chargeId);
    await this.idle();
    while (this.#held.size > 0) await this.#tryHeld();
    clearTimeout(this.#nextTry);
  }

  /** Until everything that was added is written, or waits for somebody who holds its wallet. */
  async idle(): Promise<void> {
    await this.#working;
    await this.#trying;
  }

  #hurry(chargeId: string): void {
    const late = this.#forget(chargeId);
    if (late !== undefined) this.add(late);
  }

  #forget(chargeId: string): Verdict | undefined {
    const waiting = this.#timers.get(chargeId);
    clearTimeout(waiting?.timer);
    this.#timers.delete(chargeId);
    return waiting?.verdict;
  }

  async #run(): Promise<void> {
    // What the provider has answered by now is one batch rather than 1 and n - 1.
    await new Promise(setImmediate);
    while (this.#gathered.length > 0) {
      const batch = this.#gathered.splice(0, this.config.BATCH_SIZE_MAX);
      const { held = [], open = [] } = Object.groupBy(batch, ({ userId }) =>
        this.#held.has(userId) ? 'held' : 'open',
      );
      this.#putAside(held);
      if (open.length > 0) this.#putAside(await this.#settle(open));
    }
    this.#working = undefined;
  }

  #putAside(verdicts: readonly Verdict[]): void {
    if (verdicts.length === 0) return;
    const left = verdicts.filter((verdict) => !this.#held.keep(verdict));
    if (left.length > 0) this.#giveUp(left, 'too many wait for wallets that somebody holds');
    void this.#tryHeld();
  }

  /** Tries the held wallets that it is time for, one by one. */
  #tryHeld(): Promise<void> {
    clearTimeout(this.#nextTry);
    this.#trying ??= this.#tryDue().finally(() => {
      this.#trying = undefined;
      const inMs = this.#held.dueAtMs - performance.now();
      if (inMs < Infinity) this.#nextTry = setTimeout(() => void this.#tryHeld(), Math.max(inMs, 1));
    });
    return this.#trying;
  }

  async #tryDue(): Promise<void> {
    const due = () => this.#held.take(this.#isEnding ? Infinity : performance.now());
    for (let taken = due(); taken !== undefined; taken = due()) {
      const { userId, verdicts } = taken;
      const left = await this.#settle(verdicts);
      if (this.#isEnding && left.length > 0) this.#giveUp(left, 'somebody holds the wallet');
      const failures = this.#held.put(userId, this.#isEnding ? [] : left, performance.now());
      if (failures === 1)
        this.#logger.warn(`somebody holds the wallet of user ${userId}: its payments wait, others go on`);
    }
  }

  #giveUp({ length }: readonly Verdict[], why: string): void {
    this.#logger.error(`${length} payments are not settled, to be asked again: ${why}`);
  }

  /** @returns what others are in the way of */
  async #settle(verdicts: readonly Verdict[]): Promise<readonly Verdict[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#settleOnce(verdicts, readAll);
      } catch (error) {
        if (error instanceof BusyFailure) return await this.#settleFree(verdicts);
        const passes = error instanceof TransientFailure;
        if (!passes && verdicts.length > 1) {
          const left: Verdict[] = [];
          for (const verdict of verdicts) left.push(...(await this.#settle([verdict])));
          return left;
        }
        if (!passes || attempt === ATTEMPTS_MAX) {
          this.#giveUp(verdicts, String(error));
          return [];
        }
        await pause(PAUSE_MS * attempt);
      }
    }
  }

  async #settleFree(verdicts: readonly Verdict[]): Promise<readonly Verdict[]> {
    if (new Set(usersOf(verdicts)).size === 1) return verdicts;
    try {
      return await this.#settleOnce(verdicts, readFree);
    } catch {
      // Each wallet alone shows whose it is.
      return verdicts;
    }
  }

  /**
   * In haste, since others wait behind these.
   * @returns those that `read` left out
   */
  async #settleOnce(all: readonly Verdict[], read: typeof readAll): Promise<readonly Verdict[]> {
    const { verdicts, ...settlement } = await inHaste(() => this.#decided(all, read));
    failpoint('payment.settled', [chargeWallet]);
    for (const { chargeId } of verdicts) this.#forget(chargeId);
    await this.publisher.publish(settlement.answers.map(({ to, outcome }) => answerTo(to, outcome)));
    failpoint('payment.told', [chargeWallet]);
    this.#report(settlement);
    const done = new Set(verdicts);
    return all.filter((verdict) => !done.has(verdict));
  }

  async #decided(
    all: readonly Verdict[],
    read: typeof readAll,
  ): Promise<Settlement & Pick<State, 'verdicts'>> {
    return await this.database.decided({
      read: (tx) => read(tx, all),
      decide: ({ verdicts, ...state }) => ({
        verdicts,
        ...decideSettlements(state, verdicts, this.#retries, newId),
      }),
      write: ({ changes }) => [...updateCharges(changes.charges), ...saveWalletChanges(changes)],
    });
  }

  #report({ settled, unknown, contradictions }: Settlement): void {
    for (const { status } of settled) chargesSettled.inc({ status });
    if (unknown.length > 0) this.#logger.warn(namesOf(unknown));
    for (const { chargeId, kind } of contradictions) {
      this.#logger.error(
        `the payment of charge ${chargeId} is now said to be ${kind}: the opposite is settled`,
      );
    }
  }
}

function namesOf(unknown: Settlement['unknown']): string {
  const named = unknown.slice(0, NAMED_MAX).map(({ charge, detail = 'no reason given' }) => {
    return `charge ${charge.chargeId}, asked about ${charge.attempts} times: ${detail}`;
  });
  const rest = unknown.length - named.length;
  return `payments with unknown outcome: ${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
