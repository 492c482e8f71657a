import { chown, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openLog } from './log-files.js';
import { writePrivate } from './secrets.js';

const own = process.getuid?.() ?? 0;
/** Whoever has the folder; where we are not root we do. */
const other = own === 0 ? 65_534 : own;

describe('what root writes', () => {
  it("is theirs in somebody's folder, and nothing that a link there leads to", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'folder-owner-'));
    const ownerOf = async (name: string) => (await stat(join(folder, name))).uid;
    await writeFile(join(folder, 'elsewhere'), '');
    await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
    if (other !== own) await chown(folder, other, other);
    await writePrivate(join(folder, 'secret'), 'x');
    for (const name of ['log', 'link']) await (await openLog(join(folder, name))).close();
    expect(await Promise.all(['secret', 'log', 'elsewhere'].map(ownerOf))).toEqual([other, other, own]);
    expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});
