import { z } from 'zod';
import { commonEnv, keptSeconds, outcomeEnv } from '@jangteo/service';
import { dataPlatformEnv } from './data-platform/data-platform.config.js';

const milliseconds = (least: number, fallback: number) =>
  z.coerce.number().int().min(least).max(3_600_000).default(fallback);

export const orderEnv = {
  ...commonEnv,
  ...outcomeEnv,
  ...dataPlatformEnv,
  ORDER_DEADLINE_MS: milliseconds(100, 30_000).describe(
    'how long an order may take before it is given up and undone',
  ),
  ORDERS_IN_FLIGHT_PER_USER_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe(
      'orders of one user on their way at a time; the next is answered 429 `TOO_MANY_ORDERS_IN_FLIGHT` ' +
        'with `Retry-After`',
    ),
  ORDER_CANCEL_WINDOW_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(87_600)
    .default(168)
    .describe('how long after its success an order can be cancelled'),
  SAGA_RETRY_MS: milliseconds(100, 5_000).describe(
    'pause before a command that was not answered is sent again; it doubles up to the next',
  ),
  SAGA_RETRY_MS_MAX: milliseconds(100, 60_000).describe('the longest such pause'),
  SAGA_ALERT_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .describe('repeats of an undo after which people are called'),
  SAGA_WAITERS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(50)
    .describe('who can wait for one order at a time; the next is told to come again'),
  SWEEP_INTERVAL_MS: milliseconds(10, 1_000).describe(
    'pause between two looks at sagas that make no progress',
  ),
  SWEEP_BATCH_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_000)
    .default(200)
    .describe('sagas that one transaction of the sweeper takes'),
  SAGAS_KEPT_SECONDS: keptSeconds(2_592_000).describe('how long sagas are kept that have ended'),
};

const schema = z.object(orderEnv);

export type OrderConfig = z.infer<typeof schema>;
