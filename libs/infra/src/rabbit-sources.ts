import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { canInstallPackages, installPackage, type DebianPackage } from './debian-package.js';
import { run } from './processes.js';

export interface RabbitPrograms {
  readonly server: string;
  readonly ctl: string;
  readonly epmd: string;
}

export type RabbitSource =
  { readonly kind: 'machine'; readonly programs: RabbitPrograms } | { readonly kind: 'docker' };

const rabbitPackage: DebianPackage = {
  name: 'rabbitmq-server',
  units: ['rabbitmq-server', 'epmd.socket', 'epmd.service'],
};

const choices = `There is no RabbitMQ for the shop to talk through. Any of these will do:
  - set AMQP_URL to a broker, e.g. AMQP_URL=amqp://user:password@host:5672
  - install RabbitMQ 3.10 or later, e.g. sudo apt-get install rabbitmq-server (it need not be started)
  - start a Docker engine that this account may use
  - run this command as root, or as an account with passwordless sudo, on Debian or Ubuntu: it then installs RabbitMQ itself`;

/** Finds a source of RabbitMQ: this machine's programs, a Docker engine, or Debian's package. */
export async function findRabbit(
  onProgress?: (step: string) => void,
  interruption?: AbortSignal,
): Promise<RabbitSource> {
  const installed = machinePrograms();
  if (installed) return { kind: 'machine', programs: installed };
  if (await hasDockerEngine()) return { kind: 'docker' };
  if (await canInstallPackages()) {
    onProgress?.("RabbitMQ: installing Debian's package");
    await installPackage(rabbitPackage, interruption);
    const programs = machinePrograms();
    if (programs) return { kind: 'machine', programs };
  }
  throw new Error(choices);
}

/**
 * The RabbitMQ programs themselves. Debian's /usr/sbin/rabbitmq-server is only a wrapper that changes
 * the user and reads the system's settings; the scripts beside what it leads to are the real ones.
 */
export function machinePrograms(path = process.env.PATH ?? ''): RabbitPrograms | undefined {
  const epmd = findEpmd(path);
  const folders = ['/usr/lib/rabbitmq/bin', ...path.split(delimiter)].filter(Boolean);
  for (const folder of folders) {
    const found = join(folder, 'rabbitmq-server');
    if (!existsSync(found)) continue;
    const real = dirname(realpathSync(found));
    const programs = { server: join(real, 'rabbitmq-server'), ctl: join(real, 'rabbitmqctl') };
    if (epmd && existsSync(programs.server) && existsSync(programs.ctl)) return { ...programs, epmd };
  }
  return undefined;
}

function findEpmd(path: string): string | undefined {
  const onPath = path.split(delimiter).map((folder) => join(folder, 'epmd'));
  const erlang = '/usr/lib/erlang';
  const inErlang = existsSync(erlang)
    ? readdirSync(erlang)
        .filter((name) => name.startsWith('erts-'))
        .map((name) => join(erlang, name, 'bin', 'epmd'))
    : [];
  return [...onPath, '/usr/bin/epmd', ...inErlang].find((file) => existsSync(file));
}

async function hasDockerEngine(): Promise<boolean> {
  const version = run('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 5_000 });
  return version.then(
    (text) => text.trim() !== '',
    () => false,
  );
}
