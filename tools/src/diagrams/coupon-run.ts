import { createCoupon, issueCoupon, readHistory, type Outcome } from '@jangteo/contracts';
import { decideCreations, decideIssues, type Coupon, type IssueState } from '@jangteo/coupon/domain';
import type { PrintedRoute } from '../documents.js';
import { Sequence, statusLine, wordsOf } from './sequence.js';

const { service: COUPON } = issueCoupon;
const NOW = new Date(0);
const newId = (): string => 'id';

const [MADE] = decideCreations([createCoupon.example.payload], { now: NOW, newId }).changes;

/** Issues of one coupon, decided by the service's own function over rows in memory; every message is drawn. */
export class IssueRun {
  readonly sequence = new Sequence();
  #state: IssueState;

  /**
   * @param route that of an issue
   * @param terms of the coupon, where they differ from the usual ones
   */
  constructor(
    private readonly route: PrintedRoute,
    terms: Partial<Coupon>,
  ) {
    this.#state = { coupons: [{ ...MADE!, ...terms }], holdings: [] };
  }

  /** A user asks, and is answered. */
  ask(userId: string): void {
    this.sequence.call(
      'client',
      'gateway',
      `${this.route.method.toUpperCase()} ${this.route.path} (${userId})`,
    );
    this.#answer(this.#decide(userId));
  }

  /** A user asks, and the gateway asks the wallet in between, since the coupon demands it. */
  askWithWallet(userId: string, hasCharged: boolean): void {
    this.sequence.call(
      'client',
      'gateway',
      `${this.route.method.toUpperCase()} ${this.route.path} (${userId})`,
    );
    this.sequence.answer(COUPON, 'gateway', wordsOf(this.#decide(userId)));
    this.sequence.call('gateway', readHistory.service, readHistory.type);
    this.sequence.answer(readHistory.service, 'gateway', hasCharged ? 'a charge' : 'no charge');
    this.#answer(this.#decide(userId, hasCharged));
  }

  #decide(userId: string, hasCharged?: boolean): Outcome {
    this.sequence.call('gateway', COUPON, issueCoupon.type);
    const account = { createdAt: NOW.toISOString(), hasCharged };
    const payload = { ...issueCoupon.example.payload, couponId: MADE!.couponId, userId, account };
    const { outcomes, changes } = decideIssues(this.#state, [payload], { now: NOW, newId });
    const left = this.#state.coupons.map((coupon) => ({ ...coupon, ...changes.coupons[0] }));
    this.#state = { coupons: left, holdings: [...this.#state.holdings, ...changes.issued] };
    const [coupon] = left;
    this.sequence.note(COUPON, `${coupon?.issuedQuantity} of ${coupon?.totalQuantity} issued`);
    return outcomes[0]!;
  }

  #answer(outcome: Outcome): void {
    const text = outcome.ok
      ? `sequence ${(outcome.value as { sequence: number }).sequence}`
      : wordsOf(outcome);
    this.sequence.answer(COUPON, 'gateway', text);
    this.sequence.answer('gateway', 'client', statusLine(this.route.status, outcome));
  }
}

interface IssueCase {
  readonly title: string;
  readonly caption: string;
  readonly terms: Partial<Coupon>;
  happens(run: IssueRun): void;
}

export const ISSUE_CASES: readonly IssueCase[] = [
  {
    title: 'Coupon: issued, asked for twice, sold out',
    caption: 'The last one of it. Requests are decided one after the other under the lock of its row.',
    terms: { totalQuantity: 1 },
    happens(run) {
      run.ask('ann');
      run.ask('ann');
      run.ask('bob');
    },
  },
  {
    title: 'Coupon: for those who have charged',
    caption: 'The wallet is only asked where the coupon demands it, so that the others cost no look at it.',
    terms: { needsChargedWallet: true },
    happens(run) {
      run.askWithWallet('ann', true);
      run.askWithWallet('bob', false);
    },
  },
];
