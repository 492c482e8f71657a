import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { PAGE_PATH } from './page.js';
import { applyPatch, readMutations } from './patches.js';

const root = projectRoot();
const mutations = await readMutations();
const named = mutations.map((mutation) => [mutation.name, mutation] as const);

const EACH_TITLE = /\)\(\s*(['"`])(?<title>[^\n]*%[^\n]*)\1,/g;

/** The places of a source in which a test is made that has this title, by itself or as one of many. */
function placesOf(title: string, source: string): number {
  const spellings = [`'${title}'`, `"${title}"`, `\`${title}\``];
  const alone = spellings.filter((spelling) => source.includes(`it(${spelling},`));
  const ofMany = [...source.matchAll(EACH_TITLE)].filter(({ groups }) => {
    const parts = groups!
      .title!.split(/%[#a-zA-Z]/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join('.+')}$`).test(title);
  });
  return alone.length + ofMany.length;
}

describe('the mutations', () => {
  it.each(named)('%s still applies', (_name, mutation) => {
    expect(applyPatch(mutation, root, 'check')).toBe(undefined);
  });

  it.each(named)('%s names tests that are there', (_name, { witnesses }) => {
    for (const { file, title } of witnesses) {
      const source = readFileSync(join(root, file), 'utf8');
      expect([title, placesOf(title, source)]).toEqual([title, 1]);
    }
  });

  it('are those on the page that their last run has written', () => {
    const rows = [...readFileSync(PAGE_PATH, 'utf8').matchAll(/^\| ([a-z-]+) \|/gm)].map(([, name]) => name);
    expect(rows.filter((name) => name !== 'mutation')).toEqual(mutations.map(({ name }) => name));
  });
});
