import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

describe('what comes before a program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bootstrap-'));
    await mkdir(join(folder, 'tools'));
    await copyFile(join(projectRoot(), 'tools', 'bootstrap.mjs'), join(folder, 'tools', 'bootstrap.mjs'));
    for (const name of ['package-lock.json', 'node_modules/.package-lock.json']) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), '{"packages":{}}');
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs it with this in the place of the Node that compiles. */
  async function compiledBy(script: string) {
    const node = join(folder, 'node_modules', 'node', 'bin', 'node');
    await mkdir(dirname(node), { recursive: true });
    await writeFile(node, `#!/bin/sh\n${script}\n`);
    await chmod(node, 0o755);
    const args = [join(folder, 'tools', 'bootstrap.mjs'), 'test'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('says of what was interrupted that, and nothing of the sources', async () => {
    const interrupted = { status: 130, stderr: 'Interrupted\n', stdout: '0 passed, 1 failed\n' };
    expect(await compiledBy('kill -INT $$')).toEqual(interrupted);
    expect(await compiledBy('kill -TERM $$')).toEqual({ ...interrupted, status: 143 });
  });

  it('says of sources that do not compile that', async () => {
    const failed = { status: 1, stderr: 'The sources do not compile; see above.\n' };
    expect(await compiledBy('exit 2')).toMatchObject(failed);
    expect(await compiledBy('kill -KILL $$')).toMatchObject(failed);
  });
});
