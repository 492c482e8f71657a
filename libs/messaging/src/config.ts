import { z } from 'zod';
import { BROKER_USERS, nodesOf, type ServiceName } from '@jangteo/contracts';
import { usersIn } from './amqp-users.js';

const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(600_000).default(fallback);

const nodeUrl = z.url({ protocol: /^amqps?$/ });

/** What messaging reads from the environment; each service merges it into its own schema. */
export const messagingEnv = {
  /** `amqp://user:password@host:port/vhost`; of a cluster any number of its nodes, separated by commas. */
  AMQP_URL: z.string().refine((text) => nodesOf(text).every((url) => nodeUrl.safeParse(url).success), {
    message: 'must be amqp:// or amqps:// URLs, separated by commas',
  }),
  /** Prefix of every queue and exchange, so that several installations can share one broker. */
  MESSAGING_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .default('jangteo'),
  /**
   * The broker's user of each service, `gateway=a,wallet=b,…`. Without it they are called as the own one: of
   * `shop_wallet` in the wallet the order service's is `shop_order`; where the own name does not end so, all share it.
   */
  AMQP_USERS: z
    .string()
    .default('')
    .refine((text) => text === '' || usersIn(text) !== undefined, {
      message: `must name a user for each of ${BROKER_USERS.join(', ')}: gateway=…,wallet=…`,
    }),
  /** Of messages that do not say who sent them: `take` only while a release that does not say so is being replaced. */
  UNSIGNED_MESSAGES: z.enum(['park', 'take']).default('park'),
  /** Messages that one handler call gets at most. */
  BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(2_000).default(200),
  /** Bytes of the bodies that one handler call gets at most, together; a larger message comes alone. */
  BATCH_BYTES_MAX: z.coerce.number().int().min(65_536).max(67_108_864).default(4_194_304),
  /**
   * Unacknowledged messages that the broker hands to one queue's consumer; quorum queues bear 2,000. A bundle,
   * of up to 50 messages and 128 KiB, counts as one, and a message weighs 256 KiB at most: so does a consumer that
   * is full hold 256 MiB at the very most, and some hundred bytes to a few KiB a message where orders are ordinary.
   */
  PREFETCH: z.coerce.number().int().min(1).max(2_000).default(1_000),
  /**
   * The type of the queues of requests. Requests are transient, and a classic queue hands them on without
   * writing them down first; in a cluster a quorum queue outlives the node that it is on.
   */
  REQUEST_QUEUES: z.enum(['classic', 'quorum']).default('classic'),
  /** How long events gather before a batch of them is handled: nobody waits for those. */
  EVENT_GATHER_MS: z.coerce.number().int().min(0).max(1_000).default(50),
  /** How long a publish waits for its confirms before its outcome is called unknown. */
  PUBLISH_DEADLINE_MS: milliseconds(10_000),
  /** How long an asker waits for an answer, unless it says otherwise. */
  REQUEST_DEADLINE_MS: milliseconds(5_000),
  /** How long one handler call may take. */
  BATCH_DEADLINE_MS: milliseconds(30_000),
  /** Tries of a single message whose handling throws before it goes to the dead letters. */
  ATTEMPTS_MAX: z.coerce.number().int().min(1).max(100).default(3),
  /** How long batches in work may take to finish once the process is told to stop. */
  SHUTDOWN_DEADLINE_MS: milliseconds(15_000),
  /**
   * Never 0: without heartbeats a dead peer is not noticed. After a network that was away for 13 seconds TCP itself
   * tries only 12 seconds later what it could not send: by then a connection that was silent has been given up.
   */
  HEARTBEAT_SECONDS: z.coerce.number().int().min(1).max(60).default(6),
};

const schema = z.object(messagingEnv);

export type MessagingConfig = z.infer<typeof schema>;

/** What the module is made with. */
export interface MessagingOptions {
  /** Whose queues are read; the gateway has none and only asks. */
  readonly service: ServiceName | 'gateway';
  readonly config: MessagingConfig;
}

/** Injection token of {@link MessagingOptions}. */
export const MESSAGING_OPTIONS = Symbol('messaging options');

/**
 * Checks what a schema of single variables cannot say.
 * @throws Error when fewer messages are prefetched than a batch may hold
 */
export function checkedOptions(options: MessagingOptions): MessagingOptions {
  const { PREFETCH, BATCH_SIZE_MAX } = options.config;
  if (PREFETCH < BATCH_SIZE_MAX) {
    throw new Error(`PREFETCH (${PREFETCH}) must not be below BATCH_SIZE_MAX (${BATCH_SIZE_MAX})`);
  }
  return options;
}
