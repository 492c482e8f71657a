import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { printedRoutes } from '../documents.js';
import { entitiesPage } from './entities.js';
import { flowsPage } from './flows.js';
import { inKorean } from './in-korean.js';
import { sequencesPage } from './sequences.js';
import { statesPage } from './states.js';

/** A page of diagrams, made from the code. */
interface DiagramPage {
  /** Below the project's folder. */
  readonly path: string;
  fresh(): string | Promise<string>;
}

/** A page with a line below its title. */
function led(page: string, line: string): string {
  return page.replace('\n\n', `\n\n${line}\n\n`);
}

/** A page in both languages, which lead to each other. */
function inBoth(name: string, made: () => string | Promise<string>): DiagramPage[] {
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

export const DIAGRAM_PAGES: readonly DiagramPage[] = [
  ...inBoth('entities', entitiesPage),
  ...inBoth('states', statesPage),
  ...inBoth('sequences', async () => await sequencesPage(await printedRoutes())),
  ...inBoth('flows', flowsPage),
];

/** The page as it was written last; empty where it never was. */
export async function writtenPage({ path }: DiagramPage): Promise<string> {
  return await readFile(join(projectRoot(), path), 'utf8').catch(() => '');
}

export async function writeDiagramPages(): Promise<void> {
  for (const page of DIAGRAM_PAGES) {
    const file = join(projectRoot(), page.path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await page.fresh());
  }
}
