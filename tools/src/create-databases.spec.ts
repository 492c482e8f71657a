import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { composeVariables } from './env-file.js';
import { newSecrets } from './secrets.js';

const PROGRAM = join(projectRoot(), 'deploy', 'postgres', 'create-databases.sh');
const GIVEN = composeVariables({ adminEmail: 'a@shop.kr', adminPassword: 'chosen' }, newSecrets());

describe('the script that makes databases', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'create-databases-'));
    await writeFile(join(folder, 'psql'), '#!/bin/sh\ncat > /dev/null\necho called >> "$LOG"\n');
    await chmod(join(folder, 'psql'), 0o755);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function make(more: Readonly<Record<string, string>>, ...services: string[]) {
    const LOG = join(folder, 'log');
    const env = { ...GIVEN, ...more, PATH: `${folder}:${process.env.PATH}`, LOG };
    const { status, stderr } = spawnSync('bash', [PROGRAM, ...services], { encoding: 'utf8', env });
    const log = await readFile(LOG, 'utf8').catch(() => '');
    return { status, stderr, calls: log.split('\n').filter(Boolean).length };
  }

  it('asks PostgreSQL for each service, and once for all', async () => {
    expect(await make({})).toEqual({ status: 0, stderr: '', calls: 7 });
    const statistics = { STATISTICS_DATABASE_PASSWORD: 'a', STATISTICS_RUNTIME_DATABASE_PASSWORD: 'b.~_-' };
    expect(await make(statistics, 'statistics')).toMatchObject({ status: 0 });
  });

  it('says which password is missing', async () => {
    const missing = await make({ ORDER_DATABASE_PASSWORD: '' });
    expect(missing).toEqual({ status: 1, stderr: 'ORDER_DATABASE_PASSWORD is not set\n', calls: 0 });
  });

  it.each(['a/b', 'a%b', 'é', 'a b', 'a,b'])(
    'changes nothing where the last password is %j, which would be another one in a URL',
    async (password) => {
      const { status, stderr, calls } = await make({ GATEWAY_RUNTIME_DATABASE_PASSWORD: password });
      expect([status, calls]).toEqual([1, 0]);
      expect(stderr).toMatch(/^GATEWAY_RUNTIME_DATABASE_PASSWORD: may have/);
      expect(stderr).not.toContain(password);
    },
  );
});
