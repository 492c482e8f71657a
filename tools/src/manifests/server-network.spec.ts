import { beforeAll, describe, expect, it } from '@jest/globals';
import { readManifests } from './files.js';

interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

interface Policy {
  readonly kind: string;
  readonly spec?: {
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly {
      readonly from?: readonly Peer[];
      readonly ports?: readonly { port: number }[];
    }[];
  };
}

describe.each([
  ['the brokers', { 'app.kubernetes.io/name': 'rabbitmq' }, 5672],
  ['the databases', { 'cnpg.io/cluster': 'postgres' }, 5432],
] as const)('the network of %s', (_what, labels, port) => {
  let policies: Policy[];
  beforeAll(async () => {
    const found = (await readManifests('base')).map(({ object }) => object as unknown as Policy);
    policies = found.filter(({ kind, spec }) => {
      const chosen = Object.entries(spec?.podSelector?.matchLabels ?? {});
      const all = labels as Readonly<Record<string, string>>;
      return (
        kind === 'NetworkPolicy' && chosen.length > 0 && chosen.every(([name, value]) => all[name] === value)
      );
    });
  });

  it('lets in those alone who are named, on ports that are named', () => {
    expect(policies).toHaveLength(1);
    const spec = policies[0]?.spec;
    expect(spec?.policyTypes).toContain('Ingress');
    for (const { from = [], ports = [] } of spec?.ingress ?? []) {
      expect(ports.length).toBeGreaterThan(0);
      expect(from.length).toBeGreaterThan(0);
      for (const peer of from) {
        const chosen = { ...peer.podSelector?.matchLabels, ...peer.namespaceSelector?.matchLabels };
        expect(Object.keys(chosen).length).toBeGreaterThan(0);
      }
    }
  });

  it('lets in the services', () => {
    const ingress = policies.flatMap(({ spec }) => spec?.ingress ?? []);
    const services = ingress.filter(({ from = [] }) =>
      from.some(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/part-of'] === 'jangteo'),
    );
    expect(services.flatMap(({ ports = [] }) => ports)).toEqual([{ port }]);
  });
});
