import { parseArgs } from 'node:util';
import { Database, databaseEnv } from '@jangteo/database';
import { readConfig, runMain } from '@jangteo/service';
import { readMark, sendAgainFrom } from '../data-platform/relay.queries.js';

const HELP = `Usage: node_modules/.bin/node services/order/dist/src/saga/resend.js --from <sequence>

Has everything from a sequence number on sent to the data platform again, under the same numbers. Works while
the order service runs, which begins within DATA_PLATFORM_INTERVAL_MS.

  --from <sequence>   the first record that is sent again, 1 or more; one that was sent before
  --help              shows this

Environment: DATABASE_URL, the order service's database.
`;

/** The number that was asked for; undefined where help was. @throws Error saying what is wrong */
function readArguments(args: readonly string[]): number | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { from: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return undefined;
  const from = Number(values.from);
  if (values.from === undefined || !/^\d+$/.test(values.from) || !Number.isSafeInteger(from) || from < 1) {
    throw new Error('--from must be a whole number of 1 or more');
  }
  return from;
}

function whyNot(from: number, { sentSeq, prunedSeq }: Awaited<ReturnType<typeof readMark>>): string {
  if (from <= prunedSeq) return `records up to ${prunedSeq} were deleted (DATA_PLATFORM_KEPT_SECONDS)`;
  return sentSeq === 0 ? 'nothing was sent yet' : `${sentSeq} is the last one that was sent`;
}

async function resend(from: number): Promise<void> {
  const database = new Database(readConfig(databaseEnv));
  try {
    const again = await sendAgainFrom(database, from);
    if (again === undefined) {
      throw new Error(`record ${from} cannot be sent again: ${whyNot(from, await readMark(database))}`);
    }
    process.stdout.write(`records ${from} to ${again.lastSeq} are sent to the data platform again\n`);
  } finally {
    await database.onApplicationShutdown();
  }
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

await runMain(async () => {
  let from: number | undefined;
  try {
    from = readArguments(process.argv.slice(2));
  } catch (error) {
    fail(error);
    process.stderr.write(`\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  if (from === undefined) process.stdout.write(HELP);
  else await resend(from).catch(fail);
});
