import { commonEnv, type CommonConfig } from '@jangteo/service';

/** What the coupon service reads from the environment: nothing of its own. */
export const couponEnv = commonEnv;

export type CouponConfig = CommonConfig;
