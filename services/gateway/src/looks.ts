import { Inject, Injectable } from '@nestjs/common';
import {
  lookAtBalances,
  lookAtCoupons,
  LOOKS_MAX,
  type PayloadOf,
  type RequestContract,
  type SeenBefore,
  type SeenCoupon,
  type ValueOf,
} from '@jangteo/contracts';
import { CONFIG } from '@jangteo/service';
import type { Call } from './call.js';
import type { GatewayConfig } from './gateway.config.js';
import { Gathering } from './gathering.js';
import { Upstream } from './upstream.js';

/** Whose order it will be, and with which coupon. */
interface Buyer {
  readonly userId: string;
  readonly userCouponId?: string | undefined;
}

interface Asked {
  readonly userId: string;
  readonly call: Call;
}

interface AskedCoupon extends Asked {
  readonly userCouponId: string;
}

/** The look before an order: what its customer can pay, and whether the coupon can be used. */
@Injectable()
export class Looks {
  readonly #balances = new Gathering<Asked, number>(LOOKS_MAX, async (asked) => {
    const userIds = asked.map(({ userId }) => userId);
    return (await this.#ask(lookAtBalances, { userIds }, asked)).balances;
  });
  readonly #coupons = new Gathering<AskedCoupon, SeenCoupon>(LOOKS_MAX, async (asked) => {
    const named = asked.map(({ userId, userCouponId }) => ({ userId, userCouponId }));
    return (await this.#ask(lookAtCoupons, { asked: named }, asked)).seen;
  });

  constructor(
    private readonly upstream: Upstream,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'ORDER_LOOK_MS'>,
  ) {}

  /** What cannot be seen in time is left out: the order goes on without it, and finds out by its own steps. */
  async before({ userId, userCouponId }: Buyer, call: Call): Promise<SeenBefore> {
    if (this.config.ORDER_LOOK_MS === 0) return {};
    const [balance, coupon] = await Promise.all([
      seenOf(this.#balances.of({ userId, call })),
      userCouponId === undefined ? undefined : seenOf(this.#coupons.of({ userId, userCouponId, call })),
    ]);
    return { balance, coupon };
  }

  /** In the trace of the first who asks: the others came while somebody else was being answered. */
  async #ask<C extends RequestContract>(
    contract: C,
    payload: PayloadOf<C>,
    [first]: readonly Asked[],
  ): Promise<ValueOf<C>> {
    return await this.upstream.ask(contract, payload, first!.call, this.config.ORDER_LOOK_MS);
  }
}

async function seenOf<T>(look: Promise<T>): Promise<T | undefined> {
  return await look.catch(() => undefined);
}
