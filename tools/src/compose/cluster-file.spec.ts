import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { parse } from 'yaml';

interface ComposeFile {
  readonly services: Readonly<
    Record<string, { readonly image?: string; readonly depends_on?: Readonly<Record<string, unknown>> }>
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
