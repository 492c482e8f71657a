import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  it.each(['3.0.1', '', undefined])('get psycopg into an image that has %p of it', (version) => {
    expect(installed(version)).toMatch(/^-m pip install .*--require-hashes .*-r requirements.txt\n$/);
  });

  it('leave an image its psycopg of the right version', () => {
    const [, version] = /^psycopg==(\S+)/m.exec(read('jobs/statistics/requirements.txt')) ?? [];
    expect(installed(version)).toBe('');
  });
});

/** What the image's build has Python do where its psycopg is of a version, or is not there. */
function installed(version: string | undefined): string {
  const [, instruction] = /^RUN (.*psycopg(?:.*\\\n)*.*)$/m.exec(read('deploy/statistics/Dockerfile')) ?? [];
  const dir = mkdtempSync(join(tmpdir(), 'psycopg-'));
  try {
    const answer = version === undefined ? 'exit 1' : `echo '${version}'`;
    const python = `#!/bin/sh\n[ "$1" = -c ] || { echo "$@" >&3; exit; }\n${answer}\n`;
    writeFileSync(join(dir, 'python3'), python, { mode: 0o755 });
    return execFileSync('sh', ['-ec', `exec 3>&1; ${instruction}`], {
      cwd: join(projectRoot(), 'jobs', 'statistics'),
      env: { PATH: `${dir}:${process.env.PATH}` },
      encoding: 'utf8',
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}
