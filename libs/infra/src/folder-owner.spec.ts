import { chown, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openLog } from './log-files.js';
import { writePrivate } from './secrets.js';

const [NOBODY, ROOT] = [65_534, 0];
const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('what root writes', () => {
  asRoot("is theirs in somebody's folder, and nothing that a link there leads to", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'folder-owner-'));
    const ownerOf = async (name: string) => (await stat(join(folder, name))).uid;
    await writeFile(join(folder, 'elsewhere'), '');
    await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
    await chown(folder, NOBODY, NOBODY);
    await writePrivate(join(folder, 'secret'), 'x');
    for (const name of ['log', 'link']) await (await openLog(join(folder, name))).close();
    expect(await Promise.all(['secret', 'log', 'elsewhere'].map(ownerOf))).toEqual([NOBODY, NOBODY, ROOT]);
    expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});
