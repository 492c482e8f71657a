import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { markOf } from '@jangteo/infra';

const shop = { url: 'http://127.0.0.1:4000', adminEmail: 'keeper@example.com' };
const mark = markOf(process.pid)!;

let folder: string;
let before: string | undefined;
let file: typeof import('./run-file.js');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-file-'));
  before = process.env.JANGTEO_LOCAL_DIR;
  process.env.JANGTEO_LOCAL_DIR = folder;
  file = await import('./run-file.js');
});
afterAll(async () => {
  if (before === undefined) delete process.env.JANGTEO_LOCAL_DIR;
  else process.env.JANGTEO_LOCAL_DIR = before;
  await rm(folder, { recursive: true });
});

describe('the file of a run', () => {
  it('is written again once there is room, with all that could not be written before', async () => {
    const run = await file.RunFile.claim(shop, () => {});
    // In the way of what is written, as a full disk is.
    await mkdir(join(folder, 'run.json.new'));
    await expect(run.addService('wallet', mark)).rejects.toThrow('EISDIR');
    await expect(run.markStopping()).rejects.toThrow('EISDIR');
    await rm(join(folder, 'run.json.new'), { recursive: true });
    await run.addService('order', mark);
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({
      stopping: true,
      services: { wallet: mark, order: mark },
    });
    await run.remove();
  });

  it('says where the shop is for as long as the one runs that keeps it running', async () => {
    expect(await file.runningShop()).toBeUndefined();
    const run = await file.RunFile.claim(shop, () => {});
    expect(await file.runningShop()).toEqual(shop);
    const text = await readFile(join(folder, 'run.json'), 'utf8');
    await writeFile(join(folder, 'run.json'), text.replaceAll(mark.startedAt, 'earlier'));
    expect(await file.runningShop()).toBeUndefined();
    await run.remove();
  });
});
