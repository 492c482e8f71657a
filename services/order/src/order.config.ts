import { wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';
import { commonEnv, keptSeconds, outcomeEnv } from '@jangteo/service';
import { dataPlatformEnv } from './data-platform/data-platform.config.js';

export const orderEnv = {
  ...commonEnv,
  ...outcomeEnv,
  ...dataPlatformEnv,
  ORDER_DEADLINE_MS: wholeNumber(100, 3_600_000, 30_000).describe(
    'how long an order may take before it is given up and undone',
  ),
  ORDERS_IN_FLIGHT_PER_USER_MAX: wholeNumber(1, 1_000, 20).describe(
    'orders of one user on their way at a time; the next is answered 429 `TOO_MANY_ORDERS_IN_FLIGHT` ' +
      'with `Retry-After`',
  ),
  ORDER_CANCEL_WINDOW_HOURS: wholeNumber(1, 87_600, 168).describe(
    'how long after its success an order can be cancelled',
  ),
  SAGA_RETRY_MS: wholeNumber(100, 3_600_000, 5_000).describe(
    'pause before a command that was not answered is sent again; it doubles up to the next',
  ),
  SAGA_RETRY_MS_MAX: wholeNumber(100, 3_600_000, 60_000).describe('the longest such pause'),
  SAGA_ALERT_ATTEMPTS: wholeNumber(1, 1_000, 8).describe('repeats of an undo after which people are called'),
  SAGA_WAITERS_MAX: wholeNumber(1, 1_000, 50).describe(
    'who can wait for one order at a time; the next is told to come again',
  ),
  SWEEP_INTERVAL_MS: wholeNumber(10, 3_600_000, 1_000).describe(
    'pause between two looks at sagas that make no progress',
  ),
  SWEEP_BATCH_MAX: wholeNumber(1, 2_000, 200).describe('sagas that one transaction of the sweeper takes'),
  SAGAS_KEPT_SECONDS: keptSeconds(2_592_000).describe('how long sagas are kept that have ended'),
};

export type OrderConfig = z.infer<z.ZodObject<typeof orderEnv>>;
