import { z } from 'zod';
import { commonEnv } from '@jangteo/service';

export const rankingEnv = {
  ...commonEnv,
  RANKING_REFRESH_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_600)
    .default(10)
    .describe('within this time new sales show in the ranking'),
  HOURLY_SALES_DAYS: z.coerce
    .number()
    .int()
    .min(32)
    .max(3_650)
    .default(35)
    .describe(
      'how long the figures of an hour are kept, and events of orders completed in it are counted: ' +
        'longer than the longest window, and than an audit looks back',
    ),
};

const schema = z.object(rankingEnv);

export type RankingConfig = z.infer<typeof schema>;
