/** Blocks of code, which stay as they are. */
const FENCED = /(^ *```[^]*?^ *```$)/gm;
/** Code within a line, or a link; its text may have code in it. */
const CODE_OR_LINK = /`[^`\n]*`|(!?)\[((?:`[^`\n]*`|[^\][`])*)\]\(([^)\s]+)\)/g;

/** A link or a picture of a document. */
export interface MarkdownLink {
  readonly isPicture: boolean;
  readonly text: string;
  readonly target: string;
}

/** A document with each of its links as `replace` has it; code is left alone. */
export function withLinks(document: string, replace: (link: MarkdownLink) => string): string {
  const parts = document.split(FENCED);
  const prose = (part: string): string =>
    part.replaceAll(CODE_OR_LINK, (whole, mark?: string, text?: string, target?: string) =>
      text === undefined || target === undefined ? whole : replace({ isPicture: mark === '!', text, target }),
    );
  return parts.map((part, index) => (index % 2 === 0 ? prose(part) : part)).join('');
}

/** All links and pictures of a document, in its order. */
export function linksOf(document: string): MarkdownLink[] {
  const links: MarkdownLink[] = [];
  withLinks(document, (link) => {
    links.push(link);
    return '';
  });
  return links;
}

const headingsOf = (document: string): string[] =>
  [...document.replaceAll(FENCED, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);

/** The anchor of a heading, as GitHub and GitLab make it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

export const anchorsOf = (document: string): ReadonlySet<string> =>
  new Set(headingsOf(document).map(anchorOf));

/** The first heading of a document; empty where it has none. */
export const titleOf = (document: string): string => headingsOf(document)[0] ?? '';
