/** A RabbitMQ broker that belongs to us alone. */
export interface Rabbit {
  readonly url: string;
  readonly port: number;
  /** Of the broker as it runs now; it changes with a restart, and is undefined inside a container. */
  readonly pid: number | undefined;
  /** True while it runs; one in a container is taken to, since its engine looks after it. */
  isRunning(): boolean;
  /** Ends it in order and keeps its queues and messages. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data; one that still runs is stopped first. */
  restart(): Promise<void>;
  /** Runs `rabbitmqctl` on it and returns what it printed; throws when that fails. */
  ctl(args: readonly string[]): Promise<string>;
}
