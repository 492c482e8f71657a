import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { chargeWallet } from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { BatchServer, failpoint } from '@jangteo/messaging';
import { CONFIG, RecurringJob } from '@jangteo/service';
import { readPendingCharges, takeChargesToAskAbout } from './charge.queries.js';
import { leaseMs, PaymentHandler } from './payment.handler.js';
import { showPending } from './payment.metrics.js';
import { PAYMENT_PROVIDER, type PaymentProvider } from './payment.provider.js';
import type { WalletConfig } from './wallet.config.js';

type SweepSettings = Pick<
  WalletConfig,
  'NODE_ENV' | 'PAYMENT_DEADLINE_MS' | 'PAYMENT_CONCURRENCY_MAX' | 'SWEEP_INTERVAL_MS'
>;

/**
 * Asks again about every charge whose payment is not settled: those with an unknown outcome, and those whose
 * process died somewhere between storing the charge and settling it.
 */
@Injectable()
export class PaymentSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(PaymentSweeper.name);
  readonly #job: RecurringJob;
  readonly #counting: RecurringJob;
  #isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly payments: PaymentHandler,
    @Inject(BatchServer) private readonly server: Pick<BatchServer, 'drain'>,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    @Inject(CONFIG) private readonly config: SweepSettings,
  ) {
    const { SWEEP_INTERVAL_MS: everyMs } = config;
    this.#job = new RecurringJob('looking at pending charges', everyMs, () => this.sweep());
    // By itself: a look goes on for as long as the provider leaves charges pending, and that must be seen.
    this.#counting = new RecurringJob('counting pending charges', everyMs, () => this.#show());
  }

  onApplicationBootstrap(): void {
    if (this.provider.name === 'sandbox' && this.config.NODE_ENV === 'production') {
      this.#logger.warn('PAYMENT_PROVIDER is sandbox: wallets are charged, and nobody pays');
    }
    this.#job.start();
    this.#counting.start();
  }

  /** Once no new charge can come, and before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.server.drain();
    await Promise.all([this.payments.stop(), this.#job.stop(), this.#counting.stop()]);
  }

  /**
   * Looks once at every charge that it is time for.
   * @throws TransientFailure when the database was away
   */
  async sweep(): Promise<void> {
    // The other half of the places at the provider stays free for those who wait for an answer.
    const limit = Math.ceil(this.config.PAYMENT_CONCURRENCY_MAX / 2);
    const search = { provider: this.provider.name, leaseMs: leaseMs(this.config), limit };
    for (let found = limit; found === limit && !this.#isStopping;) {
      const charges = await takeChargesToAskAbout(this.database, search);
      if (charges.length > 0) failpoint('payment.resumed', [chargeWallet]);
      await this.payments.pay(charges);
      found = charges.length;
    }
  }

  async #show(): Promise<void> {
    showPending(await readPendingCharges(this.database), this.provider.name);
  }
}
