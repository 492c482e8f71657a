import { once } from 'node:events';
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command line does not fit; the message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** As `parseArgs` of Node. @throws UsageError for what is no option */
export function argumentsOf<C extends ParseArgsConfig>(config: C): ReturnType<typeof parseArgs<C>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export interface NumberBounds {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

/** @throws UsageError when it is none, or out of range */
export function numberOf(flag: string, value: string, { least, most, isWhole }: NumberBounds): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (number >= least && number <= most && (!isWhole || Number.isInteger(number))) return number;
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new UsageError(`--${flag} takes ${kind} from ${least} to ${most}, not "${value}"`);
}

const began = performance.now();

/** Says on the standard error what is going on, and after how many seconds. */
export function report(line: string): void {
  console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
}

/** Aborted when somebody tells this program to end, which from now on does not end it by itself. */
export function interruptible(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort());
  }
  return interruption.signal;
}

/** Waits until somebody tells this program to end, who may have done so while it was busy with something else. */
export async function untilInterrupted(interruption: AbortSignal): Promise<void> {
  if (!interruption.aborted) await once(interruption, 'abort');
}

/** A reader of our output that goes away must not take the orderly end with it. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Runs a program and ends its process: with 0, with 1 where it failed, with 130 where it was interrupted.
 *
 * @param name under which npm runs it
 * @param main whether all was well
 */
export async function runToEnd(
  name: string,
  interruption: AbortSignal,
  main: () => Promise<boolean>,
): Promise<never> {
  outliveReaders();
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    const hint = `npm run ${name} -- --help shows what there is.`;
    const failure = error instanceof UsageError ? `${error.message}\n${hint}` : error;
    console.error(interruption.aborted ? 'Interrupted' : failure);
    process.exitCode = interruption.aborted ? 130 : 1;
  }
  // Connections that are kept alive would hold the process for seconds.
  process.exit();
}
