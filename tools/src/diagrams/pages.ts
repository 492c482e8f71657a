import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '@jangteo/infra';
import { printedRoutes } from '../documents.js';
import { entitiesPage } from './entities.js';
import { flowsPage } from './flows.js';
import { sequencesPage } from './sequences.js';
import { statesPage } from './states.js';

/** A page of diagrams, made from the code. */
interface DiagramPage {
  /** Below the project's folder. */
  readonly path: string;
  fresh(): string | Promise<string>;
}

export const DIAGRAM_PAGES: readonly DiagramPage[] = [
  { path: 'docs/diagrams/entities.md', fresh: entitiesPage },
  { path: 'docs/diagrams/states.md', fresh: statesPage },
  { path: 'docs/diagrams/sequences.md', fresh: async () => await sequencesPage(await printedRoutes()) },
  { path: 'docs/diagrams/flows.md', fresh: flowsPage },
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
