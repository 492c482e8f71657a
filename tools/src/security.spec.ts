import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const ENTRIES = Array.from({ length: 10 }, (_, index) => `API${index + 1}`);
const page = readFileSync(join(projectRoot(), 'SECURITY.md'), 'utf8');
const specs = globSync('{libs,services,tools,verify}/**/*.spec.ts', {
  cwd: projectRoot(),
  exclude: (path) => /(^|\/)(node_modules|dist|\.local)$/.test(path),
});

interface Named {
  readonly file: string;
  readonly titles: readonly string[];
}

/** The test files that a text names, each with the titles in quotes behind it. */
function testsIn(text: string): Named[] {
  return [...text.matchAll(/`([\w.-]+\.spec\.ts)`([^`]*)/g)].map(([, file = '', behind = '']) => ({
    file,
    titles: [...behind.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }));
}

describe('SECURITY.md', () => {
  it('names tests that exist, by the words of their titles', () => {
    const named = testsIn(page);
    expect(named.length).toBeGreaterThan(20);
    for (const { file, titles } of named) {
      const found = specs.filter((path) => basename(path) === file);
      expect([file, found]).toEqual([file, [expect.any(String)]]);
      const text = readFileSync(join(projectRoot(), found[0]!), 'utf8');
      for (const title of titles) expect([file, title, text.includes(title)]).toEqual([file, title, true]);
    }
  });

  it.each(ENTRIES)('says what protects against %s, and which tests show it', (entry) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${entry} `)) ?? '';
    const owasp = testsIn(row).find(({ file }) => file === 'owasp.e2e.spec.ts');
    expect(owasp?.titles).toContainEqual(expect.stringMatching(new RegExp(`^${entry}: `)));
  });
});
