import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { PAGE_PATH } from './page.js';
import { applyPatch, readMutations } from './patches.js';

const root = projectRoot();
const mutations = await readMutations();
const named = mutations.map((mutation) => [mutation.name, mutation] as const);

/** A title as a source may have it. */
function spellingsOf(title: string): string[] {
  return [`'${title}'`, `"${title}"`, `\`${title}\``];
}

describe('the mutations', () => {
  it.each(named)('%s still applies', (_name, mutation) => {
    expect(applyPatch(mutation, root, 'check')).toBe(undefined);
  });

  it.each(named)('%s names tests that are there', (_name, { witnesses }) => {
    for (const { file, title } of witnesses) {
      const source = readFileSync(join(root, file), 'utf8');
      expect(spellingsOf(title).filter((spelling) => source.includes(`it(${spelling},`))).toHaveLength(1);
    }
  });

  it('are those on the page that their last run has written', () => {
    const rows = [...readFileSync(PAGE_PATH, 'utf8').matchAll(/^\| ([a-z-]+) \|/gm)].map(([, name]) => name);
    expect(rows.filter((name) => name !== 'mutation')).toEqual(mutations.map(({ name }) => name));
  });
});
