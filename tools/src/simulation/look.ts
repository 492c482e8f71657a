import type { SeenBefore } from '@jangteo/contracts';
import type { Wanted } from './scenario.js';
import type { World } from './world.js';

/** The gateway's view when it looks before an order; by the time that the order is decided it may be otherwise. */
export function seenBefore({ wallet, coupon }: World, { userId, userCouponId }: Wanted): SeenBefore {
  const balance = wallet.allWallets().find((one) => one.userId === userId)?.balance ?? 0;
  return userCouponId === undefined ? { balance } : { balance, coupon: coupon.look(userId, userCouponId) };
}
