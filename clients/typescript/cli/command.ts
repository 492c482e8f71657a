import { parseArgs } from 'node:util';
import type { Jangteo } from '../src/index.js';

/** The command line does not fit; the message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that may be said after a command: `--name <value>`, or `--name` alone. */
export interface Option {
  readonly about: string;
  /** As help shows it, such as `<time>`; without it the option is a flag. */
  readonly value?: string;
  /** What the value must be; text unless told. */
  readonly kind?: 'number' | 'time';
  /** The smallest number that it may be; 0 unless told. */
  readonly least?: number;
  readonly most?: number;
  /** The field of a query or body that it is; its name unless told. */
  readonly field?: string;
  readonly isRequired?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** What a command has to say. */
export interface Report {
  readonly json: unknown;
  readonly text: string;
  /** For people, beside the output. */
  readonly note?: string | undefined;
  /** Where what was looked at is not as it should be, or that could not be found out. */
  readonly verdict?: 'wrong' | 'unknown' | undefined;
}

/** What stood behind a command. */
export interface Given {
  readonly names: readonly string[];
  /** Values by field, numbers as such and times in UTC. */
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** What stood behind it for every command. */
export interface GivenAnywhere extends Given {
  readonly url: string | undefined;
  readonly json: boolean;
}

export interface Command {
  /** As it is called: `orders list`. */
  readonly name: string;
  readonly about: string;
  /** As help shows what is named, such as `<order id>`; `...` for one or more; in `[]` where there may be none. */
  readonly names?: string;
  readonly options?: Options;
  /** True if it begins a session, whose shop is then meant where none is named. */
  readonly isLogin?: boolean;
  /** Several reports where it goes on. */
  run(shop: Jangteo, given: Given): Promise<Report> | AsyncIterable<Report>;
}

export const EVERYWHERE: Options = {
  url: {
    value: '<address>',
    about: 'the shop: JANGTEO_URL, else where one is logged in, else http://localhost:3000',
  },
  json: { about: 'the answer as JSON; one a line where it goes on' },
  help: { about: 'this' },
};

export const LIMIT: Options = {
  limit: { value: '<n>', kind: 'number', least: 1, about: 'so many at most (20)' },
};

/** The `least` of a number that may be below 0. */
export const ANY_NUMBER = Number.MIN_SAFE_INTEGER;

export const PERIOD: Options = {
  from: { value: '<time>', kind: 'time', about: 'from then on, such as 2026-01-01T12:00:00Z' },
  to: { value: '<time>', kind: 'time', about: 'until then' },
};

function readNumber(name: string, { least = 0, most }: Option, text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (Number.isSafeInteger(number) && number >= least && number <= (most ?? Infinity)) return number;
  const to = most === undefined ? 'on' : `to ${most}`;
  const bounds = least === ANY_NUMBER ? '' : ` from ${least} ${to}`;
  throw new UsageError(`--${name} takes a whole number${bounds}, not "${text}"`);
}

function readValue(name: string, option: Option, text: string): string | number {
  const { kind } = option;
  if (kind === 'number') return readNumber(name, option, text);
  if (kind !== 'time') return text;
  const hasZone = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text);
  if (hasZone && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new UsageError(`--${name} takes a time with its zone, such as 2026-01-01T12:00:00Z, not "${text}"`);
}

function checkNames({ name, names = '' }: Command, given: readonly string[]): void {
  const wanted = names === '' ? [] : (names.match(/<[^>]*>|\[[^\]]*\]/g) ?? []);
  const least = wanted.filter((one) => one.startsWith('<')).length;
  const most = names.includes('...') ? Infinity : wanted.length;
  if (given.length < least) throw new UsageError(`${name} takes ${names}`);
  if (given.length > most) throw new UsageError(`${name} does not take "${String(given[most])}"`);
}

/** @throws UsageError for what does not fit the command */
export function givenOf(command: Command, args: readonly string[]): GivenAnywhere {
  const options = { ...command.options, ...EVERYWHERE };
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  checkNames(command, parsed.positionals);
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, option] of Object.entries(command.options ?? {})) {
    const value = parsed.values[name];
    if (value === undefined && option.isRequired) throw new UsageError(`--${name} is missing`);
    if (value === undefined) continue;
    const field = option.field ?? name;
    fields[field] = typeof value === 'string' ? readValue(name, option, value) : value === true;
  }
  const { url, json } = parsed.values;
  return { names: parsed.positionals, fields, url: url as string | undefined, json: json === true };
}

function optionLines(options: Options): string[] {
  const entries = Object.entries(options).map(([name, { value, about, isRequired }]) => ({
    left: `--${name}${value === undefined ? '' : ` ${value}`}`,
    about: isRequired ? `${about} (needed)` : about,
  }));
  const width = Math.max(...entries.map(({ left }) => left.length));
  return entries.map(({ left, about }) => `  ${left.padEnd(width)}  ${about}`);
}

/**
 * @param typed the words of the command, with what stands before them
 * @param url which shop is meant, where that is not as everywhere
 */
export function helpOf(typed: string, { names, about, options = {} }: Command, url?: string): string {
  const usage = [`Usage: ${typed}`, names, '[<options>]'].filter(Boolean).join(' ');
  const everywhere =
    url === undefined ? EVERYWHERE : { ...EVERYWHERE, url: { ...EVERYWHERE.url, about: url } };
  return [usage, '', about, '', ...optionLines({ ...options, ...everywhere })].join('\n');
}
