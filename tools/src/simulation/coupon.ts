import { releaseCoupon, useCoupon, type SeenCoupon } from '@jangteo/contracts';
import { lookAt, type Redemption, type Release, type UsableCoupon } from '@jangteo/coupon/domain';
import { Outcomes } from './outcomes.js';
import { once, type Replies } from './participant.js';
import type { Handler } from './pipeline.js';
import type { Product } from './product.js';
import { demand } from './violation.js';

/** The coupon service's tables, and its part in the saga over them. */
export class CouponDesk {
  readonly redemptions: (Redemption & { isReleased: boolean })[] = [];
  readonly outcomes: Outcomes;
  readonly handlers: Record<string, Handler>;
  readonly #held: Map<string, UsableCoupon>;

  constructor(
    held: readonly UsableCoupon[],
    product: Product,
    replies: Replies,
    private readonly clock: () => Date,
  ) {
    this.#held = new Map(held.map((coupon) => [coupon.userCouponId, coupon]));
    this.outcomes = new Outcomes(product);
    const { outcomes } = this;
    this.handlers = {
      ...once(
        useCoupon,
        { outcomes, replies },
        {
          load: (commands) => {
            const named = new Set(commands.map(({ userCouponId }) => userCouponId));
            const rows = this.userCoupons().filter(({ userCouponId }) => named.has(userCouponId));
            return { rows, now: this.clock() };
          },
          decide: product.coupon.decideUses,
          save: (redemptions) => {
            for (const use of redemptions) this.#insert(use);
          },
        },
      ),
      ...once(
        releaseCoupon,
        { outcomes, replies },
        {
          load: (commands) => {
            return { rows: this.usedBy(...commands.map(({ orderId }) => orderId)), now: this.clock() };
          },
          decide: product.coupon.decideReleases,
          save: (releases) => {
            for (const release of releases) this.#release(release);
          },
        },
      ),
    };
  }

  userCoupons(): UsableCoupon[] {
    return [...this.#held.values()];
  }

  look(userId: string, userCouponId: string): SeenCoupon | undefined {
    const held = this.userCoupons().map((one) => ({ ...one, now: this.clock() }));
    return lookAt(held, [{ userId, userCouponId }])[0];
  }

  /** Coupons that orders use now. */
  usedBy(...orderIds: readonly string[]): Redemption[] {
    return this.redemptions.filter((use) => orderIds.includes(use.orderId) && !use.isReleased);
  }

  #insert(use: Redemption): void {
    const { orderId, userCouponId } = use;
    const isFree = this.redemptions.every(
      (other) => other.orderId !== orderId && (other.userCouponId !== userCouponId || other.isReleased),
    );
    demand(isFree, 'coupons', () => `${orderId} uses ${userCouponId}, which is in use`);
    this.#mark(userCouponId, orderId);
    this.redemptions.push({ ...use, isReleased: false });
  }

  #release({ orderId, userCouponId }: Release): void {
    if (this.#held.get(userCouponId)?.orderId === orderId) this.#mark(userCouponId, null);
    for (const use of this.redemptions) if (use.orderId === orderId) use.isReleased = true;
  }

  #mark(userCouponId: string, orderId: string | null): void {
    const coupon = this.#held.get(userCouponId);
    if (coupon === undefined) throw new Error(`nobody holds ${userCouponId}`);
    this.#held.set(userCouponId, { ...coupon, orderId });
  }
}
