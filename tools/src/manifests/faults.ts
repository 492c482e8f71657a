import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import type { Located } from './files.js';

/** The types that hold the schema of each kind: those of Kubernetes as published, those of operators beside this file. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'kubernetes-types/core/v1': [
    'v1/Namespace',
    'v1/Service',
    'v1/ServiceAccount',
    'v1/Secret',
    'v1/ConfigMap',
  ],
  'kubernetes-types/apps/v1': ['apps/v1/Deployment'],
  'kubernetes-types/policy/v1': ['policy/v1/PodDisruptionBudget'],
  'kubernetes-types/networking/v1': ['networking.k8s.io/v1/NetworkPolicy', 'networking.k8s.io/v1/Ingress'],
  'kubernetes-types/autoscaling/v2': ['autoscaling/v2/HorizontalPodAutoscaler'],
  operators: [
    'postgresql.cnpg.io/v1/Cluster',
    'postgresql.cnpg.io/v1/Database',
    'postgresql.cnpg.io/v1/ScheduledBackup',
    'barmancloud.cnpg.io/v1/ObjectStore',
    'rabbitmq.com/v1beta1/RabbitmqCluster',
    'rabbitmq.com/v1beta1/Exchange',
    'rabbitmq.com/v1beta1/User',
    'rabbitmq.com/v1beta1/Permission',
    'rabbitmq.com/v1beta1/TopicPermission',
    'kustomize.config.k8s.io/v1beta1/Kustomization',
  ],
};

const moduleOf = new Map(
  Object.entries(TYPES).flatMap(([module, kinds]) => kinds.map((kind) => [kind, module] as const)),
);

const operatorTypes = join(projectRoot(), 'tools', 'src', 'manifests', 'operators.js');

const kindOf = ({ object }: Located): string => `${object.apiVersion}/${object.kind}`;

/** A patch says only what it changes. */
const PARTIAL = `type Partly<T> = T extends readonly (infer Item)[] ? readonly Partly<Item>[]
  : T extends object ? { [Key in keyof T]?: Partly<T[Key]> } : T;
`;

/** One line an object, so that the line of a complaint tells which. */
function program(objects: readonly Located[]): { text: string; firstLine: number } {
  const heading = PARTIAL.split('\n').length;
  const lines = objects.map((located, index) => {
    const module = moduleOf.get(kindOf(located)) ?? '';
    const from = module === 'operators' ? operatorTypes : module;
    const type = `import(${JSON.stringify(from)}).${located.object.kind}`;
    const isPatch = located.file.includes('/patches/');
    return `export const o${index}: ${isPatch ? `Partly<${type}>` : type} = ${JSON.stringify(located.object)};`;
  });
  return { text: `${PARTIAL}${lines.join('\n')}\n`, firstLine: heading };
}

/** Output of the compiler on a folder. */
function complaints(folder: string): Promise<string> {
  const compiler = join(projectRoot(), 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '--project', folder, '--pretty', 'false'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      resolve(output === '' && error !== null ? error.message : output);
    });
  });
}

async function compile(text: string): Promise<string> {
  const local = join(projectRoot(), '.local');
  await mkdir(local, { recursive: true });
  const folder = await mkdtemp(join(local, 'manifests-'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  };
  try {
    await writeFile(join(folder, 'objects.ts'), text);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['objects.ts'] }),
    );
    return await complaints(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Holds objects to the schemas of their kinds, as the compiler sees them: no field that is unknown, none missing,
 * none of the wrong type. Objects in a folder `patches` may leave fields out.
 *
 * @returns what is wrong and in which file; nothing where all is well
 */
export async function faultsOf(objects: readonly Located[]): Promise<string[]> {
  const known = objects.filter((located) => moduleOf.has(kindOf(located)));
  const unknown = objects
    .filter((located) => !moduleOf.has(kindOf(located)))
    .map((located) => `${located.file}: no schema is known for ${kindOf(located)}`);
  const { text, firstLine } = program(known);
  const output = await compile(text);
  const found = output.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
  const faults = found.map((line) => {
    const [, at, problem] = /^objects\.ts\((\d+),\d+\): error TS\d+: (.*)$/.exec(line) ?? [];
    const located = known[Number(at) - firstLine];
    return located === undefined
      ? line
      : `${located.file}: ${located.object.kind} ${located.object.metadata?.name ?? ''}: ${problem}`;
  });
  return [...unknown, ...faults];
}
