import { z } from 'zod';
import { BROKER_USERS, nodesOf, wholeNumber, type ServiceName } from '@jangteo/contracts';
import { readTls, tlsEnv } from '@jangteo/tls';
import { usersIn } from './amqp-users.js';
import { BROKER, brokerTls } from './encryption.js';

const nodeUrl = z.url({ protocol: /^amqps?$/ });

/** The variables that messaging reads from the environment; each service merges them into its own schema. */
export const messagingEnv = {
  AMQP_URL: z
    .string()
    .refine((text) => nodesOf(text).every((url) => nodeUrl.safeParse(url).success), {
      message: 'must be amqp:// or amqps:// URLs, separated by commas',
    })
    .describe(
      "RabbitMQ (3.10 or later), with the service's own user: `amqp://user:password@host:port/vhost`, " +
        'or [`amqps://`](../SECURITY.md#tls-to-the-servers); of a cluster the URLs of its nodes, separated by commas',
    ),
  ...tlsEnv('AMQP', BROKER),
  MESSAGING_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .default('jangteo')
    .describe('prefix of queues and exchanges, so that several shops can share a broker'),
  AMQP_USERS: z
    .string()
    .default('')
    .refine((text) => text === '' || usersIn(text) !== undefined, {
      message: `must name a user for each of ${BROKER_USERS.join(', ')}: gateway=…,wallet=…`,
    })
    .describe(
      "the broker's user of each service, `gateway=…,wallet=…` for all six: [who sent a " +
        'message](../SECURITY.md#broker-and-databases) is checked. By default they are called as the ' +
        "service's own: of `shop_wallet` in the wallet that is `shop_order` for order; a name that does " +
        "not end so is everybody's",
    ),
  UNSIGNED_MESSAGES: z
    .enum(['park', 'take'])
    .default('park')
    .describe(
      '`take` takes messages that do not say who sent them, [while a release that does not is being ' +
        'replaced](operations.md#upgrade)',
    ),
  BATCH_SIZE_MAX: wholeNumber(1, 2_000, 200).describe('messages in a batch'),
  BATCH_BYTES_MAX: wholeNumber(65_536, 67_108_864, 4_194_304).describe(
    "bytes of a batch's bodies together; a larger message comes alone",
  ),
  PREFETCH: wholeNumber(1, 2_000, 1_000).describe(
    "unacknowledged messages that the broker hands to one queue's consumer at a time, no fewer than " +
      '`BATCH_SIZE_MAX`. A bundle counts as one, and a message weighs 256 KiB at most: so does a full ' +
      'consumer hold 256 MiB at the very most, and a few MiB with ordinary orders',
  ),
  REQUEST_QUEUES: z
    .enum(['classic', 'quorum'])
    .default('classic')
    .describe(
      'type of the queues of requests. Requests are transient, and a classic queue hands them on ' +
        'without writing them down first; in a cluster of brokers a `quorum` queue outlives the node that ' +
        'it is on',
    ),
  EVENT_GATHER_MS: wholeNumber(0, 1_000, 250).meta({
    description: 'how long events gather before a batch of them is counted: nobody waits for those',
    services: ['ranking'],
  }),
  PUBLISH_DEADLINE_MS: wholeNumber(1, 600_000, 10_000).describe(
    "longest wait for the broker's confirms before the outcome of a publish is called unknown",
  ),
  REQUEST_DEADLINE_MS: wholeNumber(1, 600_000, 5_000).describe(
    'longest wait for an answer, unless who asks says otherwise',
  ),
  BATCH_DEADLINE_MS: wholeNumber(1, 600_000, 30_000).describe('longest time of a batch'),
  ATTEMPTS_MAX: wholeNumber(1, 100, 3).describe(
    'tries of a message whose handling fails before it becomes a dead letter',
  ),
  SHUTDOWN_DEADLINE_MS: wholeNumber(1, 600_000, 15_000).describe(
    'longest time that batches in work may take once the process is told to stop',
  ),
  // Never 0: without heartbeats a dead peer is not noticed. After a network that was away for 13 seconds TCP itself
  // tries only 12 seconds later what it could not send: by then a connection that was silent has been given up.
  HEARTBEAT_SECONDS: wholeNumber(1, 60, 6).describe(
    'a connection to the broker that is silent for two to three times as long is built anew',
  ),
};

export type MessagingConfig = z.infer<z.ZodObject<typeof messagingEnv>>;

export interface MessagingOptions {
  /** The service whose queues are read; the gateway has none and only asks. */
  readonly service: ServiceName | 'gateway';
  readonly config: MessagingConfig;
}

/** Injection token of {@link MessagingOptions}. */
export const MESSAGING_OPTIONS = Symbol('messaging options');

/**
 * Checks what a schema of single variables cannot say.
 * @throws Error when fewer messages are prefetched than a batch may hold; ConfigurationError when a file for TLS is
 *         missing or holds something else
 */
export function checkedOptions(options: MessagingOptions): MessagingOptions {
  const { PREFETCH, BATCH_SIZE_MAX } = options.config;
  if (PREFETCH < BATCH_SIZE_MAX) {
    throw new Error(`PREFETCH (${PREFETCH}) must not be below BATCH_SIZE_MAX (${BATCH_SIZE_MAX})`);
  }
  readTls(brokerTls(options.config));
  return options;
}
