import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_MS, refuse, type CouponStatus, type Outcome } from '@jangteo/contracts';
import { decideChanges } from './campaign.js';
import { couponOf, type Coupon } from './coupon.js';
import { decideIssues } from './issue.js';
import { decideReleases, decideUses, type Redemption } from './redemption.js';
import type { IssuedCoupon } from './user-coupon.js';

type Message =
  | {
      readonly kind: 'change';
      readonly key: string;
      readonly couponId: string;
      readonly status: CouponStatus;
    }
  | { readonly kind: 'issue'; readonly key: string; readonly couponId: string; readonly userId: string }
  | {
      readonly kind: 'use' | 'release';
      readonly key: string;
      readonly orderId: string;
      readonly couponId: string;
      readonly userId: string;
      readonly subtotal: number;
    };
type Kind = Message['kind'];
type OrderMessage = Extract<Message, { orderId: string }>;

function isOrderMessage(message: Message): message is OrderMessage {
  return message.kind === 'use' || message.kind === 'release';
}

interface Holding extends IssuedCoupon {
  readonly orderId: string | null;
}

const terms = { name: 'x', discountType: 'PERCENT' as const, discountValue: 50, minOrderAmount: 40 };
const campaigns: Coupon[] = [
  couponOf({ ...terms, totalQuantity: 3, validDays: 1 }, 'tea', new Date(0)),
  couponOf({ ...terms, totalQuantity: 2 }, 'cake', new Date(0)),
];

/** A coupon service without a database: rows and stored outcomes in memory, one batch after the other. */
class World {
  readonly coupons = new Map(campaigns.map((coupon) => [coupon.couponId, coupon]));
  readonly holdings = new Map<string, Holding>();
  readonly redemptions = new Map<string, Redemption & { releasedAt?: Date }>();
  readonly outcomes = new Map<string, Outcome>();
  /** The user coupon of each order, found out once: both of its commands must name the same. */
  readonly #named = new Map<string, string>();

  handle(batch: readonly Message[], now: Date): Outcome[] {
    const fresh = [...new Map(batch.map((message) => [message.key, message])).values()].filter(
      ({ key }) => !this.outcomes.has(key),
    );
    const outcomes = this.#work(fresh, now);
    if (outcomes.length !== fresh.length) throw new Error('an answer is missing or too many');
    fresh.forEach(({ key }, index) => this.outcomes.set(key, outcomes[index] as Outcome));
    return batch.map(({ key }) => this.outcomes.get(key) as Outcome);
  }

  #work(messages: readonly Message[], now: Date): Outcome[] {
    const coupons = [...this.coupons.values()];
    const operation = { key: '', fingerprint: '' };
    const changes = messages.filter((message) => message.kind === 'change');
    if (changes.length > 0) {
      const requests = changes.map((message) => ({ ...message, operation }));
      const decision = decideChanges(coupons, requests);
      for (const { couponId, status, version } of decision.changes) {
        this.#update(couponId, { status, version });
      }
      return decision.outcomes;
    }
    const issues = messages.filter((message) => message.kind === 'issue');
    if (issues.length > 0) {
      const requests = issues.map((message) => ({ ...message, operation }));
      let ids = this.holdings.size;
      const newId = () => `uc-${(ids += 1)}`;
      const state = { coupons, holdings: [...this.holdings.values()] };
      const decision = decideIssues(state, requests, { now, newId });
      for (const { couponId, issuedQuantity } of decision.changes.coupons) {
        this.#update(couponId, { issuedQuantity });
      }
      for (const row of decision.changes.issued) {
        this.holdings.set(row.userCouponId, { ...row, orderId: null });
      }
      return decision.outcomes;
    }
    const commands = messages
      .filter(isOrderMessage)
      .map((message) => ({ ...message, userCouponId: this.#nameOf(message) }));
    return commands[0]?.kind === 'use' ? this.#use(commands, now) : this.#release(commands, now);
  }

  #use(commands: (OrderMessage & { userCouponId: string })[], now: Date): Outcome[] {
    const usable = [...this.holdings.values()].map((row) => ({
      ...(this.coupons.get(row.couponId) as Coupon),
      ...row,
      takenBackAt: null,
    }));
    const { outcomes, changes } = decideUses({ rows: usable, now }, commands);
    for (const row of changes) {
      if (this.redemptions.has(row.orderId)) throw new Error(`${row.orderId} used two coupons`);
      this.redemptions.set(row.orderId, row);
      this.holdings.set(row.userCouponId, { ...this.holding(row.userCouponId), orderId: row.orderId });
    }
    return outcomes;
  }

  #release(commands: (OrderMessage & { userCouponId: string })[], now: Date): Outcome[] {
    const rows = [...this.redemptions.values()].filter(({ releasedAt }) => releasedAt === undefined);
    const { outcomes, changes } = decideReleases({ rows, now }, commands);
    for (const { orderId, userCouponId, releasedAt } of changes) {
      this.redemptions.set(orderId, { ...(this.redemptions.get(orderId) as Redemption), releasedAt });
      this.holdings.set(userCouponId, { ...this.holding(userCouponId), orderId: null });
    }
    for (const { orderId } of commands) {
      const use = `use/${orderId}`;
      if (!this.outcomes.has(use))
        this.outcomes.set(use, refuse('ORDER_TIMED_OUT', 'the order was given up'));
    }
    return outcomes;
  }

  holding(userCouponId: string): Holding {
    return this.holdings.get(userCouponId) as Holding;
  }

  #update(couponId: string, change: Partial<Coupon>): void {
    this.coupons.set(couponId, { ...(this.coupons.get(couponId) as Coupon), ...change });
  }

  #nameOf({ orderId, couponId, userId }: OrderMessage): string {
    const rows = [...this.holdings.values()];
    const held = rows.find((row) => row.couponId === couponId && row.userId === userId);
    const name = this.#named.get(orderId) ?? held?.userCouponId ?? 'none';
    this.#named.set(orderId, name);
    return name;
  }
}

const couponId = fc.constantFrom('tea', 'cake', 'unknown');
const userId = fc.constantFrom('ann', 'bob', 'cem', 'dan');
const issues = fc.array(fc.record({ couponId, userId }), { maxLength: 16 });
const subtotal = fc.integer({ min: 30, max: 90 });
const orders = fc.array(fc.record({ couponId, userId, subtotal, undone: fc.boolean() }), { maxLength: 12 });
const status = fc.constantFrom<CouponStatus>('ISSUABLE', 'ISSUABLE', 'SUSPENDED');
const changes = fc.array(fc.record({ couponId, status }), { maxLength: 4 });

/** Everything that happens to coupons, some of it several times, in any order, cut into batches of one kind. */
const traffic = fc.tuple(issues, orders, changes).chain(([issued, ordered, changed]) => {
  const messages: Message[] = [
    ...issued.map((issue, index) => ({ ...issue, kind: 'issue' as const, key: `issue/${index}` })),
    ...changed.map((change, index) => ({ ...change, kind: 'change' as const, key: `change/${index}` })),
    ...ordered.flatMap(({ undone, ...order }, index) => {
      const kinds = undone ? (['use', 'release'] as const) : (['use'] as const);
      const orderId = `o${index}`;
      return kinds.map((kind) => ({ ...order, kind, key: `${kind}/${orderId}`, orderId }));
    }),
  ];
  const repeats = fc.array(fc.nat(Math.max(0, messages.length - 1)), { maxLength: 10 });
  return repeats.chain((indexes) => {
    const all = [...messages, ...indexes.flatMap((index) => messages[index] ?? [])];
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    const batchMax = fc.integer({ min: 1, max: 8 });
    // Half of the time what is issued comes first, so that there is something to use.
    return fc.record({ messages: shuffled, batchMax, inOrder: fc.boolean() }).map(sorted);
  });
});

interface Traffic {
  readonly messages: Message[];
  readonly batchMax: number;
}

function sorted({ messages, batchMax, inOrder }: Traffic & { inOrder: boolean }): Traffic {
  const isIssue = ({ kind }: Message) => Number(kind === 'issue');
  return { messages: inOrder ? messages.toSorted((a, b) => isIssue(b) - isIssue(a)) : messages, batchMax };
}

/** Batches of one kind; each comes hours after the one before, so that coupons expire meanwhile. */
function batchesOf({ messages, batchMax }: Traffic): { batch: Message[]; now: Date }[] {
  const batches: Message[][] = [];
  for (const message of messages) {
    const last = batches.at(-1);
    if (last !== undefined && last[0]?.kind === message.kind && last.length < batchMax) last.push(message);
    else batches.push([message]);
  }
  return batches.map((batch, index) => ({ batch, now: new Date(index * 3 * HOUR_MS) }));
}

function expectExact(world: World): void {
  const holdings = [...world.holdings.values()];
  for (const coupon of world.coupons.values()) {
    const rows = holdings.filter((row) => row.couponId === coupon.couponId);
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, index) => index + 1));
    expect(coupon.issuedQuantity).toBe(rows.length);
    expect(coupon.issuedQuantity).toBeLessThanOrEqual(coupon.totalQuantity);
    expect(new Set(rows.map((row) => row.userId)).size).toBe(rows.length);
  }
  const inUse = [...world.redemptions.values()].filter(({ releasedAt }) => releasedAt === undefined);
  for (const { userCouponId, orderId } of holdings) {
    const users = inUse.filter((row) => row.userCouponId === userCouponId);
    expect(users.map((row) => row.orderId)).toEqual(orderId === null ? [] : [orderId]);
  }
}

/** Every answer about an order is true of what is stored, and an order that was undone uses nothing. */
function expectSettled(world: World, answers: ReadonlyMap<string, Outcome>): void {
  for (const [key, answer] of answers) {
    const [kind, orderId] = key.split('/') as [Kind, string];
    if (kind !== 'use' && kind !== 'release') continue;
    const redemption = world.redemptions.get(orderId);
    const discount = redemption && { discount: redemption.discount };
    const truth = kind === 'use' ? discount : { released: redemption !== undefined };
    expect(answer.ok ? answer.value : undefined).toEqual(truth);
    expect(redemption?.releasedAt !== undefined).toBe(
      redemption !== undefined && answers.has(`release/${orderId}`),
    );
  }
}

/** Works out the answer that a message must get, given the answers so far; `undefined` where it is still open. */
function settledAnswer({ kind, key }: Message, answers: ReadonlyMap<string, Outcome>): Outcome | undefined {
  const isBarred = kind === 'use' && answers.has(key.replace('use', 'release'));
  return answers.get(key) ?? (isBarred ? refuse('ORDER_TIMED_OUT', 'the order was given up') : undefined);
}

describe('coupons under any traffic', () => {
  it('are exact, whatever is shuffled, repeated or late', () => {
    fc.assert(
      fc.property(traffic, (given) => {
        const world = new World();
        const answers = new Map<string, Outcome>();
        for (const { batch, now } of batchesOf(given)) {
          world.handle(batch, now).forEach((outcome, index) => {
            const message = batch[index] as Message;
            expect(outcome).toEqual(settledAnswer(message, answers) ?? outcome);
            answers.set(message.key, outcome);
          });
          expectExact(world);
        }
        expectSettled(world, answers);
      }),
      { numRuns: 300 },
    );
  });

  it('are decided in a batch as they are one by one', () => {
    fc.assert(
      fc.property(traffic, (given) => {
        const [together, singly] = [new World(), new World()];
        for (const { batch, now } of batchesOf(given)) {
          const answers = batch.flatMap((message) => singly.handle([message], now));
          expect(together.handle(batch, now)).toEqual(answers);
          expect([together.coupons, together.holdings]).toEqual([singly.coupons, singly.holdings]);
          expect(together.redemptions).toEqual(singly.redemptions);
        }
      }),
      { numRuns: 300 },
    );
  });
});
