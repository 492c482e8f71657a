import {
  accountOf,
  ALL_SERVICES,
  declarationOf,
  SAGA_SERVICE,
  SERVICE_PORT,
  SERVICES,
  VERSION,
} from '@jangteo/contracts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/** A list of services in a file that is else written by hand. */
export interface ServiceList {
  /** Below the project's folder. */
  readonly file: string;
  /** Matches the list as it stands, whatever services are in it. */
  readonly find: RegExp;
  /** The list as it should stand there. */
  readonly text: string;
}

const each = (lineOf: (service: string) => string, services: readonly string[] = ALL_SERVICES): string =>
  services.map(lineOf).join('');

/** The saga's service first, as for upgrades and kills; the gateway apart. */
const SAGA_FIRST = [SAGA_SERVICE, ...SERVICES.filter((service) => service !== SAGA_SERVICE)];

/** Those whose metrics are at the port that all have, and those that have one for operators. */
const SCRAPED = Map.groupBy(ALL_SERVICES, (service) => declarationOf(service).opsPort ?? SERVICE_PORT);

const PACKAGES = ALL_SERVICES.toSorted();

const BROKERS = ['rabbitmq', 'rabbitmq-2', 'rabbitmq-3'];

/** A service of docker-compose.cluster.yml: two replicas unless told, each of which finds every broker. */
function replicasOf(service: string): string {
  const login = `${accountOf(service as (typeof SERVICES)[number])}:\${${service.toUpperCase()}_BROKER_PASSWORD}`;
  const urls = BROKERS.map((broker) => `amqp://${login}@${broker}:5672`);
  return `
  ${service}:
    scale: \${${service.toUpperCase()}_REPLICAS:-2}
    environment:
      REQUEST_QUEUES: quorum
      AMQP_URL: ${urls.join(',')}
`;
}

const secretsOf = (service: string): string => `  - name: ${service}-database
    type: kubernetes.io/basic-auth
    envs: [secrets/${service}-database.env]
    # A new password takes effect at once.
    options: { labels: { cnpg.io/reload: 'true' } }
  - name: ${service}-runtime-database
    type: kubernetes.io/basic-auth
    envs: [secrets/${service}-runtime-database.env]
    options: { labels: { cnpg.io/reload: 'true' } }
  - name: ${service}-broker
    type: kubernetes.io/basic-auth
    envs: [secrets/${service}-broker.env]
`;

/** Every list that `npm run manifests` keeps. */
export const LISTS: readonly ServiceList[] = [
  {
    file: 'tsconfig.json',
    find: /( {4}\{ "path": "services\/\w+" \},\n)+/,
    text: each((service) => `    { "path": "services/${service}" },\n`),
  },
  {
    file: 'Dockerfile',
    find: /(COPY services\/\w+\/package\.json services\/\w+\/\n)+/,
    text: each((service) => `COPY services/${service}/package.json services/${service}/\n`, PACKAGES),
  },
  {
    file: 'docker-compose.cluster.yml',
    find: /(\n {2}\w+:\n {4}scale: .*\n {4}environment:\n {6}REQUEST_QUEUES: quorum\n {6}AMQP_URL: .*\n)+/,
    text: each(replicasOf, [...SERVICES, 'gateway']),
  },
  {
    file: 'deploy/postgres/create-databases.sh',
    find: /(?<=^\[ \$# -gt 0 \] \|\| set -- ).*$/m,
    text: ALL_SERVICES.join(' '),
  },
  ...[...SCRAPED].map(([port, services]) => ({
    file: 'deploy/prometheus/prometheus.yml',
    find: new RegExp(String.raw`(?<=- names: )\[.*\](?=\n +type: A\n +port: ${port}\n)`),
    text: `[${services.join(', ')}]`,
  })),
  {
    file: 'deploy/prometheus/alerts.yml',
    find: /absent\(up\{job="jangteo", service="\w+"\}\)\n( +or absent\(up\{job="jangteo", service="\w+"\}\)\n)*/,
    text: `${ALL_SERVICES.map((service) => `absent(up{job="jangteo", service="${service}"})`).join('\n            or ')}\n`,
  },
  {
    file: 'deploy/kubernetes/base/kustomization.yaml',
    find: /(?<= {2}- rabbitmq-users\.yaml\n)( {2}- \w+\.yaml\n)+/,
    text: each((service) => `  - ${service}.yaml\n`),
  },
  {
    file: 'deploy/kubernetes/overlays/demo/kustomization.yaml',
    find: /( {2}- name: \w+-((runtime-)?database|broker)\n( {4}.*\n)+)+/,
    text: each(secretsOf),
  },
  {
    file: 'deploy/kubernetes/overlays/production/kustomization.yaml',
    find: /( {2}- \{ name: jangteo\/\w+, newName: .*\n)+/,
    text: each(
      (service) =>
        `  - { name: jangteo/${service}, newName: registry.example.com/jangteo/${service}, newTag: ${VERSION} }\n`,
    ),
  },
  {
    file: 'docs/operations.md',
    find: /(?<=docker compose up -d --no-deps redis rabbitmq-users)( \w+-migrate)+/,
    text: each((service) => ` ${service}-migrate`),
  },
  { file: 'docs/operations.md', find: /(?<=^ +for service in ).*(?=; do$)/m, text: SAGA_FIRST.join(' ') },
];

/** The file with its list as it should be. @throws Error where the file has no such list */
function corrected(content: string, { file, find, text }: ServiceList): string {
  if (!find.test(content)) throw new Error(`${file} has no list of services where ${find} looks for one`);
  return content.replace(find, () => text);
}

/** @returns the files whose lists had to be written, below the project's folder */
export async function writeLists(): Promise<string[]> {
  const changed: string[] = [];
  for (const [file, lists] of Map.groupBy(LISTS, (list) => list.file)) {
    const path = join(projectRoot(), file);
    const content = await readFile(path, 'utf8');
    const wanted = lists.reduce(corrected, content);
    if (wanted === content) continue;
    await writeFile(path, wanted);
    changed.push(file);
  }
  return changed;
}
