import { runAsAdmin } from './local-commands.js';
import { jangteoWords } from './ops-words.js';
import { outliveReaders } from './program.js';

outliveReaders();

const CODES = { fine: 0, wrong: 1, unknown: 1, failed: 1, misused: 2 };
process.exitCode = CODES[await runAsAdmin(jangteoWords(process.argv.slice(2)))];
