import { startDockerRabbit } from './rabbit-docker.js';
import { startRabbitNode } from './rabbit-node.js';
import { findRabbit } from './rabbit-sources.js';
import type { Rabbit } from './rabbit.js';
import type { StartOptions } from './startup.js';

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
