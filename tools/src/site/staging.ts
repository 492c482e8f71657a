import { posix } from 'node:path';
import { titleOf, withLinks, type MarkdownLink } from './markdown.js';
import { SECTIONS, type SiteLanguage, type SitePage } from './pages.js';

/** The project around the pages. */
export interface SiteProject {
  readonly pages: readonly SitePage[];
  /** The folder in which the pages are built, below the project's. */
  readonly folder: string;
  textOf(page: SitePage): string;
  /** What lies there below the project's folder; undefined where nothing does. */
  kindOf(path: string): 'file' | 'folder' | undefined;
  anchorsOf(source: string): ReadonlySet<string>;
  /** An https address at which the sources can be read; undefined where nobody can. */
  readonly repository: string | undefined;
}

/** A page as the generator takes it. */
export interface StagedPage {
  readonly route: string;
  readonly text: string;
  /** Files below the project's folder that it links to, to be served as they are. */
  readonly files: readonly string[];
  /** What its links name that is not there. */
  readonly broken: readonly string[];
}

const UNTRANSLATED = '> 이 문서는 영어로만 있습니다.';

const relativeTo = (route: string, path: string): string => {
  const relative = posix.relative(posix.dirname(route), path);
  return relative.startsWith('.') ? relative : `./${relative}`;
};

/**
 * The address of sources that package.json names in `repository`, as a browser opens it.
 *
 * @returns undefined where it names none, or one that no browser opens
 */
export function repositoryOf(repository: string | { readonly url?: string } | undefined): string | undefined {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return /^(?:git[+])?(https:\/\/.+?)(?:[.]git)?\/?$/.exec(url ?? '')?.[1];
}

/** Where a document is read by those who come from a page that links to it; undefined where the site has no page of it. */
function routeFrom(page: SitePage, target: string, pages: readonly SitePage[]): string | undefined {
  if (!target.endsWith('.md')) return undefined;
  const showing = pages.filter(({ source }) => source === target);
  const own = showing.find(({ language }) => language === page.language);
  // What a translation links to in English although it is there in Korean is meant to be English.
  if (page.isUntranslated && own === undefined) {
    const [{ route } = { route: undefined }] = showing;
    return route === undefined ? undefined : `ko/${route}`;
  }
  return (own ?? showing[0])?.route;
}

/** A link of a page, as the site has it. */
function linkOn(
  page: SitePage,
  link: MarkdownLink,
  project: SiteProject,
): Partial<StagedPage> & { text: string } {
  const { isPicture, text, target } = link;
  const as = (address: string): string => `${isPicture ? '!' : ''}[${text}](${address})`;
  if (/^[a-z]+:/.test(target)) return { text: as(target) };
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.source : posix.normalize(posix.join(posix.dirname(page.source), file));
  const kind = project.kindOf(path.replace(/\/$/, ''));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (kind === undefined) return { text, broken: [target] };
  if (isPicture) return { text: as(relativeTo(posix.join(project.folder, page.route), path)) };
  const route = file === '' ? page.route : routeFrom(page, path, project.pages);
  if (route !== undefined) {
    if (anchor !== undefined && !project.anchorsOf(path).has(anchor)) return { text, broken: [target] };
    return { text: as(`${file === '' ? '' : relativeTo(page.route, route)}${hash}`) };
  }
  if (kind === 'file' && path.startsWith('docs/')) return { text: as(`/${path}`), files: [path] };
  if (project.repository === undefined) return { text };
  return { text: as(`${project.repository}/${kind === 'file' ? 'blob' : 'tree'}/HEAD/${path}${hash}`) };
}

/** A page with its links as the site has them: to other pages, to files that it serves, or to the sources, if anybody can read those. */
export function stagedPage(page: SitePage, project: SiteProject): StagedPage {
  const [files, broken]: [string[], string[]] = [[], []];
  const linked = withLinks(project.textOf(page), (link) => {
    const found = linkOn(page, link, project);
    files.push(...(found.files ?? []));
    broken.push(...(found.broken ?? []));
    return found.text;
  });
  const text = page.isUntranslated
    ? linked.replace(/^# .+$/m, (title) => `${title}\n\n${UNTRANSLATED}`)
    : linked;
  return { route: page.route, text, files, broken };
}

/** An entry of the generator's sidebar. */
export interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  /** Its name below a page, where it is the one before or after. */
  readonly docFooterText?: string;
  readonly items?: readonly SidebarItem[];
}

/** The list of all pages of a language, in reading order. */
export function sidebarOf(language: SiteLanguage, project: SiteProject): SidebarItem[] {
  const pages = project.pages.filter((page) => page.language === language);
  return SECTIONS.map(({ title, sources }) => ({
    text: title[language],
    items: pages.splice(0, sources.length).map((page) => {
      const text = titleOf(project.textOf(page));
      return {
        text: page.isUntranslated ? `<span lang="en">${text}</span>` : text,
        docFooterText: text,
        link: `/${page.route.replace(/(index)?[.]md$/, '')}`,
      };
    }),
  }));
}
