import { printedRoutes } from '../documents.js';
import type { PrintedPage } from '../printed-page.js';
import { entitiesPage } from './entities.js';
import { flowsPage } from './flows.js';
import { inKorean } from './in-korean.js';
import { sequencesPage } from './sequences.js';
import { statesPage } from './states.js';

/** A page with a line below its title. */
function led(page: string, line: string): string {
  return page.replace('\n\n', `\n\n${line}\n\n`);
}

/** A page in both languages, which lead to each other. */
function inBoth(name: string, made: () => string | Promise<string>): PrintedPage[] {
  return [
    {
      path: `docs/diagrams/${name}.md`,
      fresh: async () => led(await made(), `**English** · [한국어](../ko/diagrams/${name}.md)`),
    },
    {
      path: `docs/ko/diagrams/${name}.md`,
      fresh: async () => led(inKorean(await made()), `[English](../../diagrams/${name}.md) · **한국어**`),
    },
  ];
}

export const DIAGRAM_PAGES: readonly PrintedPage[] = [
  ...inBoth('entities', entitiesPage),
  ...inBoth('states', statesPage),
  ...inBoth('sequences', async () => await sequencesPage(await printedRoutes())),
  ...inBoth('flows', flowsPage),
];
