import { wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';
import { commonEnv } from '@jangteo/service';

export const rankingEnv = {
  ...commonEnv,
  RANKING_REFRESH_SECONDS: wholeNumber(1, 3_600, 10).describe(
    'within this time new sales show in the ranking',
  ),
  HOURLY_SALES_DAYS: wholeNumber(32, 3_650, 35).describe(
    'how long the figures of an hour are kept, and events of orders completed in it are counted: ' +
      'longer than the longest window, and than an audit looks back',
  ),
  STATISTICS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      'the PostgreSQL database of the [statistics](data-platform.md#figures-in-the-shop) beside the shop, for a user who ' +
        'may only read it: sales then show money too, and an audit compares both. Nothing waits for it for longer than ' +
        'a second',
    ),
};

export type RankingConfig = z.infer<z.ZodObject<typeof rankingEnv>>;
