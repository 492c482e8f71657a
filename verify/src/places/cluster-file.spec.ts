import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';

interface Attachment {
  readonly ipv4_address?: string;
  readonly aliases?: readonly string[];
}

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image?: string;
        readonly depends_on?: Readonly<Record<string, unknown>>;
        readonly environment?: Readonly<Record<string, string | number | null>>;
        readonly networks?: readonly string[] | Readonly<Record<string, Attachment>>;
        readonly profiles?: readonly string[];
        readonly healthcheck?: unknown;
        readonly volumes?: readonly string[];
        readonly mem_limit?: string;
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

  it.each(['docker compose up -d postgres', 'RABBITMQ_IMAGE in .env = the new one'])(
    'leave no message behind where operations.md begins with empty ones, before "%s"',
    (then) => {
      const operations = readFileSync(join(projectRoot(), 'docs', 'operations.md'), 'utf8');
      const recipe = [...operations.matchAll(/```sh\n(.*?)```/gs)].find(
        ([, text]) => text?.includes('docker volume rm') && text.includes(then),
      )?.[1];
      const removed = [...(recipe ?? '').matchAll(/\$\{shop\}_(rabbitmq[\w-]*)/g)].map(
        ([, name = '']) => name,
      );
      const kept = brokers.flatMap((name) => {
        const volumes = [...(base[name]?.volumes ?? []), ...(services[name]?.volumes ?? [])];
        return volumes.map((volume) => volume.split(':')[0]!).filter((source) => !source.startsWith('.'));
      });
      expect(kept).toHaveLength(3);
      expect(removed.toSorted()).toEqual(kept.toSorted());
    },
  );

  it('are named to the shell as cluster.md starts them', () => {
    const [operations, page] = ['operations', 'cluster'].map((name) =>
      readFileSync(join(projectRoot(), 'docs', `${name}.md`), 'utf8'),
    );
    const [, port, name, files = ''] =
      /(GATEWAY_PORT=\d+) docker compose -p (\S+) ((?:-f \S+ )+)/.exec(page!) ?? [];
    const list = files.trim().replace('-f ', '').replaceAll(' -f ', ':');
    expect(operations).toContain(
      `export COMPOSE_PROJECT_NAME=${name} COMPOSE_FILE=${list} ${port}\nexport SHOP_URL=http://localhost:8080 ADMIN_EMAIL=`,
    );
  });
});

describe('the Kafka of docker-compose.cluster.yml', () => {
  const { services } = read('docker-compose.cluster.yml');
  const { services: base } = read('docker-compose.yml');
  const nodes = Object.keys(services).filter((name) => /^kafka(-\d+)?$/.test(name));
  const hosts = ['kafka-1', 'kafka-2', 'kafka-3'];
  /** Both files together, as compose reads them. */
  const environmentOf = (name: string) => ({
    ...base[name]?.environment,
    ...services[name]?.environment,
  });
  const namesOf = (name: string): string[] => {
    const networks = services[name]?.networks as Readonly<Record<string, Attachment>>;
    return [name, ...(networks.records?.aliases ?? [])];
  };

  it('has three nodes that differ in what is their own alone', () => {
    expect(nodes).toEqual(['kafka', 'kafka-2', 'kafka-3']);
    const own = nodes.map((name, index) => {
      const { KAFKA_NODE_ID: id, KAFKA_ADVERTISED_LISTENERS: address, ...rest } = environmentOf(name);
      expect([name, address, id]).toEqual([name, `PLAINTEXT://${hosts[index]}:9092`, index + 1]);
      expect(namesOf(name)).toContain(hosts[index]);
      const { profiles, healthcheck, mem_limit } = { ...base[name], ...services[name] };
      return { rest, profiles, healthcheck, mem_limit };
    });
    expect(own[1]).toEqual(own[0]);
    expect(own[2]).toEqual(own[0]);
    expect(own[0]?.profiles).toEqual(['statistics']);
    const volumes = nodes.map((name) => (services[name]?.volumes ?? base[name]?.volumes)?.[0]);
    expect(new Set(volumes).size).toBe(3);
  });

  it('wait for none of each other, and for each of them what makes the topic', () => {
    const isNode = (name: string): boolean => nodes.includes(name);
    const waitsFor = (name: string) =>
      Object.keys({ ...base[name]?.depends_on, ...services[name]?.depends_on }).filter(isNode);
    for (const name of nodes) expect([name, waitsFor(name)]).toEqual([name, []]);
    expect(waitsFor('statistics-topic')).toEqual(nodes);
  });

  it('keeps what is confirmed on two of three nodes at least', () => {
    expect(environmentOf('kafka')).toMatchObject({
      KAFKA_CONTROLLER_QUORUM_VOTERS: hosts.map((host, index) => `${index + 1}@${host}:9093`).join(','),
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3,
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 3,
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 2,
    });
    expect(environmentOf('statistics-topic')).toMatchObject({ REPLICAS: 3, MIN_INSYNC_REPLICAS: 2 });
  });

  it('is reached by any of its nodes: by name, and where a .env for one node says `kafka`', () => {
    const all = hosts.map((host) => `${host}:9092`).join(',');
    expect(environmentOf('statistics-topic').BROKERS).toBe(all);
    expect(environmentOf('statistics').STATISTICS_KAFKA).toBe(all);
    for (const name of nodes) expect(namesOf(name)).toContain('kafka');
  });
});

/** The value where a variable is not set: `10.0.0.2` of `${ADDRESS:-10.0.0.2}`. */
const usual = (value: string | undefined): string => /^\$\{\w+:-(.*)\}$/.exec(value ?? '')?.[1] ?? '';

describe('the load balancer of docker-compose.cluster.yml', () => {
  const { services, networks } = read('docker-compose.cluster.yml');
  const places = services.balancer?.networks as Readonly<Record<string, Attachment>>;

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

  it('sends nothing again by itself of which a repeat cannot be answered in full', () => {
    const rule = readFileSync(join(projectRoot(), 'deploy/haproxy/haproxy.cfg'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('disable-l7-retry'));
    expect(rule).toHaveLength(2);
    const shownOnce = new RegExp(/path_reg (\S+)/.exec(rule.join('\n'))?.[1] ?? 'none');
    const tells = (path: string): boolean => shownOnce.test(path);
    const id = '01920000-0000-7000-8000-0000000000d1';
    const secrets = [
      '/admin/api-keys',
      '/admin/webhooks',
      `/admin/webhooks/${id}/rotate`,
      `/admin/users/${id}/reset-password`,
      '/auth/console/links',
    ];
    expect(secrets.filter((path) => !tells(path))).toEqual([]);
    const others = ['/orders', `/admin/webhooks/${id}/resend`, '/admin/webhooks-x', `/admin/users/${id}`];
    expect(others.filter(tells)).toEqual([]);
  });

  /** What the file says, without comments. */
  const rules = readFileSync(join(projectRoot(), 'deploy/haproxy/haproxy.cfg'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim());

  it('says itself who asks, in place of whatever the client has said, unless that is a proxy which it knows', () => {
    expect(rules.filter((line) => /forward|^acl/i.test(line))).toEqual([
      'acl proxy src -- "${BALANCER_PROXIES[*]}"',
      'http-request del-header Forwarded',
      'http-request del-header X-Forwarded- -m beg unless proxy',
      'http-request set-header X-Forwarded-For %[src] unless { req.hdr(X-Forwarded-For) -m found }',
    ]);
    // Without a value it is nobody: a network of documents (RFC 5737).
    expect(services.balancer?.environment).toEqual({ BALANCER_PROXIES: '${BALANCER_PROXIES:-192.0.2.0}' });
    expect(readFileSync(join(projectRoot(), 'docs/cluster.md'), 'utf8')).toContain('`BALANCER_PROXIES`');
  });

  it('has connections for everybody: a bound on all of them, and a lower one on those of one address', () => {
    const [all, shop] = rules.flatMap((line) => /^maxconn (\d+)$/.exec(line)?.[1] ?? []).map(Number);
    const ofOne = Number(
      /^tcp-request connection reject if \{ sc0_conn_cur gt (\d+) \}$/m.exec(rules.join('\n'))?.[1],
    );
    expect(ofOne).toBeLessThan(shop! / 2);
    // Some are left for who looks at it.
    expect(shop).toBeLessThan(all!);
    expect(rules).toContain('tcp-request connection track-sc0 src,ipmask(32,64) unless proxy');
    const files = (services.balancer as { ulimits?: { nofile: number } }).ulimits?.nofile;
    expect(files).toBeGreaterThan(3 * all!);
  });
});
