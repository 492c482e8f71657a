import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checksumsIn, keepChecked } from './jars.js';
import { projectRoot } from './project.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jars-'));
  await writeFile(join(folder, 'a.jar'), 'a');
  await writeFile(join(folder, 'b.jar'), 'b');
});
afterEach(() => rm(folder, { recursive: true }));

const listOf = (name: string, content: string): Map<string, string> =>
  checksumsIn(`${createHash('sha256').update(content).digest('hex')}  ${name}\n`);

describe('what was fetched', () => {
  it('is kept as far as a checksum names it, and nothing else of it', async () => {
    await keepChecked(folder, listOf('a.jar', 'a'));
    expect(await readdir(folder)).toEqual(['a.jar']);
  });

  it('is refused where it is another, or was not fetched', async () => {
    await expect(keepChecked(folder, listOf('a.jar', 'b'))).rejects.toThrow('a.jar has the checksum');
    await expect(keepChecked(folder, listOf('c.jar', 'c'))).rejects.toThrow(
      'c.jar has a checksum, and was not',
    );
  });

  it('is listed with checksums, and nothing else is such a list', () => {
    expect(() => checksumsIn('abc  a.jar')).toThrow('This is no checksum: abc  a.jar');
  });

  it('has one of everything that Python gets beside the job', async () => {
    for (const name of ['requirements-build.txt', 'requirements.txt', 'requirements-test.txt']) {
      const text = await readFile(join(projectRoot(), 'jobs', 'statistics', name), 'utf8');
      const wanted = text.replaceAll('\\\n', '').match(/^[^#\s].*$/gm) ?? [];
      expect(wanted.length).toBeGreaterThan(0);
      for (const line of wanted) expect(line).toMatch(/^[\w-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/);
    }
  });
});
