import { z } from 'zod';
import { commonEnv } from '@jangteo/service';

/** What the ranking reads from the environment. */
export const rankingEnv = {
  ...commonEnv,
  /** Within this time new sales show in the rankings. */
  RANKING_REFRESH_SECONDS: z.coerce.number().int().min(1).max(3_600).default(10),
};

const schema = z.object(rankingEnv);

export type RankingConfig = z.infer<typeof schema>;
