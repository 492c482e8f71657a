import { chargeWallet, lookAtBalances, type Outcome } from '@jangteo/contracts';
import {
  decideHolds,
  decideSettlements,
  type Charge,
  type Verdict,
  type Wallet,
} from '@jangteo/wallet/domain';
import type { PrintedRoute } from '../documents.js';
import { TERMS } from './charge-terms.js';
import { message, Sequence, statusLine, wordsOf } from './sequence.js';

const { service: WALLET } = lookAtBalances;
const RETRIES = { retryMs: 5_000, retryMsMax: 60_000 };
const { userId, chargeId } = chargeWallet.example.payload;
const newId = (): string => 'id';

/** One charge, decided by the wallet's own functions over rows in memory; every message is drawn. */
export class ChargeRun {
  readonly sequence = new Sequence();
  #wallets: readonly Wallet[] = [];
  #charges: readonly Charge[] = [];

  /** @param route that of a charge */
  constructor(private readonly route: PrintedRoute) {}

  /** The client asks, and the charge is stored or refused. */
  ask(amount: number): void {
    this.sequence.call('client', 'gateway', `${this.route.method.toUpperCase()} ${this.route.path}`);
    this.sequence.call('gateway', WALLET, message(chargeWallet.type, { amount }));
    const payload = { ...chargeWallet.example.payload, amount };
    const waiter = { replyTo: 'gateway', correlationId: '1' };
    const { outcomes, changes } = decideHolds(
      { wallets: this.#wallets, pending: [] },
      [{ payload, waiter }],
      TERMS,
      newId,
    );
    const [outcome] = outcomes;
    if (outcome?.ok === false) return this.#answer(outcome);
    this.#wallets = changes.wallets;
    this.#charges = changes.charges;
    this.#note();
    this.sequence.call(WALLET, 'provider', 'pay, under the id of the charge');
  }

  /** The sweeper asks about a charge that is open. */
  askAgain(): void {
    this.sequence.note(WALLET, 'the sweeper looks at open charges');
    this.sequence.call(WALLET, 'provider', 'the same question, under the same id');
  }

  /** The provider's answer, or that there is none yet, is settled. */
  settle(kind: Verdict['kind']): void {
    if (kind === 'late') this.sequence.note(WALLET, 'who waits can wait no longer');
    else if (kind === 'unknown') this.sequence.fail('provider', WALLET, kind);
    else this.sequence.answer('provider', WALLET, kind);
    const state = { wallets: this.#wallets, charges: this.#charges };
    const { changes, answers } = decideSettlements(state, [{ chargeId, userId, kind }], RETRIES, newId);
    if (changes.wallets.length > 0) this.#wallets = changes.wallets;
    if (changes.charges.length > 0) this.#charges = changes.charges.map(({ charge }) => charge);
    const [change] = changes.charges;
    this.#note(change?.askAgainInMs === undefined ? '' : `, to be asked again in ${change.askAgainInMs} ms`);
    for (const { outcome } of answers) this.#answer(outcome);
  }

  #answer(outcome: Outcome): void {
    this.sequence.answer(WALLET, 'gateway', wordsOf(outcome));
    this.sequence.answer('gateway', 'client', statusLine(this.route.status, outcome));
  }

  #note(more = ''): void {
    const [wallet] = this.#wallets;
    const [charge] = this.#charges;
    this.sequence.note(WALLET, `${charge?.status}, balance ${wallet?.balance}, held ${wallet?.held}${more}`);
  }
}

interface ChargeCase {
  readonly title: string;
  readonly caption: string;
  happens(run: ChargeRun): void;
}

const AMOUNT = 50_000;

function then(...kinds: readonly Verdict['kind'][]) {
  return (run: ChargeRun): void => {
    run.ask(AMOUNT);
    kinds.forEach((kind, index) => {
      if (index > 0 && kinds[index - 1] === 'unknown') run.askAgain();
      run.settle(kind);
    });
  };
}

export const CHARGE_CASES: readonly ChargeCase[] = [
  {
    title: 'Charge: paid',
    caption: 'The amount is held before the provider is asked.',
    happens: then('paid'),
  },
  {
    title: 'Charge: declined',
    caption: 'Nothing is credited, and no longer held.',
    happens: then('declined'),
  },
  {
    title: 'Charge: outcome not known',
    caption:
      'The client is told so and is not kept waiting; it is asked about until the provider says which.',
    happens: then('unknown', 'paid'),
  },
  {
    title: 'Charge: provider slower than the client waits',
    caption:
      'The answer of the first time stays the answer to every repeat; the charge itself is read by its id.',
    happens: then('late', 'paid'),
  },
  {
    title: 'Charge: refused before anybody pays',
    caption: 'More than a charge may be, or than the balance may come to.',
    happens: (run) => run.ask(TERMS.chargeMax + 1),
  },
];
