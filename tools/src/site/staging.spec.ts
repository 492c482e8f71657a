import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { anchorsOf } from './markdown.js';
import { API_DOCUMENT, SECTIONS, sitePages, type SitePage } from './pages.js';
import { repositoryOf, sidebarOf, stagedPage, type SiteProject } from './staging.js';

const SOURCES = SECTIONS.flatMap(({ sources }) => sources);
const KOREAN = ['README.ko.md', 'docs/ko/walk.md', API_DOCUMENT];
const PAGES = sitePages((path) => KOREAN.includes(path));

const pageOf = (route: string): SitePage => PAGES.find((page) => page.route === route)!;

/** A project of which one page's text is given; all others have a title alone. */
function projectWith(text: string, repository?: string): SiteProject {
  return {
    pages: PAGES,
    folder: 'site/pages',
    textOf: () => text,
    kindOf: (path) => {
      if (path === 'tools') return 'folder';
      return [...SOURCES, ...KOREAN, 'docs/asyncapi.json', 'docs/order.svg', 'tools/a.ts'].includes(path)
        ? 'file'
        : undefined;
    },
    anchorsOf: () => anchorsOf('# There\n'),
    repository,
  };
}

const stagedAs = (route: string, text: string, repository?: string): ReturnType<typeof stagedPage> =>
  stagedPage(pageOf(route), projectWith(text, repository));

describe('the pages of the site', () => {
  it('are all documents of the project, each in both languages', () => {
    const root = projectRoot();
    const documents = globSync('**/*.md', {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist|\.local|\.git)$|^site\/pages$/.test(path),
    });
    const pages = sitePages((path) => existsSync(join(root, path)));
    const shown = new Set(pages.map(({ source }) => source));
    expect([...shown].filter((path) => path !== API_DOCUMENT).toSorted()).toEqual(documents.toSorted());
    const routes = pages.map(({ route }) => route);
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes.filter((route) => route.startsWith('ko/')).length).toBe(routes.length / 2);
  });

  it('stand in the sidebar in reading order, with what is not translated marked as English', () => {
    const [first] = sidebarOf('ko', projectWith('# A title\n'));
    expect(first).toEqual({
      text: '시작하기',
      items: [
        { text: 'A title', docFooterText: 'A title', link: '/ko/' },
        { text: 'A title', docFooterText: 'A title', link: '/ko/walk' },
        { text: '<span lang="en">A title</span>', docFooterText: 'A title', link: '/ko/console' },
      ],
    });
  });
});

describe('a link', () => {
  it.each([
    ['to a page', 'index.md', '[x](docs/walk.md#there)', '[x](./walk.md#there)'],
    ['to a page further up', 'how-to/add-a-field.md', '[x](../../README.md)', '[x](../index.md)'],
    ['within the page', 'walk.md', '[x](#there)', '[x](#there)'],
    ['of a translation to its original', 'ko/walk.md', '[x](../walk.md)', '[x](../walk.md)'],
    ['of a translation to a translation', 'ko/walk.md', '[x](../../README.ko.md)', '[x](./index.md)'],
    [
      'of a translation to what is there in English alone',
      'ko/walk.md',
      '[x](../cluster.md)',
      '[x](./cluster.md)',
    ],
    [
      'among Korean pages, from English to what is translated',
      'ko/cluster.md',
      '[x](walk.md)',
      '[x](./walk.md)',
    ],
    ['to another site', 'walk.md', '[x](https://example.com/a#b)', '[x](https://example.com/a#b)'],
    ['to a document for programs', 'walk.md', '[x](asyncapi.json)', '[x](/docs/asyncapi.json)'],
    [
      'to the document of which there is a page as well',
      'walk.md',
      '[x](openapi.json)',
      '[x](/docs/openapi.json)',
    ],
    ['to a picture', 'ko/index.md', '![x](docs/order.svg)', '![x](../../../docs/order.svg)'],
    ['to a source that nobody can read', 'walk.md', '[`x`](../tools/a.ts)', '`x`'],
  ])('%s', (_title, route, text, expected) => {
    const staged = stagedAs(route, text);
    expect(staged.broken).toEqual([]);
    expect(staged.text.trim()).toBe(expected);
  });

  it('to sources leads to the repository, where package.json names one', () => {
    const text = '[file](../tools/a.ts) [folder](../tools/)';
    expect(stagedAs('walk.md', text, 'https://example.com/shop').text).toBe(
      '[file](https://example.com/shop/blob/HEAD/tools/a.ts) [folder](https://example.com/shop/tree/HEAD/tools/)',
    );
    expect(repositoryOf({ url: 'git+https://example.com/shop.git' })).toBe('https://example.com/shop');
    expect(repositoryOf('https://example.com/shop')).toBe('https://example.com/shop');
    expect(repositoryOf('git@example.com:shop.git')).toBeUndefined();
    expect(repositoryOf(undefined)).toBeUndefined();
  });

  it('that leads nowhere is named, and so is a heading that is not there', () => {
    const text = '[a](gone.md) [b](walk.md#gone) ![c](gone.webp) [d](#gone) [e](walk.md#there)';
    expect(stagedAs('walk.md', text).broken).toEqual(['gone.md', 'walk.md#gone', 'gone.webp', '#gone']);
  });

  it('to a file has it served', () => {
    expect(stagedAs('walk.md', '[x](asyncapi.json)').files).toEqual(['docs/asyncapi.json']);
  });
});

describe('a page in English among the Korean ones', () => {
  it('says that it is', () => {
    expect(stagedAs('ko/cluster.md', '# On a cluster\n\nText').text).toBe(
      '# On a cluster\n\n> 이 문서는 영어로만 있습니다.\n\nText',
    );
    expect(stagedAs('cluster.md', '# On a cluster\n\nText').text).toBe('# On a cluster\n\nText');
  });
});
