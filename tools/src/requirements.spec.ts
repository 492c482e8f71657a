import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const ROWS = Array.from({ length: 31 }, (_, index) => `R${index + 1}`);
const page = readFileSync(join(projectRoot(), 'docs', 'requirements.md'), 'utf8');

/** The test files that a row of the table names. */
function filesOf(row: string): string[] {
  const line = page.split('\n').find((text) => text.startsWith(`| ${row} |`)) ?? '';
  return [...line.matchAll(/`([\w.-]+\.spec\.ts)`/g)].map(([, file]) => file as string);
}

describe('docs/requirements.md', () => {
  it.each(ROWS)('names tests for %s, and they are there', (row) => {
    const files = filesOf(row);
    expect(files).not.toEqual([]);
    for (const file of files) {
      const tests = readFileSync(join(projectRoot(), 'services', 'gateway', 'test', file), 'utf8');
      expect(tests).toMatch(new RegExp(`['"\`](R\\d+, )*${row}(, R\\d+)*: `));
    }
  });
});
