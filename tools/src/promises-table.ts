import { PROMISES } from '@jangteo/contracts';
import { writtenPage, type PrintedPage } from './printed-page.js';

const HEAD = '| promise | kept by | audited as |\n|---|---|---|\n';

/** The table as it stands in ARCHITECTURE.md. */
const TABLE = /(?<=\n## Promises, and where each is kept\n\n)(\|.*\n)+/;

function promisesTable(): string {
  const rows = PROMISES.map(({ says, keptBy, rules, comparisons }) => {
    const names = [...rules, ...comparisons].map(({ name }) => `\`${name}\``);
    return `| ${says} | ${keptBy} | ${names.join(', ') || '–'} |\n`;
  });
  return HEAD + rows.join('');
}

export const PROMISES_TABLE: PrintedPage = {
  path: 'ARCHITECTURE.md',
  /** The page as it is, with the table of the code. */
  async fresh() {
    const page = await writtenPage(PROMISES_TABLE);
    if (!TABLE.test(page)) throw new Error('ARCHITECTURE.md has no table of promises');
    return page.replace(TABLE, promisesTable);
  },
};
