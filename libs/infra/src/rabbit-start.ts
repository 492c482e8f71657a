import { startDockerRabbit } from './rabbit-docker.js';
import { startRabbitNode } from './rabbit-node.js';
import { findRabbit } from './rabbit-sources.js';
import type { Rabbit } from './rabbit.js';
import type { ConfiguredStart } from './startup.js';

/**
 * Starts a private RabbitMQ on the loopback address, from the first of: the rabbitmq-server of this
 * machine, a Docker engine, Debian's package where it may be installed. A RabbitMQ that the machine
 * already runs is never touched.
 * @throws with the choices that are left when none of them is there; for settings of one's own Docker is none
 */
export async function startRabbit(options: ConfiguredStart): Promise<Rabbit> {
  const source = await findRabbit(options.onProgress, options.signal);
  if (source.kind === 'docker' && options.settings !== undefined) {
    throw new Error('A RabbitMQ with settings of its own needs a rabbitmq-server on this machine');
  }
  return source.kind === 'docker' ? startDockerRabbit(options) : startRabbitNode(source.programs, options);
}
