import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';

/** Metrics that are not ours: Prometheus' own, and those that the broker's plugin shows. */
const OF_OTHERS = [
  'up',
  'rabbitmq_alarms_free_disk_space_watermark',
  'rabbitmq_alarms_memory_used_watermark',
  'rabbitmq_detailed_queue_consumers',
  'rabbitmq_detailed_queue_messages_ready',
  'rabbitmq_detailed_queue_messages_unacked',
  'rabbitmq_process_resident_memory_bytes',
  'rabbitmq_resident_memory_limit_bytes',
];

/** The first word of a metric's name tells who shows it. */
const METRIC =
  /\b(?:catalog|gateway|jangteo|messaging|nodejs|order|process|rabbitmq|wallet)_[a-z0-9_]+\b|\bup(?=\{)/g;
const DASHBOARDS = 'deploy/grafana/dashboards';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly refId: string; readonly expr: string; datasource: { uid: string } }[];
}

/** A dashboard, as far as tests look at it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The dashboards that Grafana is given, by their file. */
export async function readDashboards(): Promise<Map<string, Dashboard>> {
  const folder = join(projectRoot(), DASHBOARDS);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const read = async (name: string): Promise<[string, Dashboard]> => [
    name,
    JSON.parse(await readFile(join(folder, name), 'utf8')) as Dashboard,
  ];
  return new Map(await Promise.all(names.map(read)));
}

/** Every query of every dashboard. */
export async function dashboardQueries(): Promise<string[]> {
  const dashboards = [...(await readDashboards()).values()];
  return dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));
}

/** The metrics that dashboards, alert rules and their document speak of, without the suffixes of histograms. */
export async function metricsSpokenOf(): Promise<Set<string>> {
  const files = ['deploy/prometheus/alerts.yml', 'docs/observability.md'];
  const texts = await Promise.all(files.map((file) => readFile(join(projectRoot(), file), 'utf8')));
  const all = [...texts, ...(await dashboardQueries())].join('\n');
  return new Set([...all.matchAll(METRIC)].map(([name]) => name));
}

/** Finds the names that no service shows, and that are not known of others either. @param shown texts of /metrics */
export function unknownMetrics(names: Iterable<string>, shown: readonly string[]): string[] {
  const types = shown.flatMap((text) => [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]);
  const known = new Set(OF_OTHERS);
  for (const [, name = '', type] of types) {
    known.add(name);
    if (type === 'histogram') for (const end of ['bucket', 'sum', 'count']) known.add(`${name}_${end}`);
  }
  return [...names].filter((name) => !known.has(name));
}
