import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';
import { settings } from './configuration-page.js';
import { composeVariables, envFile, missingFrom, OWN_WAY, secretsFrom, SETTLED } from './env-file.js';
import { newSecrets } from './secrets.js';
import { services, type Service } from './services.js';

const admin = { adminEmail: 'admin@jangteo.local', adminPassword: undefined };
const read = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const compose = read('docker-compose.yml');

describe('the file of variables for compose', () => {
  it('has every variable that the shop and its cluster ask for, and no other', () => {
    const files = compose + read('docker-compose.cluster.yml');
    const asked = new Set([...files.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    expect(new Set(Object.keys(composeVariables(admin, newSecrets())))).toEqual(asked);
  });

  it('has each on one line, the key included', () => {
    const secrets = newSecrets();
    const lines = envFile(composeVariables(admin, secrets)).trimEnd().split('\n');
    expect(lines).toHaveLength(Object.keys(composeVariables(admin, secrets)).length);
    for (const one of lines) expect(one).toMatch(/^[A-Z_]+=('[^'$]+'|[^'"$\s]+)$/);
    expect(lines.at(-1)).toContain(String.raw`-----BEGIN PRIVATE KEY-----\n`);
  });

  it('quotes nothing that needs no quotes, since not all who read such files take them off', () => {
    const secrets = newSecrets();
    const unquoted = envFile({ ...composeVariables(admin, secrets), TOKEN_PRIVATE_KEY: 'x' });
    expect(unquoted).not.toMatch(/['"]/);
    expect(unquoted).toContain(`\nADMIN_PASSWORD=${secrets.adminPassword}\n`);
    for (const value of [
      'a b',
      '#',
      'a#b',
      'a;b',
      '"',
      '~',
      '',
      'a\\b',
      '*',
      '`id`',
      '(',
      '!',
      '&',
      '|',
      '<',
    ]) {
      expect(envFile({ ADMIN_PASSWORD: value })).toBe(`ADMIN_PASSWORD='${value}'\n`);
    }
  });

  it('takes the admin that was chosen', () => {
    const chosen = composeVariables({ adminEmail: 'me@shop.kr', adminPassword: 'chosen' }, newSecrets());
    expect(chosen).toMatchObject({ ADMIN_EMAIL: 'me@shop.kr', ADMIN_PASSWORD: 'chosen' });
  });

  it.each(['a/b', 'a#b', 'a?b', 'a%b', 'a,b', 'a@b', 'a b', ''])(
    'refuses the password %j where it would stand in a URL, by name',
    (value) => {
      const secrets = newSecrets();
      const broker = { ...secrets.brokerPasswords, wallet: value };
      const refused = () => composeVariables(admin, { ...secrets, brokerPasswords: broker });
      expect(refused).toThrow(/^WALLET_BROKER_PASSWORD: may have/);
      const servers = { ...secrets.serverPasswords, postgres: value, redis: value };
      expect(() => composeVariables(admin, { ...secrets, serverPasswords: servers })).toThrow(
        /^REDIS_PASSWORD: may have/,
      );
    },
  );

  it.each(["it's", 'a$b', 'a\nb'])('refuses %j by the name of its variable, never its value', (value) => {
    expect(() => envFile({ ADMIN_PASSWORD: value })).toThrow(/^ADMIN_PASSWORD may hold/);
  });
});

describe('how many there are of each service', () => {
  interface Scaled {
    readonly services: Readonly<Record<string, { readonly scale?: string }>>;
  }

  it('is a variable, so that no command of compose makes it another one; the same on a cluster', () => {
    const [one, cluster] = ['docker-compose.yml', 'docker-compose.cluster.yml'].map(
      (file) => (parse(read(file), { merge: true }) as Scaled).services,
    );
    for (const service of services) {
      const name = `${service.toUpperCase()}_REPLICAS`;
      // The gateway has a port of this machine, which one alone can have.
      expect(one![service]!.scale).toBe(service === 'gateway' ? undefined : `\${${name}:-1}`);
      expect(cluster![service]!.scale).toBe(`\${${name}:-2}`);
    }
  });
});

describe('a file of variables that is there', () => {
  it('is where secrets are from that are not kept elsewhere', () => {
    const fresh = newSecrets();
    // Containers begin without demo data.
    const old = { ...newSecrets(), demoPasswords: fresh.demoPasswords };
    const text = envFile(composeVariables(admin, old));
    expect(secretsFrom(text, fresh)).toEqual(old);
    const older = text.replaceAll(/^(\w+_RUNTIME_DATABASE|REDIS)_PASSWORD=.*\n/gm, '');
    expect(secretsFrom(`${older}COUPON_BROKER_PASSWORD=\n`, fresh)).toEqual({
      ...old,
      runtimeDatabasePasswords: fresh.runtimeDatabasePasswords,
      brokerPasswords: { ...old.brokerPasswords, coupon: fresh.brokerPasswords.coupon },
      serverPasswords: { ...old.serverPasswords, redis: fresh.serverPasswords.redis },
    });
  });

  const wanted = {
    POSTGRES_PASSWORD: 'p',
    ADMIN_EMAIL: 'a@shop.kr',
    TOKEN_PRIVATE_KEY: String.raw`one\ntwo`,
  };

  it('lacks nothing that it has, in whatever way it is written', () => {
    const text = `# mine\nexport POSTGRES_PASSWORD="other"\nADMIN_EMAIL=\nMORE=1\nTOKEN_PRIVATE_KEY='key'`;
    expect(missingFrom(text, wanted)).toEqual({});
  });

  it('is never told to play where it takes payments', () => {
    const { ALLOW_SANDBOX } = missingFrom(
      "PAYMENT_PROVIDER='stripe'\n",
      composeVariables(admin, newSecrets()),
    );
    expect(ALLOW_SANDBOX).toBe('false');
    expect(missingFrom('', composeVariables(admin, newSecrets())).ALLOW_SANDBOX).toBe('true');
    expect(missingFrom('PAYMENT_PROVIDER=stripe', { ADMIN_EMAIL: 'a' })).toEqual({ ADMIN_EMAIL: 'a' });
  });

  it('lacks what it does not name, or only in a comment', () => {
    const text = envFile({ ADMIN_EMAIL: 'me@shop.kr' }) + '# POSTGRES_PASSWORD=p\n';
    const { ADMIN_EMAIL: _, ...others } = wanted;
    expect(missingFrom(text, wanted)).toEqual(others);
  });
});

/** Variables that compose gives a service: its own, and those that all have. */
function variablesOf(service: Service): string[] {
  const own = compose
    .split(`\n  ${service}:\n`)[1]!
    .split(/\n  \S/)[0]!
    .split('environment:')[1]!;
  const common = compose.split('x-environment:')[1]!.split('\nservices:')[0]!;
  const lines = [...own.split('\n    depends_on:')[0]!.split('\n'), ...common.split('\n')];
  return lines.flatMap((line) => /^ +([A-Z][A-Z_]+):/.exec(line)?.[1] ?? []);
}

describe('docker-compose.yml', () => {
  const settled: readonly string[] = SETTLED;
  const ownWay: readonly string[] = OWN_WAY;
  // What spans are said to be of is another name in each.
  const passedOn = settings().filter(({ name }) => ![...settled, 'OTEL_SERVICE_NAME'].includes(name));

  it.each(passedOn)('passes $name on to $services', ({ name, services: readers }) => {
    expect(readers.filter((service) => !variablesOf(service).includes(name))).toEqual([]);
  });

  const { services: containers } = parse(compose, { merge: true }) as {
    services: Record<Service, { environment: Record<string, string | null>; entrypoint?: string[] }>;
  };

  it.each(passedOn.filter(({ name }) => !ownWay.includes(name)))(
    'takes $name from .env or the shell for $services, whatever it has itself',
    ({ name, services: readers }) => {
      const deaf = readers.filter((service) => {
        const value = containers[service].environment[name];
        return value !== null && !value?.startsWith(`\${${name}:`);
      });
      expect(deaf).toEqual([]);
    },
  );

  it('is said in docs/operations.md not to take what it decides on', () => {
    const [, except = ''] = /can stand there too, except (.*?), which/.exec(read('docs/operations.md')) ?? [];
    const names = [...except.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set([...ownWay, ...settled]));
  });
});
