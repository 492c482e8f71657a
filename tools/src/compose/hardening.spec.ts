import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
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
}

function containersIn(file: string): Record<string, Container> {
  const text = readFileSync(join(projectRoot(), file), 'utf8');
  return (parse(text, { merge: true }) as { services: Record<string, Container> }).services;
}

const shop = containersIn('docker-compose.yml');
const cluster = containersIn('docker-compose.cluster.yml');
const added = Object.entries(cluster).filter(([name]) => !(name in shop));
const containers = [...Object.entries(shop), ...added].filter(([, { profiles }]) => profiles === undefined);
const SERVERS = ['postgres', 'rabbitmq', 'rabbitmq-2', 'rabbitmq-3'];

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

  it.each(containers.filter(([name]) => !SERVERS.includes(name)))(
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
    expect(shop.catalog!.environment!.REDIS_URL).toMatch(/^redis:\/\/:\$\{REDIS_PASSWORD\}@redis:/);
    expect(JSON.stringify(shop.redis)).toMatch(/requirepass.*--save.*--maxmemory /);
  });
});
