import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { parseAllDocuments, stringify } from 'yaml';
import { services } from '../services.js';
import { brokerUserManifests, eventExchangeManifest } from './broker.js';
import { serviceManifests, type Manifest } from './service.js';

const HEADING =
  '# Written by npm run manifests from tools/src/manifests: change it there, or in an overlay.\n';

export const manifestsDir = join(projectRoot(), 'deploy', 'kubernetes');

/** An object as a file has it, and which file that is. */
export interface Located {
  readonly file: string;
  readonly object: Manifest;
}

const text = (manifests: readonly Manifest[]): string =>
  HEADING +
  manifests
    .map((manifest) => stringify(manifest, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false }))
    .join('---\n');

/** The files that are made, by their path below deploy/kubernetes. */
export function writtenFiles(): ReadonlyMap<string, string> {
  const perService = services.map(
    (service) => [`base/${service}.yaml`, text(serviceManifests(service))] as const,
  );
  const onBroker = [eventExchangeManifest(), ...services.flatMap(brokerUserManifests)];
  return new Map([...perService, ['base/rabbitmq-users.yaml', text(onBroker)]]);
}

/** @returns the paths of those that had to be written, below deploy/kubernetes */
export async function writeFiles(): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, content] of writtenFiles()) {
    const file = join(manifestsDir, path);
    if ((await readFile(file, 'utf8').catch(() => '')) === content) continue;
    await writeFile(file, content);
    changed.push(path);
  }
  return changed;
}

/**
 * The objects that a text in YAML holds.
 * @throws with the place of what is no YAML
 */
export function objectsIn(yaml: string, file: string): Located[] {
  const documents = parseAllDocuments(yaml);
  const found = 'empty' in documents ? [] : documents;
  return found.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${file}: ${error.message}`);
    const object = document.toJS() as Manifest | null;
    return object === null ? [] : [{ file, object }];
  });
}

/** Everything below a folder of deploy/kubernetes. */
export async function readManifests(folder = '.'): Promise<Located[]> {
  const entries = await readdir(join(manifestsDir, folder), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const all = await Promise.all(
    files.map(async (file) => objectsIn(await readFile(file, 'utf8'), relative(manifestsDir, file))),
  );
  return all.flat();
}
