import { Inject, Injectable } from '@nestjs/common';
import { chargeWallet } from '@jangteo/contracts';
import { failpoint, NOT_IN_TIME, within } from '@jangteo/messaging';
import { CONFIG, FairQueue } from '@jangteo/service';
import type { Charge } from './domain/charge.js';
import { paymentSeconds } from './payment.metrics.js';
import { PAYMENT_PROVIDER, type PaymentProvider, type PaymentResult } from './payment.provider.js';
import { SettlementHandler } from './settlement.handler.js';
import type { WalletConfig } from './wallet.config.js';

type PaymentSettings = Pick<WalletConfig, 'PAYMENT_DEADLINE_MS' | 'PAYMENT_CONCURRENCY_MAX'>;

/** Charges that wait for their turn; beyond, the last of whoever has most is left to the sweeper. */
const WAITING_MAX = 10_000;

/** A charge that waits for its turn at the provider. */
interface Queued {
  readonly charge: Charge;
  readonly sinceMs: number;
  readonly done: () => void;
}

/** Time for which a charge is this process's alone: waiting for its turn, asking, settling. */
export function leaseMs({ PAYMENT_DEADLINE_MS }: Pick<PaymentSettings, 'PAYMENT_DEADLINE_MS'>): number {
  return 2 * PAYMENT_DEADLINE_MS;
}

/** Asks the provider about charges, so many at a time and users by turns, outside of any transaction. */
@Injectable()
export class PaymentHandler {
  readonly #inWork = new Set<Promise<void>>();
  readonly #queue = new FairQueue<Queued>(WAITING_MAX);
  #isStopping = false;

  constructor(
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly settlements: SettlementHandler,
    @Inject(CONFIG) private readonly config: PaymentSettings,
  ) {}

  /**
   * Asks about charges whose lease has just begun. One that has to wait for its turn until half of the lease is
   * over is left to the sweeper.
   *
   * @returns once each was asked about or left; never rejects
   */
  async pay(charges: readonly Charge[]): Promise<void> {
    const sinceMs = performance.now();
    const turns = charges.map(
      (charge) =>
        new Promise<void>((done) => this.#queue.add([charge.userId], { charge, sinceMs, done })?.done()),
    );
    this.#fill();
    await Promise.all(turns);
  }

  /** Asks about no more charges, lets those in work be settled, and answers everybody who waits. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#fill();
    await Promise.all(this.#inWork);
    await this.settlements.answerAll();
  }

  #fill(): void {
    while (this.#isStopping || this.#inWork.size < this.config.PAYMENT_CONCURRENCY_MAX) {
      const next = this.#queue.take();
      if (next === undefined) return;
      const { charge, sinceMs, done } = next;
      const waitedMs = performance.now() - sinceMs;
      if (this.#isStopping || waitedMs > leaseMs(this.config) / 2 - 1) {
        done();
        continue;
      }
      const work = this.#ask(charge).finally(() => {
        this.#inWork.delete(work);
        done();
        this.#fill();
      });
      this.#inWork.add(work);
    }
  }

  async #ask(charge: Charge): Promise<void> {
    const { chargeId, userId } = charge;
    failpoint('payment.begun', [chargeWallet]);
    const stopTimer = paymentSeconds.startTimer({ provider: this.provider.name });
    const { kind, detail } = await this.#resultOf(charge);
    stopTimer({ result: kind });
    failpoint('payment.answered', [chargeWallet]);
    this.settlements.add({ chargeId, userId, kind, detail });
  }

  /** Asks the provider; `unknown` where it says nothing in time. */
  async #resultOf({ attempts, ...charge }: Charge): Promise<PaymentResult> {
    const { PAYMENT_DEADLINE_MS: deadlineMs } = this.config;
    try {
      const said = await within(this.provider.pay({ ...charge, attempt: attempts }, deadlineMs), deadlineMs);
      return said === NOT_IN_TIME ? { kind: 'unknown', detail: `no answer within ${deadlineMs} ms` } : said;
    } catch (error) {
      return { kind: 'unknown', detail: String(error) };
    }
  }
}
