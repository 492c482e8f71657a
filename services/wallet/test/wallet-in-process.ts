import { randomUUIDv7 } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Outcome, OutcomeOf, PayloadOf, chargeWallet } from '@jangteo/contracts';
import type { Database } from '@jangteo/database';
import { askHandlers, type Ask } from '@jangteo/testkit';
import { DEFERRED, type Outgoing } from '@jangteo/messaging';
import { AdjustmentHandler } from '../src/adjustment.handler.js';
import { ChargeHandler } from '../src/charge.handler.js';
import { PaymentHandler } from '../src/payment.handler.js';
import type { Payment, PaymentProvider, PaymentResult } from '../src/payment.provider.js';
import { PaymentSweeper } from '../src/payment.sweeper.js';
import { SettlementHandler } from '../src/settlement.handler.js';
import { walletHandlers } from '../src/wallet.handlers.js';

export const SETTINGS = {
  NODE_ENV: 'test' as const,
  BALANCE_MAX: 1_000_000,
  CHARGE_MAX: 1_000_000,
  CHARGES_PENDING_PER_USER_MAX: 1_000,
  CURRENCY: 'krw',
  BATCH_SIZE_MAX: 200,
  CHARGE_WAITERS_MAX: 50,
  PAYMENT_DEADLINE_MS: 2_000,
  PAYMENT_CONCURRENCY_MAX: 8,
  PAYMENT_RETRY_MS: 10,
  PAYMENT_RETRY_MS_MAX: 100,
  SWEEP_INTERVAL_MS: 1_000,
};

type Settings = typeof SETTINGS;
export type ChargeAsked = PayloadOf<typeof chargeWallet>;
type ChargeOutcome = OutcomeOf<typeof chargeWallet>;

/** A provider that remembers what it took, and answers as it is told; paid, unless told otherwise. */
export class RecordingProvider implements PaymentProvider {
  readonly name = 'recording';
  readonly defaultPaymentMethod = 'card';
  /** Every time that it was asked. */
  readonly asked: Payment[] = [];
  /** The payments that were taken, by key: the second time under one key takes nothing. */
  readonly taken = new Map<string, number>();
  answer: (payment: Payment) => PaymentResult | Promise<PaymentResult> = () => ({ kind: 'paid' });

  async pay(payment: Payment): Promise<PaymentResult> {
    this.asked.push(payment);
    const result = await this.answer(payment);
    if (result.kind === 'paid') this.taken.set(payment.chargeId, payment.amount);
    return result;
  }

  timesAsked(chargeId: string): number {
    return this.asked.filter((payment) => payment.chargeId === chargeId).length;
  }
}

// What the handlers log is read in the contract test.
Logger.overrideLogger(false);

/** Askers that wait for an answer, whichever process gives it: the part of the broker in a shop. */
const waiting = new Map<string, (outcome: Outcome) => void>();

function hear(outgoing: Outgoing): void {
  if (outgoing.kind !== 'answer') throw new Error(`the wallet has no ${outgoing.kind} to send`);
  waiting.get(outgoing.to.correlationId)?.(outgoing.outcome);
  waiting.delete(outgoing.to.correlationId);
}

/** Moments at which a process may be made to die, as far as the database can see. */
export type Death = 'before the call' | 'before settling';

/** The wallet's handlers as one process has them. */
export class WalletProcess {
  readonly ask: Ask;
  readonly charges: ChargeHandler;
  readonly payments: PaymentHandler;
  readonly settlements: SettlementHandler;
  readonly sweeper: PaymentSweeper;

  constructor(
    database: Database,
    readonly provider: PaymentProvider,
    { dies, ...settings }: Partial<Settings> & { dies?: Death } = {},
  ) {
    const config = { ...SETTINGS, ...settings };
    const publish = async (outgoing: readonly Outgoing[]): Promise<void> => outgoing.forEach(hear);
    this.settlements = new SettlementHandler(database, { publish }, config);
    if (dies === 'before settling') this.settlements.add = () => undefined;
    this.payments = new PaymentHandler(provider, this.settlements, config);
    if (dies === 'before the call') this.payments.pay = async () => undefined;
    this.charges = new ChargeHandler(database, this.payments, this.settlements, provider, config);
    this.ask = askHandlers(walletHandlers, database, this.charges, new AdjustmentHandler(database, config));
    const server = { drain: async () => undefined };
    this.sweeper = new PaymentSweeper(database, this.payments, server, provider, config);
  }

  /** Asks for charges in one batch and waits for every answer, `patienceMs` at most where it is given. */
  async charge(asked: readonly ChargeAsked[], patienceMs?: number): Promise<ChargeOutcome[]> {
    const correlationIds = asked.map(() => randomUUIDv7());
    const answers = correlationIds.map((id) => new Promise<Outcome>((resolve) => waiting.set(id, resolve)));
    const deadlineMs = patienceMs === undefined ? undefined : performance.now() + patienceMs;
    const batch = asked.map((payload, index) => ({
      type: 'a test',
      payload,
      messageId: randomUUIDv7(),
      correlationId: undefined,
      replyAddress: { replyTo: 'test', correlationId: correlationIds[index] as string },
      deadlineMs,
      trace: {},
    }));
    const { outcomes } = await this.charges.charge(batch);
    const settled = outcomes.map(async (outcome, index) =>
      outcome === DEFERRED ? await answers[index] : outcome,
    );
    return (await Promise.all(settled)) as ChargeOutcome[];
  }

  /** Ends it as a stop of the service would. */
  async stop(): Promise<void> {
    await this.sweeper.beforeApplicationShutdown();
  }
}
