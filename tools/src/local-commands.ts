import {
  CODES,
  COMMANDS,
  onOutputLost,
  runCommand,
  type Caller,
  type Codes,
  type Ending,
} from '@jangteo/client/command';
import { accessHelp, adminAccess, asAdmin, URL_ABOUT } from './admin.js';

/** Sessions that are kept: here each command has one of its own. */
const SESSIONS = ['login', 'logout'];

const HELP = `The command jangteo, as the admin of the shop that npm start of this folder has. Short for its dead-letters list,
show, send, drop: list, show, send, drop; for sagas list and nudge: sagas and nudge. Of list and send --failed-by is
--reason; of log --since and --until are --from and --to. Of what is short list and sagas show all, log a hundred, unless
--limit says otherwise.

npm run ops -- <command> --help tells what it takes. Ends with 0 when all is well, 1 when the shop refuses or fails, or
finds something wrong, 2 when the command line does not fit.
`;

const INTERRUPTED = 130;

/** Does something before this program ends for Ctrl-C, or because what it says can be written no more, as with `head`. */
function beforeLeaving(last: () => Promise<unknown>, failed: number): void {
  const leave = (code: number): void => void last().finally(() => process.exit(code));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => leave(INTERRUPTED));
  onOutputLost(failed, leave);
}

/**
 * Runs a command of jangteo as the local shop's admin, and sets the exit code of this program.
 * @param shown what help shows in place of what it shows of all commands, and exit codes that are other ones
 */
export async function runAsAdmin(
  args: readonly string[],
  { codes = CODES, ...shown }: Pick<Caller, 'typed' | 'helpOfEach'> & { readonly codes?: Codes } = {},
): Promise<Ending> {
  const caller: Caller = {
    name: 'npm run ops --',
    commands: COMMANDS.filter(({ name }) => !SESSIONS.includes(name)),
    help: `${HELP}\n  --url <address>   ${URL_ABOUT}\n\n${accessHelp}`,
    helpOfEach: accessHelp,
    urlAbout: URL_ABOUT,
    ...shown,
    onEnding: (ending) => (process.exitCode = codes[ending]),
    during: async (url, _, work) =>
      await asAdmin(
        await adminAccess(url),
        async (shop, logOut) => {
          beforeLeaving(logOut, codes.failed);
          return await work(shop);
        },
        { staysLoggedIn: args[0] === 'console' },
      ),
  };
  const ending = await runCommand(args, caller);
  process.exitCode = codes[ending];
  return ending;
}
