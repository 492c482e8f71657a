import { COMMANDS, runCommand, type Caller, type Ending } from '@jangteo/client/command';
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
const READ_ENOUGH = 0;

/** Does something before this program ends for Ctrl-C, or because nobody reads any more what it says, as with `head`. */
function beforeLeaving(last: () => Promise<unknown>): void {
  const leave = (code: number) => (): void => void last().finally(() => process.exit(code));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave(INTERRUPTED));
  process.stdout.once('error', leave(READ_ENOUGH));
}

/**
 * Runs a command of jangteo as the local shop's admin.
 * @param shown what help shows in place of what it shows of all commands
 */
export async function runAsAdmin(
  args: readonly string[],
  shown: Pick<Caller, 'typed' | 'helpOfEach'> = {},
): Promise<Ending> {
  const caller: Caller = {
    name: 'npm run ops --',
    commands: COMMANDS.filter(({ name }) => !SESSIONS.includes(name)),
    help: `${HELP}\n  --url <address>   ${URL_ABOUT}\n\n${accessHelp}`,
    helpOfEach: accessHelp,
    urlAbout: URL_ABOUT,
    ...shown,
    during: async (url, _, work) => {
      const staysLoggedIn = args[0] === 'console';
      return await asAdmin(
        await adminAccess(url),
        async (shop) => {
          if (!staysLoggedIn) beforeLeaving(() => shop.auth.logout().catch(() => undefined));
          return await work(shop);
        },
        { staysLoggedIn },
      );
    },
  };
  return await runCommand(args, caller);
}
