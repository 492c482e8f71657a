import { run } from '@jangteo/infra';
import { containersOf } from '@jangteo/testkit';
import { BROKERS, type ComposeProject } from '../places/compose-project.js';
import type { Invariant } from '../report/invariants.js';

/** Brokers that started together have to have found each other: each knows all of them. */
export async function clusterInvariant({ name }: ComposeProject): Promise<Invariant> {
  const problems: string[] = [];
  for (const broker of BROKERS) {
    const [id = ''] = await containersOf(name, broker, false);
    const status = ['rabbitmqctl', '--silent', 'cluster_status', '--formatter', 'json'];
    const answer = await run('docker', ['exec', id, ...status]);
    const { running_nodes: running } = JSON.parse(answer) as { running_nodes: string[] };
    if (running.length !== BROKERS.length)
      problems.push(`${broker} is in a cluster of ${running.join(', ')}`);
  }
  return { name: 'cluster', says: 'the three brokers, started together, are one cluster', problems };
}
