import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const DOCS = join(projectRoot(), 'docs');

const page = readFileSync(join(DOCS, 'sources.md'), 'utf8');
const [, differences = ''] = page.split(/^## /m);
const decisions = differences.split(/^### /m).slice(1);
const titled = decisions.map((text) => [text.split('\n', 1)[0] ?? '', text] as const);

describe('docs/sources.md', () => {
  it('R41: has what the sources disagree about', () => {
    const titles = titled.map(([title]) => title).join('\n');
    for (const subject of [/order is worked on/, /hour or by the day/, /platform is told/, /pays an order/]) {
      expect(titles).toMatch(subject);
    }
  });

  it.each(titled)('R41: says what was chosen, and which test shows it: %s', (_title, text) => {
    expect(text).toMatch(/^\*\*Chosen/m);
    const tests = [...text.matchAll(/\]\((\S+\.spec\.ts)\)/g)].map(([, path = '']) => path);
    expect(tests).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(join(DOCS, path)))).toEqual([]);
  });
});
