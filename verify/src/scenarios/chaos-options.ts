import { randomInt } from 'node:crypto';
import { argumentsOf, numberOf, UsageError } from '@jangteo/tools';
import { NEMESES, SHOWN_ELSEWHERE } from '../failpoint/nemeses/index.js';

/** Choices of the user of `npm run chaos`. */
export interface ChaosOptions {
  readonly seed: number;
  /** Numbers of the fault tests to take faults from. */
  readonly only: readonly number[];
  /** Length of the time with faults; healing and checks take a minute or two more. */
  readonly minutes: number;
  readonly clients: number;
  /** File for the result as JSON. */
  readonly out: string | undefined;
}

const SEED = { least: 0, most: 2 ** 32 - 1, isWhole: true };
const MINUTES = { least: 0.1, most: 1_440, isWhole: false };
const CLIENTS = { least: 1, most: 1_000, isWhole: true };
const numbers = [...new Set(NEMESES.map(({ test }) => test))].toSorted((one, other) => one - other);

const table = [
  ...NEMESES.map(({ test, name, about }) => ({ test, line: `${name}: ${about}` })),
  ...SHOWN_ELSEWHERE.map(({ test, where }) => ({ test, line: where })),
]
  .toSorted((one, other) => one.test - other.test)
  .map(({ test, line }) => `  ${String(test).padStart(2)}  ${line}`)
  .join('\n');

export const help = `Usage: npm run chaos [-- <options>]

Starts a shop of its own with its own PostgreSQL and RabbitMQ, lets customers shop, does harm to it, one or
two faults at a time, heals it, and checks that no order, no won, no piece and no coupon was lost or doubled.
Ends with 1 when something was.

  --seed <n>       which faults, on whom and for how long: the same seed does the same (a random one)
  --only <tests>   numbers of fault tests, separated by commas (all of them)
  --minutes <n>    how long faults come (3)
  --clients <n>    customers that shop at a time (16)
  --out <file>     where the result is written as JSON
  -h, --help

Fault tests:
${table}
`;

const FLAGS = {
  seed: { type: 'string' },
  only: { type: 'string' },
  minutes: { type: 'string', default: '3' },
  clients: { type: 'string', default: '16' },
  out: { type: 'string' },
} as const;

function testOf(text: string): number {
  const number = Number(text);
  if (numbers.includes(number)) return number;
  const elsewhere = SHOWN_ELSEWHERE.find(({ test }) => test === number);
  throw new UsageError(
    elsewhere === undefined
      ? `--only does not know "${text.trim()}"; it knows ${numbers.join(', ')}`
      : `Test ${number}: ${elsewhere.where}`,
  );
}

/** @throws UsageError naming the option that does not fit */
export function readChaosOptions(args: readonly string[]): ChaosOptions {
  const given = argumentsOf({ args: [...args], options: FLAGS }).values;
  const named = given.only?.split(',').map(testOf);
  return {
    seed: given.seed === undefined ? randomInt(1_000_000) : numberOf('seed', given.seed, SEED),
    only: numbers.filter((number) => named?.includes(number) ?? true),
    minutes: numberOf('minutes', given.minutes, MINUTES),
    clients: numberOf('clients', given.clients, CLIENTS),
    out: given.out,
  };
}
