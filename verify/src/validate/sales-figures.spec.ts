import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checksumsIn, projectRoot } from '@jangteo/infra';
import { differences } from './sales-figures.js';

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');

describe('R39: the statistics', () => {
  it('are compared figure by figure, and row by row', () => {
    const [one, other] = [
      { key: '09 cup', units: '2' },
      { key: '09 pot', units: '1' },
    ];
    expect(differences([one!, other!], [other!, one!])).toEqual([]);
    expect(differences([one!], [{ ...one!, units: '3' }])).toHaveLength(1);
    expect(differences([one!, other!], [one!])).toHaveLength(1);
    expect(differences([one!], [one!, other!])).toHaveLength(1);
  });

  it('have one version of Spark in the image, the tests and the connector', () => {
    const [, version = ''] = /^pyspark==(\S+)/m.exec(read('jobs/statistics/requirements-test.txt')) ?? [];
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const jars = [...checksumsIn(read('jobs/statistics/connector.sha256')).keys()];
    expect(jars).toContain(`spark-sql-kafka-0-10_2.13-${version}.jar`);
    for (const file of ['docker-compose.yml', 'deploy/statistics/Dockerfile', 'docs/data-platform.md']) {
      const named = [...read(file).matchAll(/apache\/spark:([\w.]+)-python3/g)].map(([, its]) => its);
      expect(new Set(named)).toEqual(new Set([version]));
    }
  });
});
