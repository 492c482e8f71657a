import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const PROGRAM = join(projectRoot(), 'tools', 'dist', 'src', 'audit.js');
/** Takes no byte, as a disk does that is full. */
const FULL = '/dev/full';

describe('npm run audit', () => {
  let isSound: boolean;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '' } = request;
    asked.push(url);
    const checks = [{ name: 'stock', about: 'Stock', findings: 1, examples: [], seen: [], unanswered: [] }];
    const report = { isSound, checkedAt: '', tookMs: 1, checks, unanswered: [] };
    const answers: Record<string, object> = {
      '/auth/login': { accessToken: 'a', refreshToken: 'r' },
      '/admin/audit': report,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[url] ?? {}));
  });
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  /** @returns its exit code */
  async function audit(output: 'pipe' | number): Promise<unknown> {
    const { port } = server.address() as AddressInfo;
    const settings = {
      SHOP_URL: `http://127.0.0.1:${port}`,
      ADMIN_EMAIL: 'a@example.com',
      ADMIN_PASSWORD: 'secret',
    };
    const env = { ...process.env, ...settings };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', output, 'ignore'] });
    // A reader that goes away.
    child.stdout?.destroy();
    const [code] = await once(child, 'close');
    return code;
  }

  it.each([
    [true, 0],
    [false, 1],
  ])('logs out and says what it has found where nobody reads it: sound %s', async (sound, code) => {
    [isSound, asked.length] = [sound, 0];
    expect(await audit('pipe')).toBe(code);
    expect(asked).toEqual(['/auth/login', '/admin/audit', '/auth/logout']);
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('does not end well where it cannot be written: sound %s', async (sound, code) => {
    isSound = sound;
    const full = openSync(FULL, 'w');
    expect(await audit(full)).toBe(code);
    closeSync(full);
  });
});
