import { execFile, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { settings } from './configuration-page.js';
import { freshEnvExample } from './env-example.js';
import { composeVariables, missingFrom, SECRET, secretsFrom } from './env-file.js';
import { newSecrets } from './secrets.js';

const NEEDED = composeVariables(
  { adminEmail: 'admin@jangteo.local', adminPassword: undefined },
  newSecrets(),
);

const PROGRAM = join(projectRoot(), 'deploy', 'make-env.mjs');

async function made(): Promise<string> {
  return (await promisify(execFile)(process.execPath, [PROGRAM])).stdout;
}

describe('.env.example', () => {
  it('has what compose cannot do without, and no secret', async () => {
    const present = parseEnv(await freshEnvExample());
    expect(Object.keys(present).toSorted()).toEqual(Object.keys(NEEDED).toSorted());
    const filled = Object.entries(present).filter(([, value]) => value !== '');
    expect(Object.fromEntries(filled)).toEqual({ ALLOW_SANDBOX: 'true', ADMIN_EMAIL: 'admin@jangteo.local' });
  });

  it('shows defaults as they are read where nothing is set, and none twice', async () => {
    const text = await freshEnvExample();
    const shown = parseEnv(text.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
    expect(shown).toMatchObject({ ORDER_DEADLINE_MS: '30000', GATEWAY_PORT: '3000', CURRENCY: 'krw' });
    const names = [...text.matchAll(/^(?:# )?([A-Z_]+)(?:=|: )/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    const compose = await readFile(join(projectRoot(), 'docker-compose.yml'), 'utf8');
    // That of STATISTICS_READY is a sentence for whoever has not set it.
    for (const [, name = '', preset] of compose.matchAll(/\$\{((?!STATISTICS_READY)\w+):-([^}]*)\}/g))
      expect({ [name]: shown[name] }).toEqual({ [name]: preset });
    const passedOn = [...compose.matchAll(/^ +([A-Z][A-Z_]+):$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(passedOn.filter((name) => name !== 'OTEL_SERVICE_NAME')));
  });

  it('names a default that is not one value for all without a value to take over', async () => {
    const text = await freshEnvExample();
    expect(text).toContain('# DATABASE_STATEMENT_TIMEOUT_MS: 10,000; gateway 4,000\n');
    expect(text).toContain("# REDIS_URL: the shop's own Redis; there and empty: none\n");
    expect(text).not.toMatch(/^# (DATABASE_STATEMENT_TIMEOUT_MS|REDIS_URL|STATISTICS_READY)=/m);
  });

  it('is a .env that lacks its secrets where it is only copied', async () => {
    const lacking = Object.keys(missingFrom(await freshEnvExample(), NEEDED));
    expect(lacking.toSorted()).toEqual(
      Object.keys(NEEDED)
        .filter((name) => SECRET.test(name))
        .toSorted(),
    );
    expect(lacking.length).toBeGreaterThan(20);
  });

  it('leaves out what compose decides on', async () => {
    const names = [...(await freshEnvExample()).matchAll(/^(?:# )?([A-Z_]+)(?:=|: )/gm)].map(
      ([, name]) => name,
    );
    const decided = ['HTTP_PORT', 'DATABASE_URL', 'AMQP_URL'];
    expect(names.filter((name) => decided.includes(name!))).toEqual([]);
    expect(settings().map(({ name }) => name)).toEqual(expect.arrayContaining(decided));
  });

  it('becomes a .env that lacks nothing, other secrets each time', async () => {
    const [one, other] = await Promise.all([made(), made()]);
    expect(missingFrom(one, NEEDED)).toEqual({});
    const secrets = secretsFrom(one, newSecrets());
    expect(createPrivateKey(secrets.tokenPrivateKey).asymmetricKeyType).toBe('ed25519');
    const valuesOf = (text: string) =>
      Object.entries(parseEnv(text)).filter(([name]) => !['ALLOW_SANDBOX', 'ADMIN_EMAIL'].includes(name));
    const values = [...valuesOf(one), ...valuesOf(other)].map(([, value]) => value);
    for (const value of values) expect(value?.length).toBeGreaterThanOrEqual(48);
    expect(new Set(values).size).toBe(values.length);
  });
});

describe('make-env.mjs --statistics', () => {
  const dir = mkdtempSync(join(tmpdir(), 'make-env-'));
  const path = join(dir, '.env');
  afterAll(() => rmSync(dir, { recursive: true }));
  beforeEach(() => rmSync(path, { force: true }));

  /** As a shell would: what it prints is appended. */
  function add(): { said: string; status: number | null; env: NodeJS.Dict<string>; text: string } {
    const args = [PROGRAM, '--statistics', '--file', path];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    writeFileSync(path, stdout, { flag: 'a' });
    const text = readFileSync(path, 'utf8');
    return { said: stderr, status, env: parseEnv(text), text };
  }

  const statisticsUrl = (password = ''): string =>
    `postgres://jangteo_statistics_runtime:${password}@postgres:5432/jangteo_statistics`;

  it('adds all that docker-compose.yml takes for the profile, behind what is there', async () => {
    writeFileSync(path, '# mine\nGATEWAY_PORT=8080');
    const { said, status, env, text } = add();
    expect(text).toMatch(/^# mine\nGATEWAY_PORT=8080\nDATA_PLATFORM_URL=/);
    const { STATISTICS_DATABASE_PASSWORD: owner, STATISTICS_RUNTIME_DATABASE_PASSWORD: reader } = env;
    expect(env).toEqual({
      GATEWAY_PORT: '8080',
      DATA_PLATFORM_URL: 'kafka://kafka:9092/orders',
      DATA_PLATFORM_ALLOW_PLAINTEXT: 'true',
      STATISTICS_DATABASE_PASSWORD: owner,
      STATISTICS_RUNTIME_DATABASE_PASSWORD: reader,
      STATISTICS_DATABASE_URL: statisticsUrl(reader),
      STATISTICS_READY: 'true',
      COMPOSE_PROFILES: 'statistics',
    });
    expect(owner).toMatch(/^[0-9a-f]{48}$/);
    expect(reader).toMatch(/^[0-9a-f]{48}$/);
    expect(reader).not.toBe(owner);
    expect([status, said]).toEqual([0, expect.stringContaining('Next: docker compose up --build')]);
    const compose = await readFile(join(projectRoot(), 'docker-compose.yml'), 'utf8');
    const secrets = [...compose.matchAll(/\$\{(STATISTICS_\w*PASSWORD)/g)].map(([, name]) => name);
    expect(Object.keys(env)).toEqual(expect.arrayContaining(secrets));
  });

  it('adds nothing the second time, and says so', () => {
    writeFileSync(path, 'GATEWAY_PORT=8080\n');
    const { text } = add();
    const again = add();
    expect([again.text, again.status]).toEqual([text, 0]);
    expect(again.said).toContain('.env has what the profile statistics needs.');
  });

  it('makes a whole .env where there is none', () => {
    const { env, text, status } = add();
    expect([missingFrom(text, NEEDED), status]).toEqual([{}, 0]);
    expect(env).toMatchObject({ STATISTICS_READY: 'true', ALLOW_SANDBOX: 'true' });
  });

  it('keeps passwords, the topic and other profiles that are there', () => {
    writeFileSync(
      path,
      'STATISTICS_RUNTIME_DATABASE_PASSWORD=mine\nSTATISTICS_TOPIC=sales\nCOMPOSE_PROFILES=observe\nDATA_PLATFORM_URL=\n',
    );
    const { said, env } = add();
    expect(env).toMatchObject({
      STATISTICS_RUNTIME_DATABASE_PASSWORD: 'mine',
      STATISTICS_DATABASE_URL: statisticsUrl('mine'),
      DATA_PLATFORM_URL: 'kafka://kafka:9092/sales',
      COMPOSE_PROFILES: 'observe',
    });
    expect(said).toContain('Next: COMPOSE_PROFILES=');
    expect(said).toContain(',statistics docker compose up --build');
  });

  it.each([
    ['DATA_PLATFORM_URL', 'https://platform.example.com/secret-path'],
    ['DATA_PLATFORM_ALLOW_PLAINTEXT', 'false'],
    ['STATISTICS_DATABASE_URL', 'postgres://elsewhere:secret-path@db/figures'],
  ])('adds nothing beside a %s for something else, and names it without its value', (name, value) => {
    const text = `${name}=${value}\n`;
    writeFileSync(path, text);
    const refused = add();
    expect([refused.text, refused.status]).toEqual([text, 1]);
    expect(refused.said).toContain(`Nothing is added: ${name} in .env is set`);
    expect(refused.said).not.toContain('secret-path');
  });
});
