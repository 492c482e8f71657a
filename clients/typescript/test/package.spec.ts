import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const FOLDER = join(projectRoot(), 'clients', 'typescript');

interface Manifest {
  readonly license: string;
  readonly dependencies?: object;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin: { readonly jangteo: string };
}

const readJson = async <T>(...path: string[]): Promise<T> =>
  JSON.parse(await readFile(join(projectRoot(), ...path), 'utf8')) as T;

describe('the package of the client', () => {
  let manifest: Manifest;
  let packed: string[];

  beforeAll(async () => {
    manifest = await readJson<Manifest>('clients', 'typescript', 'package.json');
    const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await promisify(execFile)('npm', pack, { cwd: FOLDER });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    packed = files.map(({ path }) => path);
  });

  it('has all that it names, and no test', () => {
    const named = [
      ...Object.values(manifest.exports).flatMap(Object.values<string>),
      manifest.bin.jangteo,
    ].map((path) => path.replace('./', ''));
    expect(packed).toEqual(expect.arrayContaining([...named, 'README.md', 'LICENSE']));
    expect(packed.filter((path) => /spec|test|[.]map$/.test(path))).toEqual([]);
  });

  it('depends on nothing, under the licence of the project', async () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.license).toBe((await readJson<Manifest>('package.json')).license);
    const licences = [FOLDER, projectRoot()].map((folder) => readFile(join(folder, 'LICENSE'), 'utf8'));
    const [own, whole] = await Promise.all(licences);
    expect(own).toBe(whole);
  });
});
