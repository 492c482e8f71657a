import { z } from 'zod';

/** What a service's configuration needs to reach its database; merged into the service's own schema. */
export const databaseEnv = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe("the service's own PostgreSQL database (15 or later), with its own user"),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(10)
    .describe(
      'connections that a replica holds at most: batches in work, sweepers, readers and health together',
    ),
  DATABASE_CONNECT_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(2_000)
    .describe('longest wait for a connection, a free or a new one'),
  DATABASE_STATEMENT_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(120_000)
    .default(10_000)
    .describe('longest time of a statement; [all deadlines](reliability.md#deadlines)'),
  DATABASE_LOCK_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(120_000)
    .default(1_500)
    .describe(
      "longest wait for a lock, during which a batch keeps its neighbours waiting. Above PostgreSQL's " +
        '`deadlock_timeout` of one second, so that of two transactions in a deadlock only one fails',
    ),
  DATABASE_TRANSACTION_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(300_000)
    .default(15_000)
    .describe(
      'longest time of a transaction; after it its connection is destroyed, which is the only help when ' +
        'the network swallows packets',
    ),
};

const schema = z.object(databaseEnv);

export type DatabaseConfig = z.infer<typeof schema>;
