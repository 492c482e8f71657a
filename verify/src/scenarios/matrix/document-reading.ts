import { CELLS, type Cell } from './cells.js';
import { CHAPTERS, columnOf, headOf } from './document.js';
import type { Seen } from './run-cell.js';

const GREEN = /^✅ ([\d.]+) s$/;

/** The lines of a chapter's table. */
function linesOf(document: string, { kind }: Cell): readonly string[] {
  const [, chapter = ''] = document.split(`\n## ${CHAPTERS[kind].title}\n`);
  const [own = ''] = chapter.split('\n## ');
  return own.split('\n');
}

/** The green cells of a document, so that a message that came later does not take all of it to be run again. */
export function greenIn(document: string): Seen[] {
  return CELLS.flatMap((cell): Seen[] => {
    const line = linesOf(document, cell).find((one) => one.startsWith(`${headOf(cell)} `));
    const [, seconds] = GREEN.exec(line?.split(' | ')[columnOf(cell)]?.replace(/ \|$/, '') ?? '') ?? [];
    return seconds === undefined ? [] : [{ cell, recoveredMs: Math.round(Number(seconds) * 1_000) }];
  });
}
