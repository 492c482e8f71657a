import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';
import { readManifests } from '../manifests/files.js';
import { services } from '../services.js';

type Labels = Readonly<Record<string, string>>;

interface Rule {
  readonly source_labels: readonly string[];
  readonly target_label?: string;
  readonly regex?: string;
  readonly action?: 'keep' | 'keepequal';
}

interface Job {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly params?: object;
  readonly relabel_configs: readonly Rule[];
}

interface Pod {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: Readonly<Record<'containers' | 'initContainers', readonly Container[] | undefined>>;
}

interface Container {
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

const jobsOf = (file: string): readonly Job[] =>
  (
    parse(readFileSync(join(projectRoot(), 'deploy', 'prometheus', file), 'utf8'), { merge: true }) as {
      scrape_configs: readonly Job[];
    }
  ).scrape_configs;

const meta = (kind: string, labels: Labels): [string, string][] =>
  Object.entries(labels).map(([name, value]) => [
    `__meta_kubernetes_pod_${kind}_${name.replaceAll(/\W/g, '_')}`,
    value,
  ]);

/** What Prometheus finds of a pod: a target for each port of its containers, and for each container without one. */
function targetsOf(name: string, { metadata, spec }: Pod, phase = 'Running'): Labels[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const ports = containers.flatMap(
    (one) => one.ports?.map((port) => String(port.containerPort)) ?? [undefined],
  );
  return ports.map((port) => ({
    ...Object.fromEntries([
      ...meta('label', metadata.labels),
      ...meta('annotation', metadata.annotations ?? {}),
    ]),
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_phase: phase,
    ...(port === undefined ? {} : { __meta_kubernetes_pod_container_port_number: port }),
  }));
}

/** What becomes of a target, as Prometheus has it. @returns nothing where it is not scraped */
function relabelled(target: Labels, rules: readonly Rule[]): Labels | undefined {
  let labels = target;
  for (const { source_labels: from, target_label: to = '', regex, action } of rules) {
    const value = from.map((name) => labels[name] ?? '').join(';');
    if (action === 'keep' && !new RegExp(`^(?:${regex})$`).test(value)) return undefined;
    if (action === 'keepequal' && value !== (labels[to] ?? '')) return undefined;
    if (action === undefined) labels = { ...labels, [to]: value };
  }
  return labels;
}

describe('a Prometheus on Kubernetes', () => {
  const jobs = jobsOf('kubernetes.yml');
  let found: Labels[];
  beforeAll(async () => {
    const deployments = (await readManifests('base')).filter(({ object }) => object.kind === 'Deployment');
    // As the operator makes them.
    const brokers = ['rabbitmq-server-0', 'rabbitmq-server-1', 'rabbitmq-server-2'].map((name) => {
      const ports = [4369, 5672, 15672, 15692].map((containerPort) => ({ containerPort }));
      const labels = { 'app.kubernetes.io/name': 'rabbitmq', 'app.kubernetes.io/part-of': 'rabbitmq' };
      return targetsOf(name, {
        metadata: { labels },
        spec: { containers: [{ ports }], initContainers: [{}] },
      });
    });
    const pods = deployments.map(({ object }) => {
      const { template } = object.spec as { template: Pod };
      const { name } = object.metadata;
      return [...targetsOf(`${name}-a`, template), ...targetsOf(`${name}-b`, template, 'Failed')];
    });
    found = [...brokers, ...pods].flat();
  });

  const scrapedBy = (job: string): string[] =>
    found.flatMap((target) => {
      const labels = relabelled(target, jobs.find(({ job_name: name }) => name === job)!.relabel_configs);
      return labels ? [`${labels.service}:${labels.__meta_kubernetes_pod_container_port_number}`] : [];
    });

  it('asks each service once, by the name and at the port that it has', () => {
    expect(scrapedBy('jangteo').toSorted()).toEqual(
      services.map((service) => `${service}:${service === 'gateway' ? 3010 : 3000}`).toSorted(),
    );
  });

  it.each(['rabbitmq', 'rabbitmq-queues'])(
    'asks each broker once, by its own name, for the job %s',
    (job) => {
      expect(scrapedBy(job)).toEqual([0, 1, 2].map((number) => `rabbitmq-server-${number}:15692`));
    },
  );

  it('has the jobs and asks the paths that alerts and dashboards know from compose', () => {
    const known = (file: string) =>
      jobsOf(file).map(({ job_name: name, metrics_path: path, params }) => ({ name, path, params }));
    expect(known('kubernetes.yml')).toEqual(known('prometheus.yml'));
    const alerts = readFileSync(join(projectRoot(), 'deploy', 'prometheus', 'alerts.yml'), 'utf8');
    const asked = [...alerts.matchAll(/job=~?"([^"]+)"/g)].flatMap(([, names = '']) => names.split('|'));
    expect(jobs.map(({ job_name: name }) => name)).toEqual(expect.arrayContaining(asked));
    const missed = [...alerts.matchAll(/absent\(up\{job="jangteo", service="(\w+)"/g)].map(
      ([, name = '']) => name,
    );
    const scraped = scrapedBy('jangteo').map((target) => target.split(':')[0]!);
    expect(scraped.toSorted()).toEqual(missed.toSorted());
  });

  it('is let in to these ports from its own namespace', async () => {
    const text = JSON.stringify(await readManifests('base'));
    const policies = (await readManifests('base')).filter(({ object }) => object.kind === 'NetworkPolicy');
    const ports = policies.flatMap(({ object }) => {
      const { ingress = [] } = object.spec as { ingress?: { from: unknown; ports: { port: unknown }[] }[] };
      const its = ingress.filter(({ from }) => JSON.stringify(from).includes('"monitoring"'));
      return its.flatMap((rule) => rule.ports.map(({ port }) => port));
    });
    expect(ports).toEqual(expect.arrayContaining(['http', 'ops', 15692]));
    for (const name of ['http', 'ops']) expect(text).toContain(`{"name":"${name}","containerPort":`);
  });
});
