import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { chargeWallet, type Backoff } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
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
import { decideSettlements, type Settlement, type Verdict } from './domain/settlement.js';
import { chargesSettled } from './payment.metrics.js';
import type { WalletConfig } from './wallet.config.js';
import { lockWallets, saveWalletChanges } from './wallet.queries.js';

/** The most attempts at a transaction while the database is away. */
const ATTEMPTS_MAX = 5;
const PAUSE_MS = 200;
/** Charges that one log line names. */
const NAMED_MAX = 5;

type SettlementSettings = Pick<WalletConfig, 'BATCH_SIZE_MAX' | 'PAYMENT_RETRY_MS' | 'PAYMENT_RETRY_MS_MAX'>;

/**
 * Writes down what became of payments, and answers those who wait: all that is known by now in one
 * transaction, while the next verdicts gather. What it cannot write is lost without harm: the sweeper asks
 * the provider again, and it says the same.
 */
@Injectable()
export class SettlementHandler {
  readonly #logger = new Logger(SettlementHandler.name);
  readonly #retries: Backoff;
  readonly #timers = new Map<string, { readonly verdict: Verdict; readonly timer: NodeJS.Timeout }>();
  #gathered: Verdict[] = [];
  #working: Promise<void> | undefined;

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

  /** Answers everybody who waits at this process, with what is known now. */
  async answerAll(): Promise<void> {
    for (const chargeId of this.#timers.keys()) this.#hurry(chargeId);
    await this.idle();
  }

  /** Until everything that was added is written. */
  async idle(): Promise<void> {
    await this.#working;
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
    while (this.#gathered.length > 0)
      await this.#settle(this.#gathered.splice(0, this.config.BATCH_SIZE_MAX));
    this.#working = undefined;
  }

  async #settle(verdicts: readonly Verdict[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#settleOnce(verdicts);
        return;
      } catch (error) {
        // Somebody who holds one wallet keeps none of the others from being settled.
        const passes = error instanceof TransientFailure && !(error instanceof BusyFailure);
        if (!passes && verdicts.length > 1) {
          for (const verdict of verdicts) await inHaste(() => this.#settle([verdict]));
          return;
        }
        if (!passes || attempt === ATTEMPTS_MAX) {
          this.#logger.error(
            `${verdicts.length} payments are not settled, to be asked again: ${String(error)}`,
          );
          return;
        }
        await pause(PAUSE_MS * attempt);
      }
    }
  }

  async #settleOnce(verdicts: readonly Verdict[]): Promise<void> {
    const settlement = await this.database.decided({
      async read(tx) {
        const [wallets, charges] = await Promise.all([
          lockWallets(
            tx,
            verdicts.map(({ userId }) => userId),
          ),
          lockCharges(
            tx,
            verdicts.map(({ chargeId }) => chargeId),
          ),
        ]);
        return { wallets, charges };
      },
      decide: (state) => decideSettlements(state, verdicts, this.#retries, newId),
      write: ({ changes }) => [...updateCharges(changes.charges), ...saveWalletChanges(changes)],
    });
    failpoint('payment.settled', [chargeWallet]);
    for (const { chargeId } of verdicts) this.#forget(chargeId);
    await this.publisher.publish(settlement.answers.map(({ to, outcome }) => answerTo(to, outcome)));
    failpoint('payment.told', [chargeWallet]);
    this.#report(settlement);
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
