export const SITE_LANGUAGES = ['en', 'ko'] as const;
export type SiteLanguage = (typeof SITE_LANGUAGES)[number];

/** The document of the API, of which a page is made that lists its calls. */
export const API_DOCUMENT = 'docs/openapi.json';

/** A part of the sidebar. */
interface Section {
  readonly title: Readonly<Record<SiteLanguage, string>>;
  /** Files below the project's folder, the English ones. */
  readonly sources: readonly string[];
}

/** All pages of the site, in the order in which one reads them. */
export const SECTIONS: readonly Section[] = [
  {
    title: { en: 'Begin', ko: '시작하기' },
    sources: ['README.md', 'docs/walk.md', 'docs/console.md'],
  },
  {
    title: { en: 'Call it', ko: 'API 호출하기' },
    sources: [
      API_DOCUMENT,
      'docs/errors.md',
      'clients/typescript/README.md',
      'examples/README.md',
      'docs/versions.md',
    ],
  },
  {
    title: { en: 'Understand it', ko: '구조 파악하기' },
    sources: [
      'ARCHITECTURE.md',
      'docs/diagrams/sequences.md',
      'docs/diagrams/states.md',
      'docs/diagrams/entities.md',
      'docs/diagrams/flows.md',
      'docs/reliability.md',
    ],
  },
  {
    title: { en: 'Run it', ko: '운영하기' },
    sources: [
      'docs/configuration.md',
      'docs/operations.md',
      'docs/cluster.md',
      'deploy/kubernetes/README.md',
      'docs/observability.md',
      'docs/data-platform.md',
    ],
  },
  {
    title: { en: 'Trust it', ko: '믿을 만한지 따져 보기' },
    sources: [
      'SECURITY.md',
      'docs/permissions.md',
      'docs/requirements.md',
      'docs/sources.md',
      'docs/kill-matrix.md',
      'docs/mutations.md',
      'verify/README.md',
    ],
  },
  {
    title: { en: 'Measure it', ko: '성능 재기' },
    sources: [
      'docs/performance.md',
      'docs/scaling.md',
      'load/README.md',
      'docs/reports/load-test.md',
      'docs/reports/concurrency.md',
      'docs/reports/cache.md',
      'docs/reports/index.md',
      'docs/reports/incident.md',
      'verify/peers/stock-nest/README.md',
    ],
  },
  {
    title: { en: 'Change it', ko: '고치기' },
    sources: [
      'CONTRIBUTING.md',
      'docs/how-to/add-a-field.md',
      'docs/how-to/add-a-refusal.md',
      'docs/how-to/add-a-saga-step.md',
      'docs/how-to/add-a-service.md',
      'docs/size.md',
      'CHANGELOG.md',
    ],
  },
];

/** Where those are that have no name of their own. */
const ROUTES: Readonly<Record<string, string>> = {
  'README.md': 'index.md',
  [API_DOCUMENT]: 'api.md',
  'clients/typescript/README.md': 'client.md',
  'deploy/kubernetes/README.md': 'kubernetes.md',
  'docs/reports/index.md': 'reports/indexes.md',
  'examples/README.md': 'examples.md',
  'load/README.md': 'load.md',
  'verify/README.md': 'verify.md',
  'verify/peers/stock-nest/README.md': 'stock-nest.md',
};

/** Where the site has the page of an English file. */
const routeOf = (source: string): string =>
  ROUTES[source] ?? source.replace(/^docs\//, '').replace(/^[A-Z]+(?=[.]md$)/, (name) => name.toLowerCase());

/** Where an English file would have its translation. */
function koreanOf(source: string): string {
  if (source === 'README.md') return 'README.ko.md';
  if (source === API_DOCUMENT) return API_DOCUMENT;
  return `docs/ko/${source.startsWith('docs/') ? source.slice('docs/'.length) : routeOf(source)}`;
}

/** A page of the site. */
export interface SitePage {
  /** The file that it shows. */
  readonly source: string;
  /** Where it is below the site's folder of pages. */
  readonly route: string;
  readonly language: SiteLanguage;
  /** Whether it shows English among Korean pages, for want of a translation. */
  readonly isUntranslated: boolean;
}

/** Both languages have all pages: a reader who changes the language stays on the page, and searches all of them. */
export function sitePages(isThere: (path: string) => boolean): SitePage[] {
  return SECTIONS.flatMap(({ sources }) => sources).flatMap((source): SitePage[] => {
    const [route, korean] = [routeOf(source), koreanOf(source)];
    const isUntranslated = !isThere(korean);
    return [
      { source, route, language: 'en', isUntranslated: false },
      { source: isUntranslated ? source : korean, route: `ko/${route}`, language: 'ko', isUntranslated },
    ];
  });
}
