import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { madeOnce } from './made-once.js';

let parent: string;
let fills: number;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'made-once-'));
  fills = 0;
});
afterEach(() => rm(parent, { recursive: true }));

async function fill(fresh: string): Promise<void> {
  fills += 1;
  await writeFile(join(fresh, 'file'), 'whole');
}

describe('a folder that is made once', () => {
  it('is filled at the first call, and taken as it is from then on', async () => {
    const folder = join(parent, 'new', 'one');
    expect(await madeOnce(folder, fill)).toBe(folder);
    expect(await madeOnce(folder, fill)).toBe(folder);
    expect(fills).toBe(1);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('whole');
  });

  it('is one for two who come at once, and nothing is left beside it', async () => {
    const folder = join(parent, 'one');
    await Promise.all([madeOnce(folder, fill), madeOnce(folder, fill)]);
    expect(fills).toBe(2);
    expect(await readdir(parent)).toEqual(['one']);
  });

  it('is not there after a failure, and made by the next who comes', async () => {
    const folder = join(parent, 'one');
    const failing = async (fresh: string): Promise<void> => {
      await fill(fresh);
      throw new Error('the disk is full');
    };
    await expect(madeOnce(folder, failing)).rejects.toThrow('the disk is full');
    expect(await readdir(parent)).toEqual([]);
    await madeOnce(folder, fill);
    expect(await readdir(parent)).toEqual(['one']);
  });
});
