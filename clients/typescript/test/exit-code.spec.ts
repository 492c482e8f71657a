import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { json, problem, ScriptedShop } from './scripted-shop.js';

const PROGRAM = join(projectRoot(), 'clients', 'typescript', 'bin', 'jangteo.mjs');
/** Takes no byte, as a disk does that is full. */
const FULL = '/dev/full';

describe('the exit code of jangteo', () => {
  let server: ScriptedShop;
  beforeAll(async () => {
    server = await ScriptedShop.open();
  });
  afterAll(async () => {
    await server.close();
  });

  async function jangteo(
    command: string,
    output: 'full' | 'unread' | 'read' = 'read',
  ): Promise<[code: number, aside: string]> {
    const env = { ...process.env, JANGTEO_URL: server.url, JANGTEO_API_KEY: 'jk_1' };
    const stdout = output === 'full' ? openSync(FULL, 'w') : 'pipe';
    const child = spawn(process.execPath, [PROGRAM, command], { env, stdio: ['ignore', stdout, 'pipe'] });
    if (output === 'unread') child.stdout?.destroy();
    else child.stdout?.resume();
    if (typeof stdout === 'number') closeSync(stdout);
    const ended = new Promise<number>((resolve) => child.once('close', resolve));
    return await Promise.all([ended, text(child.stderr!)]);
  }

  /** Runs it for a shop whose books are as told. */
  async function audit(isSound: boolean, output: 'full' | 'unread' | 'read') {
    const checks = [{ name: 'stock', about: 'Stock', examples: [], seen: [], unanswered: [], findings: 1 }];
    const report = { isSound, checkedAt: '2026-01-01T00:00:00.000Z', tookMs: 1, checks, unanswered: [] };
    server.play(json(200, report));
    return await jangteo('audit', output);
  }

  it.each([
    ['sound', true, 0],
    ['not sound', false, 1],
  ])('is as it has found the books, %s, whether or not anybody reads that', async (_what, isSound, code) => {
    expect(await audit(isSound, 'read')).toEqual([code, '']);
    expect(await audit(isSound, 'unread')).toEqual([code, '']);
  });

  it.each([true, false])('is 1 where what was found cannot be written: sound %s', async (isSound) => {
    const [code, aside] = await audit(isSound, 'full');
    expect(code).toBe(1);
    expect(aside).toContain('Not all of it could be written: ENOSPC');
  });

  it('is 1 where a key is not good, and what is said of that is no word of a login', async () => {
    server.play(problem(401, 'UNAUTHENTICATED'));
    const hint = 'JANGTEO_API_KEY is not good at this shop, or not any more.';
    expect(await jangteo('whoami')).toEqual([1, `UNAUTHENTICATED (UNAUTHENTICATED)\n${hint}\n`]);
  });
});
