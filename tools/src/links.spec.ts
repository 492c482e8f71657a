import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { anchorsOf, linksOf } from './site/markdown.js';

const DOCUMENTS = globSync('**/*.md', {
  cwd: projectRoot(),
  exclude: (path) => /(^|\/)(node_modules|dist|\.local|\.git)$|^site\/pages$/.test(path),
});

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');

/** Targets of a document's links that are not there. */
function deadLinks(document: string): string[] {
  return linksOf(read(document))
    .map(({ target }) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? document : normalize(join(dirname(document), file));
      if (!existsSync(join(projectRoot(), path))) return true;
      return anchor !== undefined && !anchorsOf(read(path)).has(anchor);
    });
}

describe('the links of', () => {
  it.each(DOCUMENTS)('%s lead somewhere', (document) => {
    expect(deadLinks(document)).toEqual([]);
  });
});
