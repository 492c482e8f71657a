import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { settings } from './configuration-page.js';
import { freshEnvExample, writtenEnvExample } from './env-example.js';
import { composeVariables, missingFrom, SECRET, secretsFrom } from './env-file.js';
import { newSecrets } from './secrets.js';

const NEEDED = composeVariables(
  { adminEmail: 'admin@jangteo.local', adminPassword: undefined },
  newSecrets(),
);

async function made(): Promise<string> {
  const program = join(projectRoot(), 'deploy', 'make-env.mjs');
  return (await promisify(execFile)(process.execPath, [program])).stdout;
}

describe('.env.example', () => {
  it('is what the schemas and docker-compose.yml say: npm run docs writes it', async () => {
    expect(await writtenEnvExample()).toBe(await freshEnvExample());
  });

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
    for (const [, name = '', preset] of compose.matchAll(/\$\{(\w+):-([^}]*)\}/g))
      expect({ [name]: shown[name] }).toEqual({ [name]: preset });
    const passedOn = [...compose.matchAll(/^ +([A-Z][A-Z_]+):$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(passedOn.filter((name) => name !== 'OTEL_SERVICE_NAME')));
  });

  it('names a default that is not one value for all without a value to take over', async () => {
    const text = await freshEnvExample();
    expect(text).toContain('# DATABASE_STATEMENT_TIMEOUT_MS: 10,000; gateway 4,000\n');
    expect(text).toContain("# REDIS_URL: the shop's own Redis; there and empty: none\n");
    expect(text).not.toMatch(/^# (DATABASE_STATEMENT_TIMEOUT_MS|REDIS_URL)=/m);
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
