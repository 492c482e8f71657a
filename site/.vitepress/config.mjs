import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { anchorOf } from '../../tools/dist/src/site/markdown.js';
import { tokensOf, wordsOf } from './tokens.mjs';

// Written by `npm run site` beside the pages, which it makes of the project's documents.
const { version, sidebars } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../pages/site.json'), 'utf8'),
);

/** Nothing that a page shows or does comes from elsewhere; the theme has scripts and styles in its pages. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'";

/** Draws diagrams, and takes braces for nothing but braces: what the documents say is no template. */
function asOnGitHub(md) {
  const { fence, text } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<Diagram source="${encodeURIComponent(content).replaceAll("'", '%27')}" />`;
  };
  md.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
}

const korean = {
  nav: [
    { text: '둘러보기', link: '/ko/walk' },
    { text: 'API', link: '/ko/api' },
    { text: '운영', link: '/ko/operations' },
    { text: version, link: '/ko/changelog' },
  ],
  sidebar: sidebars.ko,
  outline: { level: [2, 3], label: '이 문서에서' },
  docFooter: { prev: '이전', next: '다음' },
  langMenuLabel: '언어 바꾸기',
  returnToTopLabel: '맨 위로',
  sidebarMenuLabel: '메뉴',
  navMenuLabel: '주 메뉴',
  mobileMenuLabel: '메뉴 열기',
  extraMenuLabel: '더 보기',
  skipToContentLabel: '본문으로 건너뛰기',
  darkModeSwitchLabel: '화면 모드',
  lightModeSwitchTitle: '밝은 화면으로',
  darkModeSwitchTitle: '어두운 화면으로',
  notFound: {
    title: '없는 페이지입니다',
    quote: '주소가 바뀌었거나 잘못 적혔습니다. 메뉴나 검색으로 찾아보세요.',
    linkLabel: '처음으로',
    linkText: '처음으로',
  },
};

const koreanSearch = {
  button: { buttonText: '검색', buttonAriaLabel: '검색' },
  modal: {
    displayDetails: '자세히 보기',
    resetButtonTitle: '지우기',
    backButtonTitle: '닫기',
    noResultsText: '찾은 것이 없습니다:',
    footer: {
      selectText: '열기',
      selectKeyAriaLabel: 'Enter',
      navigateText: '이동',
      navigateUpKeyAriaLabel: '위로',
      navigateDownKeyAriaLabel: '아래로',
      closeText: '닫기',
      closeKeyAriaLabel: 'Esc',
    },
  },
};

export default defineConfig({
  title: 'Jangteo',
  description: 'A shop backend whose orders never half-happen',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  head: [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  // The documents name addresses of a running shop.
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    // Of these GitHub knows nothing: braces and colons are what they are.
    attrs: false,
    emoji: false,
    include: false,
    snippet: false,
    anchor: { slugify: anchorOf },
    config: asOnGitHub,
  },
  themeConfig: {
    outline: [2, 3],
    externalLinkIcon: true,
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          options: { tokenize: tokensOf },
          searchOptions: {
            tokenize: wordsOf,
            // What a word begins with is found while it is typed, but not every word for a letter.
            prefix: (word) => word.length > 2 || /\p{Script=Hangul}/u.test(word),
            // The history of everything has every word.
            boostDocument: (id) => (id.includes('changelog') ? 0.2 : 1),
          },
        },
        locales: { ko: { translations: koreanSearch } },
      },
    },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Walk', link: '/walk' },
          { text: 'API', link: '/api' },
          { text: 'Operations', link: '/operations' },
          { text: version, link: '/changelog' },
        ],
        sidebar: sidebars.en,
        notFound: {
          quote: 'The address has changed, or is mistyped. Look in the menu, or search.',
        },
      },
    },
    ko: {
      label: '한국어',
      lang: 'ko',
      title: '장터',
      description: '주문이 반만 되는 일이 없는 쇼핑몰 백엔드',
      markdown: { codeCopyButton: { tooltipText: '복사', copiedText: '복사했습니다' } },
      themeConfig: korean,
    },
  },
});
