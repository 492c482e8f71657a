import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export interface NodePorts {
  readonly amqp: number;
  readonly dist: number;
  readonly epmd: number;
}

/** Always the same, because a node's stored queues belong to its name; the epmd of its own keeps it apart. */
export const nodeName = 'jangteo@localhost';

/**
 * Flags by which the broker's schedulers leave the machine to others too: they sleep instead of spinning, and of two
 * cores they take one. A second one there mostly wakes the first (docs/performance.md).
 */
function schedulerFlags(): string {
  const few = availableParallelism() <= 2 ? ' +S 1:1' : '';
  return `+sbwt none +sbwtdcpu none +sbwtdio none${few}`;
}

/** The environment in which RabbitMQ's programs work on our node and on nothing of the machine's. */
export function nodeEnvironment(dataDir: string, ports: NodePorts): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(RABBITMQ_|ERL_|NOTIFY_SOCKET$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: dataDir,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: nodeName,
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_MNESIA_BASE: join(dataDir, 'mnesia'),
    RABBITMQ_LOG_BASE: dataDir,
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(dataDir, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dataDir, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dataDir, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(dataDir, 'rabbitmq.pid'),
    // Who can reach the port between nodes and knows the cookie rules the broker: nobody from outside.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-kernel inet_dist_use_interface {127,0,0,1} ${schedulerFlags()}`,
    // Makes the start script become the broker instead of waiting beside it, so its pid is the broker's.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
