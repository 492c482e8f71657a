import { parseArgs } from 'node:util';
import { services, type Service } from '../services.js';
import { SCENARIO_NAMES, type ScenarioName } from './scenario-names.js';

/** What the user of `npm run bench` may choose. */
export interface BenchOptions {
  readonly only: readonly ScenarioName[];
  /** How many clients ask at a time, each waiting for its answer. */
  readonly clients: readonly number[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly users: number;
  readonly products: number;
  /** Services whose CPU profile is written when they end. */
  readonly profile: readonly Service[];
  /** Processes of each service; 1 where it is not named. */
  readonly replicas: Readonly<Partial<Record<Service, number>>>;
  readonly help: boolean;
}

export const help = `Usage: npm run bench [-- <options>]

Starts a shop of its own with its own PostgreSQL and RabbitMQ, measures it, and checks after each scenario
that money, stock and coupons add up. Ends with 1 when they do not.

  --only <names>        scenarios, separated by commas (all):
                        ${SCENARIO_NAMES.join(', ')}
  --clients <numbers>   clients that ask at a time, each waiting for its answer (1,16,64,128,512)
  --seconds <n>         how long each measurement takes (10)
  --warm-up <n>         seconds before it that do not count (3)
  --users <n>           customers, with money (1000)
  --products <n>        products, in stock (200)
  --profile <services>  write a CPU profile of these services to bench/results/profiles
  --replicas <list>     processes of a service, e.g. order=2,gateway=2 (one of each)
  -h, --help

Environment variables reach the services: LOG_LEVEL=info DATABASE_POOL_SIZE=20 npm run bench
`;

/** An option that does not fit; its message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULTS = {
  clients: '1,16,64,128,512',
  seconds: '10',
  'warm-up': '3',
  users: '1000',
  products: '200',
};

const text = { type: 'string' } as const;
const FLAGS = {
  only: text,
  clients: text,
  seconds: text,
  'warm-up': text,
  users: text,
  products: text,
  profile: text,
  replicas: text,
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function partsOf(list: string): string[] {
  return list.split(',').map((part) => part.trim());
}

function numberOf(flag: string, value: string, range: { least: number; most: number; whole: boolean }) {
  const number = value.trim() === '' ? NaN : Number(value);
  const fits = number >= range.least && number <= range.most && (!range.whole || Number.isInteger(number));
  if (fits) return number;
  const kind = range.whole ? 'a whole number' : 'a number';
  throw new UsageError(`--${flag} takes ${kind} from ${range.least} to ${range.most}, not "${value}"`);
}

function choicesOf<C extends string>(flag: string, list: string | undefined, choices: readonly C[]): C[] {
  if (list === undefined) return [];
  return partsOf(list).map((part) => {
    const choice = choices.find((name) => name === part);
    if (choice !== undefined) return choice;
    throw new UsageError(`--${flag} does not know "${part}"; it knows ${choices.join(', ')}`);
  });
}

function replicasOf(list: string | undefined): Partial<Record<Service, number>> {
  if (list === undefined) return {};
  const entries = partsOf(list).map((part) => {
    const [name = '', count = ''] = part.split('=');
    const [service] = choicesOf('replicas', name, services);
    return [service, numberOf('replicas', count, { least: 1, most: 16, whole: true })] as const;
  });
  return Object.fromEntries(entries) as Partial<Record<Service, number>>;
}

/** @throws UsageError naming the option that does not fit */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const given = valuesOf(args);
  const whole = (flag: keyof typeof DEFAULTS, most: number): number =>
    numberOf(flag, given[flag] ?? DEFAULTS[flag], { least: 1, most, whole: true });
  const clients = partsOf(given.clients ?? DEFAULTS.clients).map((part) =>
    numberOf('clients', part, { least: 1, most: 20_000, whole: true }),
  );
  const only = choicesOf('only', given.only, SCENARIO_NAMES);
  return {
    only: only.length > 0 ? only : SCENARIO_NAMES,
    clients,
    seconds: numberOf('seconds', given.seconds ?? DEFAULTS.seconds, {
      least: 0.5,
      most: 86_400,
      whole: false,
    }),
    warmUpSeconds: numberOf('warm-up', given['warm-up'] ?? DEFAULTS['warm-up'], {
      least: 0,
      most: 3_600,
      whole: false,
    }),
    users: whole('users', 100_000),
    products: numberOf('products', given.products ?? DEFAULTS.products, {
      least: 2,
      most: 100_000,
      whole: true,
    }),
    profile: choicesOf('profile', given.profile, services),
    replicas: replicasOf(given.replicas),
    help: given.help,
  };
}
