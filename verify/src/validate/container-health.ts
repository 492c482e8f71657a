import { eventually, run } from '@jangteo/infra';
import type { Invariant } from '../report/invariants.js';

/** A health check comes every few seconds, and a container that was started anew has some time to become healthy. */
const HEALTHY_WITHIN = { deadlineMs: 120_000, everyMs: 1_000 };

const STATE =
  '{{.Name}} {{.HostConfig.RestartPolicy.Name}} {{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}';

/**
 * Finds what is wrong with a container, by a line of its name, restart policy, status, exit code and health.
 * @returns undefined where it runs and is healthy, as far as it can tell, or has done once what it was for
 */
export function ailmentOf(line: string): string | undefined {
  const [name = '', policy = '', status = '', code = '', health = ''] = line.split(' ');
  const isWell =
    policy === 'unless-stopped'
      ? status === 'running' && ['', 'healthy'].includes(health)
      : status === 'exited' && code === '0';
  return isWell ? undefined : `${name.replace(/^\//, '')} is ${status} (${code}) ${health}`.trimEnd();
}

async function linesOf(project: string): Promise<string[]> {
  const label = `label=com.docker.compose.project=${project}`;
  const ids = (await run('docker', ['ps', '--all', '--quiet', '--filter', label]))
    .split('\n')
    .filter(Boolean);
  const lines = await run('docker', ['inspect', '--format', STATE, ...ids]);
  return lines.split('\n').filter((line) => line !== '');
}

/** Looks until every container of a project is well, or that has taken too long. */
export async function containersInvariant(project: string): Promise<Invariant> {
  let lines: string[] = [];
  let problems: string[] = [];
  const areWell = async (): Promise<boolean> => {
    lines = await linesOf(project);
    problems = lines.flatMap((line) => ailmentOf(line) ?? []);
    return problems.length === 0;
  };
  // What is wrong by then is told.
  await eventually(areWell, HEALTHY_WITHIN).catch(() => undefined);
  const says = 'every container is healthy, or has ended with 0 where it had something to do once';
  return { name: 'containers', says, problems, looked: `${lines.length} containers` };
}
