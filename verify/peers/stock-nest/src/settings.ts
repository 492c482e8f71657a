export const SERVICES = ['catalog', 'coupon', 'wallet', 'order'] as const;

/** A service behind the gateway: with a queue and a database of its own. */
export type ServiceName = (typeof SERVICES)[number];

/** Settings of one process. */
export interface Settings {
  readonly amqpUrl: string;
  /** Beginning of the queues' names, so that several shops can share a broker. */
  readonly queuePrefix: string;
  /** Of the service's own database; the gateway has none. */
  readonly databaseUrl?: string;
  /** Of the gateway: the port that it listens on. */
  readonly port?: number;
  /** Of the gateway: the key that customers' tokens are signed with. */
  readonly jwtSecret?: string;
}

/** Reads the settings from the environment. @throws Error naming a variable that is missing */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const { AMQP_URL, QUEUE_PREFIX = 'stock_nest', DATABASE_URL, PORT, JWT_SECRET } = environment;
  if (!AMQP_URL) throw new Error('AMQP_URL is not set');
  return {
    amqpUrl: AMQP_URL,
    queuePrefix: QUEUE_PREFIX,
    ...(DATABASE_URL ? { databaseUrl: DATABASE_URL } : {}),
    ...(PORT ? { port: Number(PORT) } : {}),
    ...(JWT_SECRET ? { jwtSecret: JWT_SECRET } : {}),
  };
}
