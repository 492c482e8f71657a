import { accessHelp } from './admin.js';
import { runAsAdmin } from './local-commands.js';
import { outliveReaders } from './program.js';

const help = `${accessHelp}

npm run audit ends with 0 when everything is sound, 1 when it is not, 2 when that could not be found out: the shop does
not answer, or a part of it does not.`;

outliveReaders();

await runAsAdmin(['audit', ...process.argv.slice(2)], {
  codes: { fine: 0, wrong: 1, unknown: 2, failed: 2, misused: 2 },
  typed: 'npm run audit --',
  helpOfEach: help,
});
