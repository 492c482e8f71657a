import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { dashboardQueries, readDashboards } from '@jangteo/testkit';
import { parse } from 'yaml';
import { findingsOf, findPromtool } from '../src/observe/promtool.js';

const folder = join(projectRoot(), 'deploy', 'prometheus');

async function yaml<T>(...path: readonly string[]): Promise<T> {
  return parse(await readFile(join(projectRoot(), ...path), 'utf8')) as T;
}

describe('what Prometheus is given', () => {
  let promtool: string | undefined;
  let scratch: string;

  beforeAll(async () => {
    promtool = await findPromtool();
    scratch = await mkdtemp(join(tmpdir(), 'observe-'));
    if (promtool === undefined) console.warn('There is no promtool here: its checks are left out.');
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  async function findings(...args: readonly string[]): Promise<string> {
    return promtool === undefined ? '' : await findingsOf(promtool, ...args);
  }

  it('is a configuration that it takes, with alerts that go off when they should', async () => {
    expect(await findings('check', 'config', join(folder, 'prometheus.yml'))).toBe('');
    expect(await findings('test', 'rules', join(folder, 'alerts.test.yml'))).toBe('');
  });

  it('is one for Kubernetes too, but for how pods are found, which an older promtool does not know', async () => {
    const { scrape_configs: jobs, ...rest } = await yaml<{
      scrape_configs: { kubernetes_sd_configs: object[]; relabel_configs: object[] }[];
      rule_files: string[];
    }>('deploy/prometheus/kubernetes.yml');
    const all = jobs.map(({ kubernetes_sd_configs: _pods, relabel_configs: _rules, ...job }) => job);
    const file = join(scratch, 'kubernetes.yml');
    const rules = rest.rule_files.map((name) => join(folder, name));
    await writeFile(file, JSON.stringify({ ...rest, rule_files: rules, scrape_configs: all }));
    expect(await findings('check', 'config', file)).toBe('');
  });

  it('can answer every query of every dashboard', async () => {
    const queries = (await dashboardQueries()).map((query) => query.replaceAll('$__rate_interval', '1m'));
    const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
    const file = join(scratch, 'queries.json');
    await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    expect(await findings('check', 'rules', file)).toBe('');
  });

  it('scrapes services and alerts that the documents explain', async () => {
    const { groups } = await yaml<{ groups: { rules: { alert: string }[] }[] }>(
      'deploy/prometheus/alerts.yml',
    );
    const document = await readFile(join(projectRoot(), 'docs', 'observability.md'), 'utf8');
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(alerts.filter((alert) => !document.includes(`| \`${alert}\` |`))).toEqual([]);
    const files = ['docker-compose.yml', 'docker-compose.cluster.yml'];
    const services = await Promise.all(
      files.map(async (file) => Object.keys((await yaml<{ services: object }>(file)).services)),
    );
    const { scrape_configs: jobs } = await yaml<{
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    }>('deploy/prometheus/prometheus.yml');
    const named = jobs.flatMap(({ dns_sd_configs: byName }) => byName.flatMap(({ names }) => names));
    expect(services.flat()).toEqual(expect.arrayContaining(named));
  });

  it('scrapes every broker of a cluster, in both ways', async () => {
    const { services } = await yaml<{ services: object }>('docker-compose.cluster.yml');
    const brokers = Object.keys(services).filter((name) => /^rabbitmq(-\d+)?$/.test(name));
    expect(brokers).toHaveLength(3);
    const { scrape_configs: jobs } = await yaml<{
      scrape_configs: { job_name: string; dns_sd_configs: object[] }[];
    }>('deploy/prometheus/prometheus.yml');
    const ofBrokers = jobs.filter(({ job_name: name }) => name.startsWith('rabbitmq'));
    expect(ofBrokers).toHaveLength(2);
    for (const { dns_sd_configs: byName } of ofBrokers)
      expect(byName).toEqual([expect.objectContaining({ names: brokers, type: 'A', port: 15_692 })]);
  });
});

describe('what Grafana is given', () => {
  it('are dashboards with ids of their own, on data sources that it has', async () => {
    const { datasources } = await yaml<{ datasources: { uid: string }[] }>(
      'deploy/grafana/provisioning/datasources/datasources.yml',
    );
    const sources = datasources.map(({ uid }) => uid);
    const dashboards = [...(await readDashboards()).values()];
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { datasource, targets } of panels) {
        expect(sources).toContain(datasource.uid);
        for (const target of targets) expect(sources).toContain(target.datasource.uid);
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      }
    }
  });
});
