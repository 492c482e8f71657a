import { wholeNumber } from '@jangteo/contracts';
import { z } from 'zod';

/** The variables by which a service reaches its database; merged into the service's own schema. */
export const databaseEnv = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe(
      "the service's own PostgreSQL database (15 or later), with its own user. For its migrations it is the owner's, " +
        'and `DATABASE_RUNTIME_USER` names the user whom they let work with it: ' +
        '[whose database it is](../SECURITY.md#broker-and-databases). With `?sslmode=verify-full&sslrootcert=<file>`, ' +
        "or libpq's variables for it, [over TLS](../SECURITY.md#tls-to-the-servers)",
    ),
  DATABASE_POOL_SIZE: wholeNumber(2, 200, 10).describe(
    'connections that a replica holds at most: batches in work, sweepers, readers and health together',
  ),
  DATABASE_CONNECT_DEADLINE_MS: wholeNumber(100, 60_000, 2_000).describe(
    'longest wait for a connection, a free or a new one',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(100, 120_000, 10_000).describe(
    'longest time of a statement; [all deadlines](reliability.md#deadlines)',
  ),
  DATABASE_LOCK_TIMEOUT_MS: wholeNumber(100, 120_000, 1_500).describe(
    "longest wait for a lock, during which a batch keeps its neighbours waiting. Above PostgreSQL's " +
      '`deadlock_timeout` of one second, so that of two transactions in a deadlock only one fails',
  ),
  DATABASE_TRANSACTION_DEADLINE_MS: wholeNumber(100, 300_000, 15_000).describe(
    'longest time of a transaction; after it its connection is destroyed, which is the only help when ' +
      'the network swallows packets',
  ),
};

/** The variables of a service's migrations, which are run by the owner of its database. */
export const migrationEnv = {
  DATABASE_URL: databaseEnv.DATABASE_URL,
  /** The user that the service works as: the migrations grant it what it may do. Without one it works as the owner. */
  DATABASE_RUNTIME_USER: z.string().min(1).optional(),
};

export type DatabaseConfig = z.infer<z.ZodObject<typeof databaseEnv>>;
