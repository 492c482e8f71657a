import { z } from 'zod';
import { commonEnv, outcomeEnv } from '@jangteo/service';

/** Variables that other services read as well; the coupon service has none of its own. */
export const couponEnv = { ...commonEnv, ...outcomeEnv };

const schema = z.object(couponEnv);

export type CouponConfig = z.infer<typeof schema>;
