import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersAmqp, freePort } from './ports.js';
import { run } from './processes.js';
import type { Rabbit } from './rabbit.js';
import { secretFile } from './secrets.js';
import type { StartOptions } from './startup.js';

const user = 'jangteo';
const startLimitMs = 90_000;
export const rabbitImage = () => process.env.RABBITMQ_IMAGE ?? 'rabbitmq:4-management';

const docker = (...args: string[]) => run('docker', args);

/** One container and one volume for each data folder, found again by name after a killed run. */
function containerName(dataDir: string): string {
  return `jangteo-rabbitmq-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
}

/** Removes the container and the volume that belong to `dataDir`, if it ever had them. */
export async function removeDockerRabbit(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, 'container'))) return;
  const name = containerName(dataDir);
  await docker('rm', '--force', name);
  await docker('volume', 'rm', '--force', name);
}

/** Runs RabbitMQ in a container, reachable from this machine only, with its data in a volume. */
export async function startDockerRabbit(options: StartOptions): Promise<Rabbit> {
  const { dataDir, onProgress, signal } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const password = await secretFile(join(dataDir, 'password'));
  const port = options.port ?? (await freePort());
  const name = containerName(dataDir);
  await writeFile(join(dataDir, 'container'), name);

  onProgress?.(`RabbitMQ: starting a container of ${rabbitImage()} (its first start downloads it)`);
  await docker('rm', '--force', name);
  const flags = [
    `--publish=127.0.0.1:${port}:5672`,
    `--volume=${name}:/var/lib/rabbitmq`,
    // A node's stored queues belong to its host name, which would be random.
    '--hostname=jangteo',
    `--env=RABBITMQ_DEFAULT_USER=${user}`,
    `--env=RABBITMQ_DEFAULT_PASS=${password}`,
  ];
  const detached = ['--detach', '--restart', 'on-failure', '--name', name];
  await run('docker', ['run', ...detached, ...flags, rabbitImage()], { interruption: signal }).catch(
    async (error: unknown) => {
      // Of a container that was made and not started, or was just before it was given up.
      await docker('rm', '--force', name).catch(() => undefined);
      throw error;
    },
  );
  const ready = async () => {
    const deadline = Date.now() + startLimitMs;
    while (!(await answersAmqp(port))) {
      if (Date.now() > deadline || signal?.aborted) {
        const log = await docker('logs', '--tail', '20', name).catch(() => '');
        await docker('rm', '--force', name);
        throw new Error(
          `RabbitMQ in the container ${name} did not become ready. The end of its log:\n${log}`,
        );
      }
      await sleep(200);
    }
  };
  await ready();
  return {
    url: `amqp://${user}:${password}@127.0.0.1:${port}`,
    port,
    pid: undefined,
    isRunning: () => true,
    stop: async () => void (await docker('stop', '--time', '30', name)),
    kill: async () => void (await docker('kill', name)),
    restart: async () => {
      await docker('restart', '--time', '30', name);
      await ready();
    },
    ctl: (args) => docker('exec', name, 'rabbitmqctl', '-q', ...args),
  };
}
