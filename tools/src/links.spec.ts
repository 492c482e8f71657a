import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const DOCUMENTS = globSync('**/*.md', {
  cwd: projectRoot(),
  exclude: (path) => /(^|\/)(node_modules|dist|\.local|\.git)$/.test(path),
});

/** A document without what is shown as it is: blocks of code, and code within a line. */
const proseOf = (path: string): string =>
  readFileSync(join(projectRoot(), path), 'utf8')
    .replaceAll(/^ *```[^]*?^ *```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, 'code');

/** The anchors of a document's headings, as GitHub and GitLab make them. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(join(projectRoot(), path), 'utf8').replaceAll(/^```[^]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  const plain = headings.map((heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, ''));
  return new Set(plain.map((heading) => heading.trim().replaceAll(/\s/g, '-')));
}

/** Targets of a document's links that are not there. */
function deadLinks(document: string): string[] {
  const targets = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? document : normalize(join(dirname(document), file));
      if (!existsSync(join(projectRoot(), path))) return true;
      return anchor !== undefined && !anchorsOf(path).has(anchor);
    });
}

describe('the links of', () => {
  it.each(DOCUMENTS)('%s lead somewhere', (document) => {
    expect(deadLinks(document)).toEqual([]);
  });
});
