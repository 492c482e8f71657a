import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMISES } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';

const PATH = join(projectRoot(), 'ARCHITECTURE.md');

const HEAD = '| promise | kept by | audited as |\n|---|---|---|\n';

/** The table as it stands in ARCHITECTURE.md. */
const TABLE = /(?<=\n## Promises, and where each is kept\n\n)(\|.*\n)+/;

/** The table of promises for ARCHITECTURE.md. */
export function promisesTable(): string {
  const rows = PROMISES.map(({ says, keptBy, rules, comparisons }) => {
    const names = [...rules, ...comparisons].map(({ name }) => `\`${name}\``);
    return `| ${says} | ${keptBy} | ${names.join(', ') || '–'} |\n`;
  });
  return HEAD + rows.join('');
}

/** The table as it was written last; empty where there is none. */
export async function writtenPromisesTable(): Promise<string> {
  return TABLE.exec(await readFile(PATH, 'utf8'))?.[0] ?? '';
}

export async function writePromisesTable(): Promise<void> {
  const page = await readFile(PATH, 'utf8');
  await writeFile(PATH, page.replace(TABLE, promisesTable));
}
