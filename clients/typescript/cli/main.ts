import { shopOf } from './access.js';
import { CODES, COMMANDS, onOutputLost, runCommand, type Caller } from './run.js';

const INTERRUPTED = 130;

const CALLER: Caller = {
  name: 'jangteo',
  commands: COMMANDS,
  help: [
    'jangteo <command> --help tells what it takes. Programs set JANGTEO_URL and JANGTEO_API_KEY instead of a login.',
    'Ends with 0 when all is well, 1 when the shop refuses or fails, or finds something wrong, 2 when the command',
    'line does not fit.',
  ].join('\n'),
  strangerHint: process.env.JANGTEO_API_KEY
    ? 'JANGTEO_API_KEY is not good at this shop, or not any more.'
    : 'jangteo login begins a session.',
  onEnding: (ending) => (process.exitCode = CODES[ending]),
  during: async (url, { isLogin }, work) => await work((await shopOf(url, process.env, isLogin)).shop),
};

process.once('SIGINT', () => process.exit(INTERRUPTED));
onOutputLost(CODES.failed, (code) => process.exit(code));

// Of `exit` only the code: what was written to a pipe must get there.
process.exitCode = CODES[await runCommand(process.argv.slice(2), CALLER)];
