import { readFileSync, renameSync } from 'node:fs';
import type { FailpointName, Passing } from './failpoint-names.js';

/*
 * The `#failpoints` of `node --conditions=failpoints`. The file that FAILPOINT_FILE names says where the
 * process dies: `<name> <message type>`. It is looked at each time, so that a process can be armed while it
 * runs, and renamed by whoever dies of it, so that neither its successor nor another replica dies again.
 */

if (process.env.NODE_ENV === 'production') {
  throw new Error('failpoints are for tests: production does not run with --conditions=failpoints');
}

const file = process.env.FAILPOINT_FILE;

/** These say that something has left the process, which it does only some turns of the event loop later. */
const LEAVING: ReadonlySet<FailpointName> = new Set([
  'batch.published',
  'batch.acked',
  'request.asked',
  'sweep.published',
  'parking.published',
  'parking.acked',
  'keeping.acked',
]);
/** amqplib gathers frames in one turn and writes them in the next; one more is for the socket. */
const TURNS_TO_LEAVE = 3;

/** The messages that the process is about to die of: work on them must not come to the next step meanwhile. */
let dyingOf: Passing | undefined;

function die(turns: number): void {
  if (turns === 0) process.kill(process.pid, 'SIGKILL');
  else setImmediate(die, turns - 1);
}

/** Takes the armed file away; true where it was there, was the wanted one, and could be taken. */
function take(path: string, wanted: (armed: string) => boolean): boolean {
  try {
    if (!wanted(readFileSync(path, 'utf8').trim())) return false;
    renameSync(path, `${path}.hit`);
    return true;
  } catch {
    return false;
  }
}

/** Ends the process as `kill -9` does when the failpoint is armed for one of these messages. */
export function failpoint(name: FailpointName, passing: Passing): void {
  if (file === undefined || passing.length === 0) return;
  // On a busy machine a turn is long enough for an answer to what has left.
  if (passing === dyingOf) die(0);
  const isHit = take(file, (armed) => passing.some(({ type }) => armed === `${name} ${type}`));
  if (!isHit) return;
  dyingOf = passing;
  die(LEAVING.has(name) ? TURNS_TO_LEAVE : 0);
}
