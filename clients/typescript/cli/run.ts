import { JangteoError, type Jangteo } from '../src/index.js';
import { givenOf, helpOf, UsageError, type Command, type Report } from './command.js';
import { COMMANDS } from './commands/index.js';

export { COMMANDS };

/**
 * How a command ended: well; with something wrong found; without finding out; refused or failed; or it was called in a
 * way that does not fit.
 */
export type Ending = 'fine' | 'wrong' | 'unknown' | 'failed' | 'misused';

/** Exit codes by how a command ended. */
export type Codes = Readonly<Record<Ending, number>>;

export const CODES: Codes = { fine: 0, wrong: 1, unknown: 1, failed: 1, misused: 2 };

/** Under which name, and as whom, commands are run. */
export interface Caller {
  /** What is typed before a command. */
  readonly name: string;
  /** What is typed for the one command that is run under a name of its own. */
  readonly typed?: string;
  readonly commands: readonly Command[];
  /** What help says after the list of commands. */
  readonly help: string;
  /** What help says after what a single one takes. */
  readonly helpOfEach?: string;
  /** Which shop help says is meant. */
  readonly urlAbout?: string;
  /** What a stranger to the shop is told. */
  readonly strangerHint?: string;
  /** Told how a report ends the command before it is shown: whoever reads may go away with that. */
  onEnding?(ending: Ending): void;
  /**
   * Does the work at the shop that is meant, as whoever is meant.
   * @param url as the user gave it, if at all
   */
  during<T>(url: string | undefined, command: Command, work: (shop: Jangteo) => Promise<T>): Promise<T>;
}

function overviewOf({ name, commands, help }: Caller): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    `Usage: ${name} <command> [<options>]`,
    '',
    'What those who operate a shop do.',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.about}`),
    '',
    help,
  ].join('\n');
}

/** The command of these arguments, whose name is one or two words, and what follows it. */
function commandOf(
  commands: readonly Command[],
  args: readonly string[],
): { command: Command; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: args.slice(words) };
  }
  return undefined;
}

function unknown(commands: readonly Command[], [word = '']: readonly string[]): UsageError {
  const like = commands.filter(({ name }) => name.split(' ')[0] === word).map(({ name }) => name);
  return new UsageError(
    like.length === 0 ? `There is no command ${word}` : `After ${word} comes one of: ${like.join(', ')}`,
  );
}

function show({ json, text, note }: Report, asJson: boolean, isOneOfMany: boolean): void {
  console.log(asJson ? JSON.stringify(json, undefined, isOneOfMany ? 0 : 2) : text);
  if (note !== undefined && !asJson) console.error(note);
}

/** A command that takes one report as one that goes on does. */
async function* eachOf(reports: Promise<Report> | AsyncIterable<Report>): AsyncGenerator<Report> {
  if (Symbol.asyncIterator in reports) yield* reports;
  else yield await reports;
}

async function ended(args: readonly string[], caller: Caller): Promise<Ending> {
  const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const found = commandOf(caller.commands, args);
  if (found === undefined) {
    if (args.length > 0 && !wantsHelp) throw unknown(caller.commands, args);
    console.log(overviewOf(caller));
    return 'fine';
  }
  const { command, rest } = found;
  if (wantsHelp) {
    const typed = caller.typed ?? `${caller.name} ${command.name}`;
    console.log([helpOf(typed, command, caller.urlAbout), caller.helpOfEach ?? []].flat().join('\n\n'));
    return 'fine';
  }
  const { url, json, ...given } = givenOf(command, rest);
  return await caller.during(url, command, async (shop) => {
    const reports = command.run(shop, given);
    const isOneOfMany = Symbol.asyncIterator in reports;
    let ending: Ending = 'fine';
    for await (const report of eachOf(reports)) {
      ending = report.verdict ?? ending;
      caller.onEnding?.(ending);
      show(report, json, isOneOfMany);
    }
    return ending;
  });
}

function failureOf(error: unknown, { name, strangerHint }: Caller): Ending {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n${name} --help shows what there is.`);
    return 'misused';
  }
  console.error(error instanceof Error ? error.message : error);
  const isStranger = error instanceof JangteoError && error.code === 'UNAUTHENTICATED';
  if (isStranger && strangerHint !== undefined) console.error(strangerHint);
  // Of what the shop refuses, its logs have nothing; nor of whom it sends away because it is full.
  if (error instanceof JangteoError && error.requestId !== undefined && error.status >= 500) {
    const condition = error.status === 503 ? 'If it was no overload, the' : 'The';
    console.error(`${condition} shop's logs have it under ${error.requestId}.`);
  }
  return 'failed';
}

/**
 * Has a program end whose output cannot be written any more.
 *
 * @param failed the exit code of what failed
 * @param leave is told the exit code: what was found by then, where something was
 */
export function onOutputLost(failed: number, leave: (code: number) => void): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    // A reader that goes away, such as `head`, has read enough; whoever has a full disk has not.
    const isRead = error.code === 'EPIPE';
    if (!isRead) console.error(`Not all of it could be written: ${error.message}`);
    leave(Number(process.exitCode ?? 0) || (isRead ? 0 : failed));
  });
}

/** Runs the command of these words, shows what it has to say, and says how it ended; it never fails. */
export async function runCommand(args: readonly string[], caller: Caller): Promise<Ending> {
  return await ended(args, caller).catch((error: unknown) => failureOf(error, caller));
}
