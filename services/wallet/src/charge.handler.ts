import { Inject, Injectable } from '@nestjs/common';
import type { chargeWallet, PayloadOf } from '@jangteo/contracts';
import { Database, decideOnce } from '@jangteo/database';
import { DEFERRED, leftMs, newId, type Batch, type BatchResult, type Delivery } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { countPending, insertCharges, lockCharges, updateCharges } from './charge.queries.js';
import {
  decideHolds,
  isPassing,
  type Charge,
  type ChargeAnswer,
  type ChargeRequest,
  type ChargeTerms,
} from './domain/charge.js';
import { decideRepeats, type Repeat } from './domain/repeats.js';
import { leaseMs, PaymentHandler } from './payment.handler.js';
import { PAYMENT_PROVIDER, type PaymentProvider } from './payment.provider.js';
import { SettlementHandler } from './settlement.handler.js';
import type { WalletConfig } from './wallet.config.js';
import { createWallets, lockWallets, saveWalletChanges } from './wallet.queries.js';

/** The share of an asker's patience after which it is told that the charge is pending. */
const PATIENCE_SHARE = 0.8;

type ChargeSettings = Pick<
  WalletConfig,
  | 'BALANCE_MAX'
  | 'CHARGE_MAX'
  | 'CHARGES_PENDING_PER_USER_MAX'
  | 'CHARGE_WAITERS_MAX'
  | 'CURRENCY'
  | 'PAYMENT_DEADLINE_MS'
>;

type ChargeDelivery = Delivery<PayloadOf<typeof chargeWallet>>;

/** The result of a request for a charge. */
type Fate =
  | { readonly kind: 'begun'; readonly charge: Charge }
  | { readonly kind: 'repeated'; readonly chargeId: string }
  | { readonly kind: 'refused'; readonly answer: ChargeAnswer };

/** Takes charges in. */
@Injectable()
export class ChargeHandler {
  readonly #terms: ChargeTerms;

  constructor(
    private readonly database: Database,
    private readonly payments: PaymentHandler,
    private readonly settlements: SettlementHandler,
    @Inject(PAYMENT_PROVIDER) provider: PaymentProvider,
    @Inject(CONFIG) private readonly config: ChargeSettings,
  ) {
    this.#terms = {
      balanceMax: config.BALANCE_MAX,
      chargeMax: config.CHARGE_MAX,
      currency: config.CURRENCY,
      pendingMax: config.CHARGES_PENDING_PER_USER_MAX,
      provider: provider.name,
      defaultPaymentMethod: provider.defaultPaymentMethod,
    };
  }

  /** Stores charges, and leaves the rest to {@link PaymentHandler}: who asked is answered once it is known. */
  async charge(batch: Batch<typeof chargeWallet>): Promise<BatchResult<ChargeAnswer>> {
    const { fates, replayed } = await this.#begin(batch.map(requestOf));
    const begun = fates.flatMap((fate) => (fate.kind === 'begun' ? [fate.charge] : []));
    fates.forEach((fate, index) => {
      if (fate.kind === 'begun') this.#answerInTime(fate.charge, batch[index] as ChargeDelivery);
    });
    void this.payments.pay(begun);
    const repeated = fates.flatMap((fate, index) =>
      fate.kind === 'repeated' ? [{ chargeId: fate.chargeId, delivery: batch[index] as ChargeDelivery }] : [],
    );
    const toRepeats = (await this.#repeat(repeated)).values();
    const outcomes = fates.map((fate) => {
      if (fate.kind === 'refused') return fate.answer;
      return fate.kind === 'repeated' ? (toRepeats.next().value ?? DEFERRED) : DEFERRED;
    });
    return { outcomes, replayed };
  }

  /** Stores the charges whose operation keys are new. */
  async #begin(
    requests: readonly ChargeRequest[],
  ): Promise<{ readonly fates: Fate[]; readonly replayed: ReadonlySet<number> }> {
    const begun = new Map<ChargeRequest, Charge>();
    const { pendingMax, provider } = this.#terms;
    const { outcomes, replayed } = await decideOnce(this.database, requests, {
      keyOf: ({ payload }) => payload.operation,
      async load(tx, all) {
        // A batch that met another one's commit is decided again from the start.
        begun.clear();
        const userIds = all.map(({ payload }) => payload.userId);
        const [, wallets] = await Promise.all([createWallets(tx, userIds), lockWallets(tx, userIds)]);
        // What is pending is held: most wallets have nothing to be counted.
        const holding = wallets.filter(({ held }) => held > 0).map(({ userId }) => userId);
        const pending =
          holding.length > 0 ? await countPending(tx, holding, { provider, most: pendingMax }) : [];
        return { wallets, pending };
      },
      isPassing,
      decide: (found, fresh) => {
        const { outcomes: decided, changes } = decideHolds(found, fresh, this.#terms, newId);
        const charges = changes.charges.values();
        decided.forEach(({ ok }, index) => {
          const charge = ok ? charges.next().value : undefined;
          if (charge !== undefined) begun.set(fresh[index] as ChargeRequest, charge);
        });
        return { outcomes: decided, changes };
      },
      save: (changes) => [
        ...insertCharges(changes.charges, leaseMs(this.config)),
        ...saveWalletChanges(changes),
      ],
    });
    const fates = outcomes.map((outcome, index): Fate => {
      const charge = begun.get(requests[index] as ChargeRequest);
      if (charge !== undefined) return { kind: 'begun', charge };
      return outcome.ok
        ? { kind: 'repeated', chargeId: outcome.value.chargeId }
        : { kind: 'refused', answer: outcome };
    });
    return { fates, replayed };
  }

  /** The first answer to each of these charges; undefined where it has to be waited for. */
  async #repeat(
    repeated: readonly { readonly chargeId: string; readonly delivery: ChargeDelivery }[],
  ): Promise<(ChargeAnswer | undefined)[]> {
    if (repeated.length === 0) return [];
    const repeats: Repeat[] = repeated.map(({ chargeId, delivery }) => ({
      chargeId,
      waiter: delivery.replyAddress,
    }));
    const { answers } = await this.database.decided({
      read: (tx) =>
        lockCharges(
          tx,
          repeats.map(({ chargeId }) => chargeId),
        ),
      decide: (charges) => decideRepeats(charges, repeats, this.config.CHARGE_WAITERS_MAX),
      write: ({ changed }) => updateCharges(changed.map((charge) => ({ charge }))),
    });
    repeated.forEach(({ chargeId, delivery }, index) => {
      const { userId } = delivery.payload;
      if (answers[index] === undefined) this.#answerInTime({ chargeId, userId }, delivery);
    });
    return answers;
  }

  #answerInTime(charge: Pick<Charge, 'chargeId' | 'userId'>, delivery: ChargeDelivery): void {
    if (delivery.replyAddress === undefined) return;
    const patienceMs =
      delivery.deadlineMs === undefined ? this.config.PAYMENT_DEADLINE_MS : leftMs(delivery) * PATIENCE_SHARE;
    this.settlements.answerWithin(charge, patienceMs);
  }
}

function requestOf({ payload, replyAddress }: ChargeDelivery): ChargeRequest {
  return { payload, waiter: replyAddress };
}
