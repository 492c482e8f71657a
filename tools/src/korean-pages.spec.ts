import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');

const filesIn = (pattern: string): string[] => globSync(pattern, { cwd: projectRoot() }).toSorted();

/** Pages that are there in both languages: the Korean ones by the English ones. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ['README.md', 'README.ko.md'],
  ['ARCHITECTURE.md', 'docs/ko/architecture.md'],
  ...[
    'docs/console.md',
    'docs/errors.md',
    'docs/sources.md',
    'docs/versions.md',
    'docs/walk.md',
    ...filesIn('docs/{diagrams,how-to,reports}/*.md'),
  ].map((path) => [path, path.replace('docs/', 'docs/ko/')] as const),
]);

/** Pictures of the console have words in them. */
const inKorean = (path: string): string =>
  PAGES.get(path) ?? path.replace(/^docs\/pictures\/en\//, 'docs/pictures/ko/');

const FENCED = /^(```[^]*?^```$)/gm;
const INDENTED = /^ {4}.*$/gm;

/** A block of code as both languages have it: of comments in a shell's only their places count. */
const blockOf = (block: string): string =>
  block.startsWith('```sh\n') ? block.replaceAll(/(^|\s)# .*$/gm, '$1#') : block;

/** Beginnings of lines of which both languages have as many: headings, rows, items, indented lines. */
const KINDS = [/^#+(?= )/, /^\|/, /^ *-(?= )/, /^ *\d+\.(?= )/, /^ {4}(?=\S)/];

/** What a page consists of, in its order: blocks of code, and the kinds of its other lines, sentences left out. */
function shapeOf(page: string): string[] {
  return page.split(FENCED).flatMap((part) => {
    if (part.startsWith('```')) return [blockOf(part)];
    return part.split('\n').flatMap((line) => KINDS.flatMap((kind) => kind.exec(line) ?? []).slice(0, 1));
  });
}

/** What its sentences have in backticks: variables, states, files; each once. */
function namesOf(page: string): string[] {
  const prose = page.replaceAll(FENCED, '').replaceAll(INDENTED, '');
  return [...new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name))].toSorted();
}

/** Where its links lead, whatever the place on the page; each once. */
function targetsOf(path: string): string[] {
  const links = [
    ...read(path)
      .replaceAll(FENCED, '')
      .matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g),
  ];
  const targets = links.map(([, target = '']) =>
    /^[a-z]+:/.test(target) ? target : normalize(join(dirname(path), target)),
  );
  return [...new Set(targets)];
}

describe.each([...PAGES])('%s', (english, korean) => {
  it(`R40: has the headings, lists, tables and blocks of code of ${korean}`, () => {
    expect(shapeOf(read(korean))).toEqual(shapeOf(read(english)));
  });

  it(`R40: has the names in its sentences that ${korean} has`, () => {
    expect(namesOf(read(korean))).toEqual(namesOf(read(english)));
  });

  it(`R40: and ${korean} link to each other, and otherwise to the same, in their own language`, () => {
    const others = targetsOf(english).filter((path) => path !== korean);
    const wanted = [english, ...others.map(inKorean)];
    expect(targetsOf(english)).toContain(korean);
    expect(targetsOf(korean).toSorted()).toEqual(wanted.toSorted());
  });
});

describe('pages in Korean', () => {
  it('R40: are in Korean, and each has an English one', () => {
    expect(['README.ko.md', ...filesIn('docs/ko/**/*.md')].toSorted()).toEqual(
      [...PAGES.values()].toSorted(),
    );
    for (const path of PAGES.values()) expect(read(path)).toMatch(/니다\.\n/);
  });
});

describe('the shape of a page', () => {
  const page = '# A\n\n- `x`\n- y\n\n```sh\nrun # why\n```\n\n| a |\n|---|\n\n1. one\n\n    as  it is\n';

  it('is what it consists of', () => {
    expect(shapeOf(page)).toEqual(['#', '-', '-', '```sh\nrun #\n```', '|', '|', '1.', '    ']);
    expect(namesOf(page)).toEqual(['x']);
  });

  it.each([
    ['stays with a comment in other words', page.replace('why', '까닭'), true],
    ['stays with another sentence', page.replace('y\n', '와이\n'), true],
    ['changes with a comment that is gone', page.replace(' # why', ''), false],
    ['changes with a command', page.replace('run', 'walk'), false],
    ['changes with the level of a heading', page.replace('# A', '## A'), false],
    ['changes with an item', page.replace('- y\n', ''), false],
  ])('%s', (_title, other, isEqual) => {
    expect(JSON.stringify(shapeOf(other)) === JSON.stringify(shapeOf(page))).toBe(isEqual);
  });
});
