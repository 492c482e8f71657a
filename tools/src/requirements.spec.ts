import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const page = readFileSync(join(projectRoot(), 'docs', 'requirements.md'), 'utf8');

const ROWS = [...page.matchAll(/^\| (R\d+) \|/gm)].map(([, row]) => row as string);
const SPECS = ['services', 'libs', 'clients', 'console', 'tools', 'verify'].flatMap((folder) =>
  globSync(`${folder}/**/*.spec.ts`, { cwd: projectRoot(), exclude: (name) => name === 'node_modules' }),
);

/** The test files that a row of the table names. */
function filesOf(row: string): string[] {
  const line = page.split('\n').find((text) => text.startsWith(`| ${row} |`)) ?? '';
  return [...line.matchAll(/`([\w.-]+\.spec\.ts)`/g)].map(([, file]) => file as string);
}

describe('docs/requirements.md', () => {
  it('has its rows', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(36);
  });

  it.each(ROWS)('names tests for %s, and they are there', (row) => {
    const files = filesOf(row);
    expect(files).not.toEqual([]);
    for (const file of files) {
      const [path = ''] = SPECS.filter((spec) => basename(spec) === file);
      const tests = readFileSync(join(projectRoot(), path), 'utf8');
      expect(tests).toMatch(new RegExp(`['"\`](R\\d+, )*${row}(, R\\d+)*: `));
    }
  });
});
