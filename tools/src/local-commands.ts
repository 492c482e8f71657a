import { COMMANDS, runCommand, type Caller, type Ending } from '@jangteo/client/command';
import { accessHelp, adminAccess, asAdmin } from './admin.js';

/** Sessions that are kept: here each command has one of its own. */
const SESSIONS = ['login', 'logout'];

const HELP = `The command jangteo, as the admin of the shop that npm start of this folder has. Short for its dead-letters list,
show, send, drop: list, show, send, drop; for sagas list and nudge: sagas and nudge. Of list and send --failed-by is
--reason; of log --since and --until are --from and --to.

npm run ops -- <command> --help tells what it takes. Ends with 0 when all is well, 1 when the shop refuses or fails, or
finds something wrong, 2 when the command line does not fit.
`;

/**
 * Runs a command of jangteo as the local shop's admin.
 * @param helpOfEach what help says after what a command takes
 */
export async function runAsAdmin(args: readonly string[], helpOfEach = accessHelp): Promise<Ending> {
  const caller: Caller = {
    name: 'npm run ops --',
    commands: COMMANDS.filter(({ name }) => !SESSIONS.includes(name)),
    help: `${HELP}\n${accessHelp}`,
    helpOfEach,
    during: async (url, _, work) => await asAdmin(await adminAccess(url), work),
  };
  return await runCommand(args, caller);
}
