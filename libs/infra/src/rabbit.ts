import { startDockerRabbit } from './rabbit-docker.js';
import { startRabbitNode } from './rabbit-node.js';
import { findRabbit } from './rabbit-sources.js';
import type { StartOptions } from './startup.js';

/** A RabbitMQ broker that belongs to us alone. */
export interface Rabbit {
  readonly url: string;
  readonly port: number;
  /** Of the broker as it runs now; it changes with a restart, and is undefined inside a container. */
  readonly pid: number | undefined;
  /** Ends it in order and keeps its queues and messages. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data; one that still runs is stopped first. */
  restart(): Promise<void>;
  /** Runs `rabbitmqctl` on it and returns what it printed; throws when that fails. */
  ctl(args: readonly string[]): Promise<string>;
}

/**
 * Starts a private RabbitMQ on the loopback address, from the first of: the rabbitmq-server of this
 * machine, a Docker engine, Debian's package where it may be installed. A RabbitMQ that the machine
 * already runs is never touched.
 * @throws with the choices that are left when none of them is there.
 */
export async function startRabbit(options: StartOptions): Promise<Rabbit> {
  const source = await findRabbit(options.onProgress);
  return source.kind === 'docker' ? startDockerRabbit(options) : startRabbitNode(source.programs, options);
}
