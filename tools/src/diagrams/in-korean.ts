import { KOREAN } from './korean.js';

/** Names of services stay as they are, in every language. */
const SERVICE = /^## [a-z]+$/;
/** How a diagram came about, before its caption. */
const HOW = /^(\*[^*]+\*) (.+)$/;
const TABLE = /^(\|[^|]+\|)([^]*)$/;

/** Lines of a paragraph or an item as one, however they are broken. */
export function joined(text: string): string {
  return text.replaceAll(/\n +|\n(?!- )/g, ' ');
}

/** The page of diagrams that an English one is in Korean: the same diagrams, and all that is said around them. */
export function inKorean(page: string, words: Readonly<Record<string, string>> = KOREAN): string {
  const said = (text: string): string => {
    const korean = words[text];
    if (korean === undefined) throw new Error(`tools/src/diagrams/korean.ts does not say "${text}"`);
    return korean;
  };
  const translated = (block: string): string => {
    if (block.startsWith('```') || SERVICE.test(block)) return block;
    const [, corner, rest = ''] = TABLE.exec(block) ?? [];
    if (corner !== undefined) return said(corner) + rest;
    const [, how, caption = ''] = HOW.exec(block) ?? [];
    if (how !== undefined) return `${said(how)} ${said(joined(caption))}`;
    return joined(block).split('\n').map(said).join('\n');
  };
  return `${page.trimEnd().split('\n\n').map(translated).join('\n\n')}\n`;
}
