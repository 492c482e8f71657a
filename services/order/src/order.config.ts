import { z } from 'zod';
import { commonEnv, keptSeconds, outcomeEnv } from '@jangteo/service';
import { dataPlatformEnv } from './data-platform.config.js';

const milliseconds = (least: number, fallback: number) =>
  z.coerce.number().int().min(least).max(3_600_000).default(fallback);

/** What the order service reads from the environment. */
export const orderEnv = {
  ...commonEnv,
  ...outcomeEnv,
  ...dataPlatformEnv,
  /** How long an order may take before it is given up and undone. */
  ORDER_DEADLINE_MS: milliseconds(100, 30_000),
  /** Orders of one user that may be on their way at a time. */
  ORDERS_IN_FLIGHT_PER_USER_MAX: z.coerce.number().int().min(1).max(1_000).default(20),
  /** How long after its success an order can be cancelled. */
  ORDER_CANCEL_WINDOW_HOURS: z.coerce.number().int().min(1).max(87_600).default(168),
  /** Pause before the saga sends an unanswered command again; doubled each time up to the other one. */
  SAGA_RETRY_MS: milliseconds(100, 5_000),
  SAGA_RETRY_MS_MAX: milliseconds(100, 60_000),
  /** From this many repeats of an undo on, people are called. */
  SAGA_ALERT_ATTEMPTS: z.coerce.number().int().min(1).max(1_000).default(8),
  /** Who can wait for one order at a time; who comes then is told to come again. */
  SAGA_WAITERS_MAX: z.coerce.number().int().min(1).max(1_000).default(50),
  /** Pause between two looks at sagas without progress. */
  SWEEP_INTERVAL_MS: milliseconds(10, 1_000),
  /** Sagas that one transaction of the sweeper takes at most. */
  SWEEP_BATCH_MAX: z.coerce.number().int().min(1).max(2_000).default(200),
  /** How long sagas that have ended are kept. */
  SAGAS_KEPT_SECONDS: keptSeconds(2_592_000),
};

const schema = z.object(orderEnv);

export type OrderConfig = z.infer<typeof schema>;
