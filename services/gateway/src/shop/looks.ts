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
import { NOT_IN_TIME, within } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import type { Call } from '../http/request-context.js';
import type { GatewayConfig } from '../gateway.config.js';
import { Gathering } from '../http/gathering.js';
import { Upstream } from '../http/upstream.js';

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

  /**
   * Leaves out what cannot be seen in time: the order goes on without it, and finds out by its own steps.
   *
   * @param waitMs how long the client waits for the order; 0 where it waits for no more than its being placed
   */
  async before({ userId, userCouponId }: Buyer, waitMs: number, call: Call): Promise<SeenBefore> {
    const lookMs = this.config.ORDER_LOOK_MS;
    if (lookMs === 0) return {};
    const [balance, coupon] = await inTime(waitMs === 0 ? lookMs : Math.min(lookMs, waitMs), [
      this.#balances.of({ userId, call }),
      userCouponId === undefined ? undefined : this.#coupons.of({ userId, userCouponId, call }),
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

/** Results of all that have one by then; `undefined` of those that have none, or have failed. */
async function inTime<T extends readonly unknown[]>(
  deadlineMs: number,
  looks: T,
): Promise<{ [I in keyof T]: Awaited<T[I]> | undefined }> {
  const seen = looks.map(async (look) => {
    const found = await within(Promise.resolve(look), deadlineMs).catch(() => undefined);
    return found === NOT_IN_TIME ? undefined : found;
  });
  return (await Promise.all(seen)) as { [I in keyof T]: Awaited<T[I]> | undefined };
}
