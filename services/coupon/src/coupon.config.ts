import { z } from 'zod';
import { commonEnv, outcomeEnv } from '@jangteo/service';

/** Variables that other services read as well; the coupon service has none of its own. */
export const couponEnv = { ...commonEnv, ...outcomeEnv };

export type CouponConfig = z.infer<z.ZodObject<typeof couponEnv>>;
