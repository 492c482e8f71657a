import { readFile } from 'node:fs/promises';
import { eventually, run } from '@jangteo/infra';

const READY_DEADLINE_MS = 300_000;
const READY_LOOK_EVERY_MS = 100;
/** Longer than any service's grace period, after which the engine kills it. */
const STOP_SECONDS = 40;

const docker = (...args: string[]): Promise<string> => run('docker', args);

/** The ids of a compose project's containers for one of its services; running ones, or all. */
export async function containersOf(project: string, service: string, all = true): Promise<string[]> {
  const labels = { 'com.docker.compose.project': project, 'com.docker.compose.service': service };
  const filters = Object.entries(labels).flatMap(([name, value]) => ['--filter', `label=${name}=${value}`]);
  const ids = await docker('ps', '--quiet', '--no-trunc', ...(all ? ['--all'] : []), ...filters);
  return ids.split('\n').filter((id) => id !== '');
}

async function inspect(id: string, what: string): Promise<string> {
  return (await docker('inspect', '--format', what, id)).trim();
}

/** Waits until a container's health check says that it is ready. @throws Error with the end of its log */
export async function untilHealthy(id: string): Promise<void> {
  // The health check of the image itself, asked now instead of when its turn comes.
  const isReady = async (): Promise<boolean> => {
    await docker('exec', id, 'node', 'health-check.mjs');
    return true;
  };
  await eventually(isReady, { deadlineMs: READY_DEADLINE_MS, everyMs: READY_LOOK_EVERY_MS }).catch(
    async (error: unknown) => {
      const log = await docker('logs', '--tail', '40', id).catch(String);
      throw new Error(`The container ${id} did not become ready: ${String(error)}\n${log}`, { cause: error });
    },
  );
}

/** The replicas of a service in a compose project, ended and started as the process of a service is. */
export class ServiceContainers {
  constructor(
    private readonly project: string,
    private readonly service: string,
    /** Undefined where it is not reached from here. */
    private readonly at: { readonly url: string; readonly opsUrl: string } | undefined,
    private readonly since: Date,
  ) {}

  get url(): string {
    return this.at?.url ?? '';
  }

  /** The URL of its health and metrics; empty where they cannot be reached from here. */
  get opsUrl(): string {
    return this.at?.opsUrl ?? '';
  }

  get pid(): number {
    throw new Error('A container has no process that is known here');
  }

  async ids(): Promise<string[]> {
    const ids = await containersOf(this.project, this.service);
    if (ids.length === 0) throw new Error(`The project ${this.project} has no container for ${this.service}`);
    return ids;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await docker('kill', '--signal', 'KILL', ...(await containersOf(this.project, this.service, false)));
  }

  /**
   * SIGKILL to the process itself, as if it had crashed: the engine then does as the restart policy says, which it
   * does not after a `docker kill`.
   * @returns false where the container's processes are not this machine's, or not ours to kill
   */
  async crash(): Promise<boolean> {
    const [id = ''] = await containersOf(this.project, this.service, false);
    const pid = Number(await inspect(id, '{{.State.Pid}}'));
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (!groups.includes(id)) return false;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return false;
    }
    return true;
  }

  /** SIGTERM, and waits for the end. @throws Error where one did not end by itself in order */
  async stop(): Promise<void> {
    const ids = await containersOf(this.project, this.service, false);
    if (ids.length === 0) return;
    await docker('stop', '--time', String(STOP_SECONDS), ...ids);
    for (const id of ids) {
      const code = await inspect(id, '{{.State.ExitCode}}');
      if (code !== '0') throw new Error(`${this.service} ended with ${code} instead of in order`);
    }
  }

  async launch(): Promise<void> {
    await docker('start', ...(await this.ids()));
  }

  async start(): Promise<void> {
    await this.launch();
    for (const id of await this.ids()) await untilHealthy(id);
  }

  /** Collects what they have written since the test began. */
  async logs(): Promise<string> {
    const since = this.since.toISOString();
    const logs = (await this.ids()).map((id) => docker('logs', '--since', since, id));
    return (await Promise.all(logs)).join('');
  }

  /** They were there before the test, and stay: those that it has ended run again. */
  async dispose(): Promise<void> {
    await this.start();
  }

  async untilEnded(): Promise<void> {
    await Promise.reject(new Error('Containers have no failpoints'));
  }
}
