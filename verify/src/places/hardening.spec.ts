import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ALL_SERVICES } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';

interface Container {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly pids_limit?: number;
  readonly mem_limit?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

function containersIn(file: string): Record<string, Container> {
  const text = readFileSync(join(projectRoot(), file), 'utf8');
  return (parse(text, { merge: true }) as { services: Record<string, Container> }).services;
}

const shop = containersIn('docker-compose.yml');
const cluster = containersIn('docker-compose.cluster.yml');
const added = Object.entries(cluster).filter(([name]) => !(name in shop));
/** What runs what others wrote, for whoever asks for it, and is not looked at here. */
const containers = [...Object.entries(shop), ...added].filter(
  ([, { profiles = [] }]) => !profiles.includes('observe'),
);
const SERVERS = ['postgres', 'rabbitmq', 'rabbitmq-2', 'rabbitmq-3'];
/** Its image begins as a user without powers, and writes its settings where it is installed. */
const WRITES_AT_HOME = ['kafka', 'kafka-2', 'kafka-3'];

describe('a container of the shop', () => {
  it.each(containers)(
    '%s has few processes and none of the powers of root that it can do without',
    (name, container) => {
      const forServers = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];
      expect(container.cap_drop).toEqual(['ALL']);
      // With which a server takes its own user.
      expect(container.cap_add).toEqual(SERVERS.includes(name) ? forServers : undefined);
      expect(container.security_opt).toEqual(['no-new-privileges:true']);
      expect(container.pids_limit).toBeGreaterThan(0);
    },
  );

  it.each(containers.filter(([name]) => ![...SERVERS, ...WRITES_AT_HOME].includes(name)))(
    '%s writes nothing but to volumes, and has a bound of memory',
    (_name, container) => {
      expect(container.read_only).toBe(true);
      expect(container.mem_limit).toMatch(/^\d+[mg]$/);
    },
  );

  it('is open to this machine alone, unless its gateway or balancer is told otherwise', () => {
    const ports = containers.flatMap(([, container]) => container.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports)
      expect(port).toMatch(/^(127\.0\.0\.1|\$\{(GATEWAY|BALANCER)\w*_HOST:-127\.0\.0\.1\}):/);
  });

  it('knows other brokers by something else than the password of their owner', () => {
    const { RABBITMQ_ERLANG_COOKIE: cookie, RABBITMQ_DEFAULT_PASS: password } =
      cluster['rabbitmq-2']!.environment!;
    expect(cookie).toMatch(/^\$\{RABBITMQ_ERLANG_COOKIE:\?/);
    expect(password).not.toBe(cookie);
  });

  it('R38: keeps what the catalog caches in a Redis that asks for a password, and is no place to keep anything', () => {
    expect(shop.catalog!.entrypoint!.at(-1)).toContain('${REDIS_URL-redis://:$$REDIS_PASSWORD@redis:6379}');
    expect(JSON.stringify(shop.redis)).toMatch(/requirepass.*--save.*--maxmemory /);
  });
});

describe('the profile statistics', () => {
  const all = { ...cluster, ...shop };
  const its = Object.keys(all).filter((name) => all[name]!.profiles?.includes('statistics'));

  /** What has to be there before a container starts, and before that, and so on. */
  function awaitedBy(name: string): string[] {
    const before = Object.keys({ ...shop[name]?.depends_on, ...cluster[name]?.depends_on });
    return [...before, ...before.flatMap(awaitedBy)];
  }

  it('starts nothing where .env is not ready for it, and has the engine say what to run', () => {
    const [sentence = ''] = all['statistics-settings']!.entrypoint!;
    expect(sentence).toMatch(
      /^\$\{STATISTICS_READY:-the profile .*, run npm run env -- --statistics first\}$/,
    );
    expect(all['statistics-settings']!.command).toEqual([]);
    expect(its.length).toBeGreaterThan(4);
    for (const name of its.filter((one) => one !== 'statistics-settings'))
      expect([name, awaitedBy(name)]).toEqual([name, expect.arrayContaining(['statistics-settings'])]);
  });

  it('is no part of a shop without it', () => {
    const others = Object.keys(all).filter((name) => !its.includes(name));
    expect(others.flatMap(awaitedBy).filter((name) => its.includes(name))).toEqual([]);
  });
});

describe('the networks of the shop', () => {
  const on = (network: string): string[] =>
    Object.entries(shop)
      .filter(([, { networks = ['default'] }]) => networks.includes(network))
      .map(([name]) => name)
      .toSorted();
  const migrations = ALL_SERVICES.map((name) => `${name}-migrate`);

  it('have no server where a proxy is, or where services meet', () => {
    expect(on('front')).toEqual(['gateway']);
    for (const server of ['postgres', 'rabbitmq', 'redis', 'kafka']) {
      expect(shop[server]!.networks).toHaveLength(1);
      expect(on('default')).not.toContain(server);
    }
  });

  it('lead to a server only those that need it', () => {
    expect(on('databases')).toEqual(
      [
        'postgres',
        'postgres-users',
        'statistics',
        'statistics-database',
        ...ALL_SERVICES,
        ...migrations,
      ].toSorted(),
    );
    expect(on('records')).toEqual(['kafka', 'order', 'statistics', 'statistics-topic']);
    expect(on('broker')).toEqual(['prometheus', 'rabbitmq', 'rabbitmq-users', ...ALL_SERVICES].toSorted());
    expect(on('cache')).toEqual(['catalog', 'redis']);
    const networks = parse(readFileSync(join(projectRoot(), 'docker-compose.yml'), 'utf8'), {
      merge: true,
    }) as {
      networks: Record<string, { internal?: boolean } | null>;
    };
    expect(networks.networks.databases?.internal).toBe(true);
    expect(networks.networks.cache?.internal).toBe(true);
    expect(networks.networks.records?.internal).toBe(true);
  });

  it('let no service work as the owner of its database', () => {
    for (const service of ALL_SERVICES) {
      const owner = `jangteo_${service}`;
      const secret = (name: string): string => `\${${service.toUpperCase()}_${name}}`;
      const urlAs = (user: string, password: string): string =>
        `postgres://${user}:${password}@postgres:5432/${owner}`;
      expect(shop[service]!.environment!.DATABASE_URL).toBe(
        urlAs(`${owner}_runtime`, secret('RUNTIME_DATABASE_PASSWORD')),
      );
      expect(shop[`${service}-migrate`]!.environment).toEqual({
        DATABASE_URL: urlAs(owner, secret('DATABASE_PASSWORD')),
        DATABASE_RUNTIME_USER: `${owner}_runtime`,
      });
    }
  });
});
