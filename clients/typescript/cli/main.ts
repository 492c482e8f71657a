import { JangteoError } from '../src/index.js';
import { shopOf } from './access.js';
import { givenOf, helpOf, UsageError, type Command, type Report } from './command.js';
import { COMMANDS } from './commands/index.js';

const [FINE, BAD, USAGE, INTERRUPTED] = [0, 1, 2, 130];

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'Usage: jangteo <command> [<options>]',
    '',
    'What those who operate a shop do.',
    '',
    ...COMMANDS.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'jangteo <command> --help tells what it takes. Programs set JANGTEO_URL and JANGTEO_API_KEY instead of a login.',
    'Ends with 0 when all is well, 1 when the shop refuses or fails, or finds something wrong, 2 when the command',
    'line does not fit.',
  ].join('\n');
}

/** The command of these arguments, whose name is one or two words, and what follows it. */
function commandOf(args: readonly string[]): { command: Command; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = COMMANDS.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: args.slice(words) };
  }
  return undefined;
}

function unknown(args: readonly string[]): UsageError {
  const [word = ''] = args;
  const like = COMMANDS.filter(({ name }) => name.split(' ')[0] === word).map(({ name }) => name);
  return new UsageError(
    like.length === 0 ? `There is no command ${word}` : `After ${word} comes one of: ${like.join(', ')}`,
  );
}

/** @returns whether it is as it should be */
function show({ json, text, isBad = false }: Report, asJson: boolean, isOneOfMany: boolean): boolean {
  console.log(asJson ? JSON.stringify(json, undefined, isOneOfMany ? 0 : 2) : text);
  return !isBad;
}

async function run(args: readonly string[]): Promise<number> {
  const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const found = commandOf(args);
  if (found === undefined) {
    if (args.length > 0 && !wantsHelp) throw unknown(args);
    console.log(overview());
    return FINE;
  }
  const { command, rest } = found;
  if (wantsHelp) {
    console.log(helpOf(command));
    return FINE;
  }
  const { url, json, ...given } = givenOf(command, rest);
  const { shop } = await shopOf(url, process.env, command.isLogin);
  const reports = command.run(shop, given);
  if (!(Symbol.asyncIterator in reports)) return show(await reports, json, false) ? FINE : BAD;
  let isFine = true;
  for await (const report of reports) isFine = show(report, json, true) && isFine;
  return isFine ? FINE : BAD;
}

function failureOf(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\njangteo --help shows what there is.`);
    return USAGE;
  }
  console.error(error instanceof Error ? error.message : error);
  const isStranger = error instanceof JangteoError && error.status === 401;
  if (isStranger) console.error('jangteo login begins a session.');
  if (error instanceof JangteoError && error.requestId !== undefined) {
    console.error(`The shop's logs have it under ${error.requestId}.`);
  }
  return BAD;
}

process.once('SIGINT', () => process.exit(INTERRUPTED));
// A reader that goes away, such as `head`, has read enough.
process.stdout.on('error', () => process.exit(FINE));

// Of `exit` only the code: what was written to a pipe must get there.
process.exitCode = await run(process.argv.slice(2)).catch(failureOf);
