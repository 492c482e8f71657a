import { shopOf } from './access.js';
import { COMMANDS, runCommand, type Caller, type Ending } from './run.js';

const INTERRUPTED = 130;
const CODES: Readonly<Record<Ending, number>> = { fine: 0, wrong: 1, unknown: 1, failed: 1, misused: 2 };

const CALLER: Caller = {
  name: 'jangteo',
  commands: COMMANDS,
  help: [
    'jangteo <command> --help tells what it takes. Programs set JANGTEO_URL and JANGTEO_API_KEY instead of a login.',
    'Ends with 0 when all is well, 1 when the shop refuses or fails, or finds something wrong, 2 when the command',
    'line does not fit.',
  ].join('\n'),
  strangerHint: 'jangteo login begins a session.',
  during: async (url, { isLogin }, work) => await work((await shopOf(url, process.env, isLogin)).shop),
};

process.once('SIGINT', () => process.exit(INTERRUPTED));
// A reader that goes away, such as `head`, has read enough.
process.stdout.on('error', () => process.exit(CODES.fine));

// Of `exit` only the code: what was written to a pipe must get there.
process.exitCode = CODES[await runCommand(process.argv.slice(2), CALLER)];
