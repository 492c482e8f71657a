import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot, run } from '@jangteo/infra';

const FOLDER = join(projectRoot(), 'clients', 'typescript');

interface Manifest {
  readonly license: string;
  readonly dependencies?: object;
  readonly engines?: { readonly node: string };
}

const readJson = async <T>(...path: string[]): Promise<T> =>
  JSON.parse(await readFile(join(projectRoot(), ...path), 'utf8')) as T;

/** What a user of the package writes first. */
const PROGRAM = `
import { Jangteo, webhooks } from '@jangteo/client';
import { runCommand } from '@jangteo/client/command';
console.log(typeof new Jangteo({ url: 'http://127.0.0.1' }).orders.place, typeof webhooks.verify, typeof runCommand);
`;

describe('the package of the client', () => {
  it('is all that a program in an empty folder needs, and brings its command', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'client-'));
    try {
      await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: FOLDER });
      await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
      await writeFile(join(folder, 'program.js'), PROGRAM);
      const tarballs = globSync('*.tgz', { cwd: folder }).map((name) => `./${name}`);
      await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], { cwd: folder });
      expect(await run(process.execPath, ['program.js'], { cwd: folder })).toBe(
        'function function function\n',
      );
      const command = join('node_modules', '.bin', 'jangteo');
      expect(await run(process.execPath, [command, '--help'], { cwd: folder })).toContain(
        'jangteo <command>',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('runs on the Node that its README names', async () => {
    const { engines } = await readJson<Manifest>('clients', 'typescript', 'package.json');
    const readme = await readFile(join(FOLDER, 'README.md'), 'utf8');
    expect(readme).toContain(`Node.js ${engines?.node.replace('>=', '')} on`);
  });

  it('depends on nothing, under the licence of the project', async () => {
    const manifest = await readJson<Manifest>('clients', 'typescript', 'package.json');
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.license).toBe((await readJson<Manifest>('package.json')).license);
    const licences = [FOLDER, projectRoot()].map((folder) => readFile(join(folder, 'LICENSE'), 'utf8'));
    const [own, whole] = await Promise.all(licences);
    expect(own).toBe(whole);
  });
});
