import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image?: string;
        readonly depends_on?: Readonly<Record<string, unknown>>;
        readonly environment?: Readonly<Record<string, string>>;
        readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address: string }>>;
      }
    >
  >;
  readonly networks?: Readonly<
    Record<string, { readonly ipam: { readonly config: readonly [{ subnet: string; ip_range: string }] } }>
  >;
}

const read = (name: string): ComposeFile =>
  parse(readFileSync(join(projectRoot(), name), 'utf8'), { merge: true }) as ComposeFile;

describe('the brokers of docker-compose.cluster.yml', () => {
  const { services } = read('docker-compose.cluster.yml');
  const { services: base } = read('docker-compose.yml');
  const brokers = Object.keys(services).filter((name) => /^rabbitmq(-\d+)?$/.test(name));

  it('wait for none of each other: a node that forms a cluster is not healthy before a second one is there', () => {
    expect(brokers).toEqual(['rabbitmq', 'rabbitmq-2', 'rabbitmq-3']);
    for (const name of brokers) {
      expect({ name, waitsFor: services[name]?.depends_on ?? base[name]?.depends_on }).toEqual({ name });
    }
  });

  it('are waited for by what makes the users, all of them', () => {
    const waitsFor = { ...base['rabbitmq-users']?.depends_on, ...services['rabbitmq-users']?.depends_on };
    expect(Object.keys(waitsFor)).toEqual(brokers);
    expect(new Set(Object.values(waitsFor).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ condition: 'service_healthy' })]),
    );
  });
});

/** The value where a variable is not set: `10.0.0.2` of `${ADDRESS:-10.0.0.2}`. */
const usual = (value: string | undefined): string => /^\$\{\w+:-(.*)\}$/.exec(value ?? '')?.[1] ?? '';

describe('the load balancer of docker-compose.cluster.yml', () => {
  const { services, networks } = read('docker-compose.cluster.yml');
  const places = services.balancer?.networks as Readonly<Record<string, { ipv4_address: string }>>;

  it('is all that gateways believe when it says who asks', () => {
    expect(Object.keys(places)).toEqual(['front']);
    expect(read('docker-compose.yml').services.gateway?.networks).toContain('front');
    const address = places.front?.ipv4_address;
    expect(usual(address)).toMatch(/^\d+(\.\d+){3}$/);
    expect(services.gateway?.environment?.TRUSTED_PROXIES).toBe(address);
  });

  it('has an address that no other container is given', () => {
    const [{ subnet, ip_range: given }] = networks!.front!.ipam.config;
    const isIn = (network: string, address: string): boolean => {
      const [first = '', bits] = usual(network).split('/');
      const list = new BlockList();
      list.addSubnet(first, Number(bits));
      return list.check(address);
    };
    const address = usual(places.front?.ipv4_address);
    expect([isIn(subnet, address), isIn(given, address)]).toEqual([true, false]);
    expect(isIn(subnet, usual(given).split('/')[0]!)).toBe(true);
  });

  it('says itself who asks, in place of whatever the client has said', () => {
    const lines = readFileSync(join(projectRoot(), 'deploy/haproxy/haproxy.cfg'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => /forward/i.test(line));
    expect(lines).toEqual([
      'http-request del-header Forwarded',
      'http-request set-header X-Forwarded-For %[src]',
    ]);
  });
});
