import { z } from 'zod';
import { commonEnv, outcomeEnv } from '@jangteo/service';

/** What the coupon service reads from the environment: nothing of its own. */
export const couponEnv = { ...commonEnv, ...outcomeEnv };

const schema = z.object(couponEnv);

export type CouponConfig = z.infer<typeof schema>;
