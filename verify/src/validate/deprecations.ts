import { run } from '@jangteo/infra';
import { containersOf } from '@jangteo/testkit';
import { brokerVersion } from '@jangteo/tools';
import { BROKERS, type ComposeProject } from '../places/compose-project.js';
import type { Invariant } from '../report/invariants.js';

/** Before 3.13 RabbitMQ kept no list of what will go. */
const LISTED_SINCE = [3, 13] as const;

/** Features that a broker's log says are in use although they will go. */
export function deprecatedIn(log: string): string[] {
  const names = [...log.matchAll(/Deprecated features: `(\w+)`: /g)].map(([, name = '']) => name);
  return [...new Set(names)];
}

export function listsDeprecated(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LISTED_SINCE[0] || (major === LISTED_SINCE[0] && minor >= LISTED_SINCE[1]);
}

/** Features that a broker counts as in use, or has warned of since its start: it does not count each use of each. */
async function deprecatedOn(id: string): Promise<string[]> {
  const list = ['rabbitmqctl', '--silent', 'list_deprecated_features', '--used', '--formatter', 'json'];
  const used = JSON.parse(await run('docker', ['exec', id, ...list])) as readonly { readonly name: string }[];
  return [...new Set([...used.map(({ name }) => name), ...deprecatedIn(await run('docker', ['logs', id]))])];
}

/** Nothing that a later RabbitMQ will not have is in use on any broker of a shop. */
export async function deprecationInvariant({ name, amqpUrl }: ComposeProject): Promise<Invariant> {
  const says = 'nothing is used that a later RabbitMQ will not have';
  const version = await brokerVersion(amqpUrl);
  if (!listsDeprecated(version)) {
    return { name: 'outdated', says, problems: [], looked: `nothing: RabbitMQ ${version} does not tell` };
  }
  const problems: string[] = [];
  const nodes = (await Promise.all(BROKERS.map((broker) => containersOf(name, broker, false)))).flat();
  for (const id of nodes) {
    for (const feature of await deprecatedOn(id)) problems.push(`${feature} is in use (${id.slice(0, 12)})`);
  }
  return { name: 'outdated', says, problems, looked: `${nodes.length} × RabbitMQ ${version}` };
}
