import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { json, problem, ScriptedShop } from '../test/scripted-shop.js';
import { shopOf } from './access.js';
import { UsageError } from './command.js';

const CREDENTIALS = { email: 'a@example.com', password: 'correct horse' };
const tokens = (name: string): object => ({ accessToken: `a-${name}`, refreshToken: `r-${name}` });

describe('the shop that is meant', () => {
  let home: string;
  let environment: NodeJS.ProcessEnv;
  let usual: ScriptedShop;
  let staging: ScriptedShop;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'jangteo-'));
    environment = { XDG_CONFIG_HOME: home };
    [usual, staging] = [await ScriptedShop.open(), await ScriptedShop.open()];
  });
  afterEach(async () => {
    await Promise.all([usual.close(), staging.close()]);
    await rm(home, { recursive: true, force: true });
  });

  async function login(at: ScriptedShop): Promise<void> {
    at.play(json(200, tokens('1')));
    const { shop } = await shopOf(at.url, environment, true);
    await shop.auth.login(CREDENTIALS);
  }

  it('is that of the last login, however often another one is named', async () => {
    await login(staging);
    await login(usual);
    staging.play(problem(401, 'UNAUTHENTICATED'), json(200, tokens('2')), json(200, {}));
    await (await shopOf(staging.url, environment)).shop.auth.me();
    expect(staging.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/auth/me', 'Bearer a-1'],
      ['/auth/refresh', undefined],
      ['/auth/me', 'Bearer a-2'],
    ]);
    expect((await shopOf(undefined, environment)).url).toBe(usual.url);
  });

  it('is named with a key: it is not for where one is logged in', async () => {
    await login(usual);
    environment = { ...environment, JANGTEO_API_KEY: 'jk_1' };
    await expect(shopOf(undefined, environment)).rejects.toThrow(UsageError);
    expect((await shopOf(staging.url, environment)).url).toBe(staging.url);
    expect((await shopOf(undefined, { ...environment, JANGTEO_URL: staging.url })).url).toBe(staging.url);
  });
});
