import { runAsAdmin } from './local-commands.js';
import { jangteoWords } from './ops-words.js';
import { outliveReaders } from './program.js';

outliveReaders();

await runAsAdmin(jangteoWords(process.argv.slice(2)));
