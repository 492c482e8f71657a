import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { accountOf } from '@jangteo/contracts';
import { projectRoot, randomPassword } from '@jangteo/infra';
import { newSecrets } from '../secrets.js';
import { services, type Service } from '../services.js';
import { demoSecrets } from './demo-secrets.js';
import { faultsOf } from './faults.js';
import { manifestsDir, objectsIn, readManifests, writtenFiles, type Located } from './files.js';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly envFrom?: readonly object[];
  readonly env: readonly Variable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers: readonly Container[];
  readonly containers: readonly [Container];
}

const all = await readManifests();
const of = (kind: string, folder = 'base/') =>
  all.filter(({ file, object }) => object.kind === kind && file.startsWith(folder));
const named = (kind: string) => of(kind).map(({ object }) => object.metadata.name);

function podOf(service: Service): Pod {
  const { object } = of('Deployment').find((found) => found.object.metadata.name === service) as Located;
  return (object as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
}

/** Every `{ name }` that stands under one of these keys, wherever. */
function namesUnder(value: unknown, keys: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(keys.includes(key) ? [(inner as { name: string }).name] : []),
    ...namesUnder(inner, keys),
  ]);
}

/** The environment of a container once Kubernetes has put the Secrets in. */
function environmentOf(variables: readonly Variable[]): Record<string, string> {
  const secrets = newSecrets();
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of variables) {
    const secret = name === 'TOKEN_PRIVATE_KEY' ? secrets.tokenPrivateKey : randomPassword();
    environment[name] =
      valueFrom === undefined
        ? (value ?? '').replaceAll(
            /\$\((\w+)\)/g,
            (_, other: string) => environment[other] ?? `missing ${other}`,
          )
        : name === 'ADMIN_EMAIL'
          ? 'admin@example.com'
          : secret;
  }
  return environment;
}

/** Has each service read its configuration: a program of its own, since no other may import a service. */
const READ = `
const [{ readConfig }, ...environments] = [await import(process.argv[1]), ...JSON.parse(process.argv[2])];
for (const { service, module, environment } of environments) {
  const own = await import(module);
  const read = Object.entries(own).find(([name]) => /^read\\w+Config$/.test(name))?.[1];
  const config = read ? read(environment) : readConfig(own[service + 'Env'], environment);
  const unknown = Object.keys(environment).filter((name) => !(name in config));
  console.log(service, unknown.join());
}
`;

const urlOf = (...path: string[]) => pathToFileURL(join(projectRoot(), ...path)).href;

describe('the manifests of Kubernetes', () => {
  it('are what npm run manifests writes', () => {
    for (const [path, text] of writtenFiles()) {
      const found = existsSync(join(manifestsDir, path))
        ? readFileSync(join(manifestsDir, path), 'utf8')
        : '';
      expect({ path, text: found }).toEqual({ path, text });
    }
  });

  it('fit the schemas of their kinds', async () => {
    expect(all.length).toBeGreaterThan(50);
    expect(await faultsOf(all)).toEqual([]);
  });

  it('fit them in what README.md has to be added for backups', async () => {
    const page = readFileSync(join(manifestsDir, 'README.md'), 'utf8');
    const blocks = [...page.matchAll(/^( *)```yaml\n(.*?)```/gms)].map(([, indent = '', text = '']) =>
      text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    );
    const whole = blocks.filter((text) => text.startsWith('apiVersion:'));
    const ofCluster = blocks
      .filter((text) => text.startsWith('spec:'))
      .map(
        (text) => `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: postgres }\n${text}`,
      );
    expect([whole.length, ofCluster.length]).toEqual([1, 2]);
    const objects = [
      ...objectsIn(whole.join('---\n'), 'README.md'),
      ...objectsIn(ofCluster.join('---\n'), 'README.md/patches/postgres.yaml'),
    ];
    expect(await faultsOf(objects)).toEqual([]);
    // Restored from the folder that was archived to, and archived to another one.
    const [archived, , restored] = [...page.matchAll(/serverName: ([\w-]+) \}/g)].map(([, name]) => name);
    expect(archived).toBe('postgres');
    expect(restored).not.toBe(archived);
    for (const service of services) expect(page).toContain(`{ name: ${service}, count: 0 }`);
  });

  it('are known by a wrong field, a missing one, a wrong type and a kind without a schema', async () => {
    const wrong = [
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicaz: 2, selector: {}, template: {} }',
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: b }\nspec: { selector: { matchLabels: 7 } }',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Database\nmetadata: { name: c }\nspec: { name: x, owner: y }',
      'apiVersion: rabbitmq.com/v1beta1\nkind: RabbitmqCluster\nmetadata: { name: d }\nspec: { replicas: 3, persistance: {} }',
      'apiVersion: v1\nkind: Potato\nmetadata: { name: e }',
    ];
    const faults = await faultsOf(objectsIn(wrong.join('\n---\n'), 'wrong.yaml'));
    expect(faults).toEqual([
      expect.stringContaining('no schema is known for v1/Potato'),
      expect.stringMatching(/Deployment a: .*replicaz/),
      expect.stringMatching(/PodDisruptionBudget b: .*number/),
      expect.stringMatching(/Database c: .*cluster/),
      expect.stringMatching(/RabbitmqCluster d: .*persistance/),
    ]);
  });

  it('have every service, with all that belongs to one', () => {
    expect(named('PodDisruptionBudget').toSorted()).toEqual([...services, 'rabbitmq'].toSorted());
    for (const kind of ['Deployment', 'ServiceAccount', 'User', 'Permission', 'Database']) {
      expect({ kind, names: named(kind).toSorted() }).toEqual({ kind, names: services.toSorted() });
    }
    const [{ object }] = of('Cluster') as [Located];
    const { postgresql, managed } = object.spec as {
      postgresql: { pg_hba: string[] };
      managed: { roles: { name: string }[] };
    };
    const usersOf = (service: Service): string[] => [accountOf(service), `${accountOf(service)}_runtime`];
    const users = services.flatMap(usersOf);
    expect(managed.roles.map(({ name }) => name)).toEqual(users);
    expect(postgresql.pg_hba).toEqual([
      ...services.map(
        (service) => `host ${accountOf(service)} ${usersOf(service).join(',')} all scram-sha-256`,
      ),
      `host all ${users.join(',')} all reject`,
    ]);
  });

  it('make databases that know the letters of all languages, as compose does', () => {
    const compose = readFileSync(join(projectRoot(), 'deploy/postgres/create-databases.sh'), 'utf8');
    for (const { object } of of('Database')) {
      const { template, encoding, localeCollate, localeCType } = object.spec as Record<string, string>;
      const made = `TEMPLATE ${template} ENCODING ''${encoding}'' LC_COLLATE ''${localeCollate}'' LC_CTYPE ''${localeCType}''`;
      expect(compose).toContain(made);
    }
  });

  it('take in every file, and every patch', () => {
    for (const { file, object } of all.filter((located) => located.object.kind === 'Kustomization')) {
      const { resources = [], patches = [] } = object as {
        resources?: string[];
        patches?: { path: string }[];
      };
      const folder = file.replace('kustomization.yaml', '');
      const taken = [...resources, ...patches.map(({ path }) => path)].filter(
        (path) => path !== '../../base',
      );
      const there = all.filter((located) => located.file.startsWith(folder) && located.file !== file);
      expect(taken.map((path) => `${folder}${path}`).toSorted()).toEqual(
        [...new Set(there.map((located) => located.file))].toSorted(),
      );
    }
    for (const { object } of all.filter(({ file }) => file.includes('/patches/'))) {
      expect(named(object.kind)).toContain(object.metadata.name);
    }
  });

  it('run the images that are built, for each service its own', () => {
    for (const service of services) {
      const { containers, initContainers } = podOf(service);
      const images = [...containers, ...initContainers].map(({ image }) => image);
      expect(images).toEqual([`jangteo/${service}`, `jangteo/${service}`]);
    }
  });

  it('name only Secrets that the demo makes, with the keys that it gives them', () => {
    const [{ object }] = of('Kustomization', 'overlays/demo/') as [Located];
    const made = (object.secretGenerator as { name: string; envs: string[] }[]).map(({ name, envs }) => {
      expect(envs).toEqual([`secrets/${name}.env`]);
      return name;
    });
    const contents = demoSecrets(newSecrets(), 'admin@example.com');
    expect(made.toSorted()).toEqual(Object.keys(contents).toSorted());
    const base = all.filter(({ file }) => file.startsWith('base/')).map((located) => located.object);
    const mentioned = base.flatMap((found) =>
      namesUnder(found, ['secretKeyRef', 'passwordSecret', 'importCredentialsSecret']),
    );
    expect([...new Set(mentioned)].toSorted()).toEqual(made.toSorted());
    const variables = services.flatMap((service) => podOf(service).containers[0].env);
    for (const { valueFrom } of variables.filter((variable) => variable.valueFrom !== undefined)) {
      const { name, key } = valueFrom?.secretKeyRef ?? { name: '', key: '' };
      expect(contents[name]).toMatch(new RegExp(`^${key}=.+$`, 'm'));
    }
  });

  it('set what each service needs in production, and nothing that it does not know', async () => {
    const helpers = ['DATABASE_USER', 'DATABASE_PASSWORD', 'BROKER_USER', 'BROKER_PASSWORD'];
    const environments = services.map((service) => ({
      service,
      module: urlOf('services', service, 'dist', 'src', `${service}.config.js`),
      environment: Object.fromEntries(
        Object.entries(environmentOf(podOf(service).containers[0].env)).filter(
          ([name]) => !helpers.includes(name),
        ),
      ),
    }));
    const args = [urlOf('libs', 'service', 'dist', 'src', 'index.js'), JSON.stringify(environments)];
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      READ,
      ...args,
    ]);
    expect(stdout).toBe(services.map((service) => `${service} \n`).join(''));
  });

  it('let services work with their databases as a user who owns nothing, and migrations as the owner', () => {
    const secretOf = (env: readonly Variable[], variable: string): string | undefined =>
      env.find(({ name }) => name === variable)?.valueFrom?.secretKeyRef.name;
    for (const service of services) {
      const { containers, initContainers } = podOf(service);
      expect(secretOf(containers[0].env, 'DATABASE_USER')).toBe(`${service}-runtime-database`);
      expect(JSON.stringify(containers)).not.toContain(`"${service}-database"`);
      expect(secretOf(initContainers[0]!.env, 'DATABASE_USER')).toBe(`${service}-database`);
      expect(secretOf(initContainers[0]!.env, 'DATABASE_RUNTIME_USER')).toBe(`${service}-runtime-database`);
    }
  });

  it('take settings from a ConfigMap that the documents name, and start where there is none', () => {
    const settings = 'jangteo-settings';
    for (const service of services) {
      const { containers, initContainers } = podOf(service);
      expect(containers[0].envFrom).toEqual([{ configMapRef: { name: settings, optional: true } }]);
      // A migration is told all that it reads.
      expect(initContainers[0]?.envFrom).toBeUndefined();
    }
    for (const page of ['deploy/kubernetes/README.md', 'docs/operations.md'])
      expect(readFileSync(join(projectRoot(), page), 'utf8')).toContain(`\`${settings}\``);
  });

  it('believe nobody about who asks whom the operator of a production has not named', () => {
    const base = podOf('gateway').containers[0].env;
    expect(base.filter(({ name }) => name === 'TRUSTED_PROXIES')).toEqual([]);
    const patches = of('Deployment', 'overlays/production/patches/').map(({ object }) => object);
    expect(namesUnder(patches, ['configMapKeyRef'])).toEqual(['trusted-proxies']);
    expect(JSON.stringify(all)).not.toMatch(/"name":"TRUSTED_PROXIES","value"/);
  });

  it('start the brokers together: a node that forms a cluster is not ready before a second one is there', () => {
    const [{ object }] = of('RabbitmqCluster') as [Located];
    const { override } = object.spec as { override: { statefulSet: { spec: object } } };
    expect(override.statefulSet.spec).toMatchObject({ podManagementPolicy: 'Parallel' });
  });

  it('lose one broker of three at most, to a dead node as to one that is drained', () => {
    const theirs = { 'app.kubernetes.io/name': 'rabbitmq' };
    const budget = of('PodDisruptionBudget').find(({ object }) => object.metadata.name === 'rabbitmq');
    expect(budget?.object.spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: theirs } });
    const [{ object }] = of('RabbitmqCluster', 'overlays/production/') as [Located];
    const { affinity } = object.spec as { affinity: { podAntiAffinity: object } };
    expect(affinity.podAntiAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: theirs } },
      ],
    });
  });

  it('ask for health where it is answered', () => {
    const { paths } = JSON.parse(readFileSync(join(projectRoot(), 'docs', 'openapi.json'), 'utf8')) as {
      paths: Record<string, unknown>;
    };
    for (const service of services) {
      const { startupProbe, livenessProbe, readinessProbe } = podOf(service).containers[0];
      const asked = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path);
      expect(asked).toEqual(['/health/live', '/health/live', '/health/ready']);
      expect(Object.keys(paths)).toEqual(expect.arrayContaining(asked));
    }
  });

  it('ask the gateway, for health as for metrics, on a port that the world does not see', () => {
    for (const service of services) {
      const { object } = of('Deployment').find((found) => found.object.metadata.name === service) as Located;
      const { metadata } = (
        object as unknown as { spec: { template: { metadata: { annotations: object } } } }
      ).spec.template;
      const { ports, env, startupProbe, livenessProbe, readinessProbe } = podOf(service).containers[0];
      const asked = new Set([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.port));
      const [name = ''] = asked;
      const { containerPort } = ports.find((port) => port.name === name)!;
      expect([...asked]).toEqual([service === 'gateway' ? 'ops' : 'http']);
      expect(metadata.annotations).toMatchObject({ 'prometheus.io/port': String(containerPort) });
      const variable = service === 'gateway' ? 'OPS_PORT' : 'HTTP_PORT';
      expect(env.find((one) => one.name === variable)?.value).toBe(String(containerPort));
    }
    const published = [...of('Service'), ...of('Ingress')].map(({ object }) => JSON.stringify(object));
    expect(published.length).toBeGreaterThan(1);
    for (const text of published) expect(text).not.toMatch(/"ops"|3010/);
  });

  it('wait for a service that starts as long as its image has others wait', () => {
    const image = readFileSync(join(projectRoot(), 'Dockerfile'), 'utf8');
    const seconds = Number(/^HEALTHCHECK .*--start-period=(\d+)s/m.exec(image)?.[1]);
    for (const service of services) {
      const { periodSeconds, failureThreshold } = podOf(service).containers[0].startupProbe;
      expect(periodSeconds * failureThreshold).toBe(seconds);
    }
  });

  it('leave a service that stops more time than it takes', () => {
    for (const service of services) {
      const { terminationGracePeriodSeconds, containers } = podOf(service);
      const [{ env, lifecycle }] = containers;
      const deadlineMs = Number(env.find(({ name }) => name === 'SHUTDOWN_DEADLINE_MS')?.value);
      const leaveSeconds = lifecycle?.preStop.sleep.seconds ?? 0;
      expect(terminationGracePeriodSeconds).toBeGreaterThan(leaveSeconds + deadlineMs / 1_000 + 5);
    }
  });
});
