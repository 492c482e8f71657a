import { argumentsOf, numberOf, UsageError, type NumberBounds } from '../program.js';
import { services, type Service } from '../services.js';
import { PEERS, type Peer } from './peer-names.js';
import { ON_DEMAND, SCENARIO_NAMES, type ScenarioName } from './scenario-names.js';

/** Choices of the user of `npm run bench`. */
export interface BenchOptions {
  readonly only: readonly ScenarioName[];
  /** Numbers of clients that ask at a time, each waiting for its answer. */
  readonly clients: readonly number[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Seconds for which orders are placed before anything is measured. */
  readonly runInSeconds: number;
  /** Requests at this rate, come what may, in place of clients that wait for answers. */
  readonly ratePerSecond: number | undefined;
  /** Clients of the scenarios `overload` and `flood`. */
  readonly overloadClients: number;
  /** Orders that are stored before those of the scenario `stored`; 0 leaves it out. */
  readonly storedOrders: number;
  /** Length of the scenario `long`; 0 leaves it out. */
  readonly minutes: number;
  /** Compares what was measured with what is to be reached. */
  readonly check: boolean;
  readonly users: number;
  readonly products: number;
  /** Services whose CPU profile is written when they end. */
  readonly profile: readonly Service[];
  /** Processes of each service; 1 where it is not named. */
  readonly replicas: Readonly<Partial<Record<Service, number>>>;
  /** Another shop that is measured by turns with ours. */
  readonly peer: Peer | undefined;
  /** So many open streams, by turns with none. */
  readonly streams: number | undefined;
  /** Turns of each of the two that are compared at each number of clients. */
  readonly rounds: number;
  /** Folder for results; `undefined` for the usual one. */
  readonly out: string | undefined;
  readonly help: boolean;
}

export const help = `Usage: npm run bench [-- <options>]

Starts a shop of its own with its own PostgreSQL and RabbitMQ, measures it, and checks after each scenario
that money, stock and coupons add up. Ends with 1 when they do not.

  --only <names>        scenarios, separated by commas (all but flood):
                        ${SCENARIO_NAMES.slice(0, 8).join(', ')},
                        ${SCENARIO_NAMES.slice(8).join(', ')}
  --clients <numbers>   clients that ask at a time, each waiting for its answer (1,16,64,128,512)
  --seconds <n>         how long each measurement takes (10)
  --warm-up <n>         seconds before it that do not count (3)
  --run-in <n>          seconds of orders before the first measurement, by 64 clients: programs that have
                        just started still compile what they do often (20)
  --rate <n>            requests a second, come what may, in place of clients that wait; latency counts
                        from when a request was due
  --overload <n>        clients of the scenarios overload and flood (2000)
  --orders <n>          orders of the past for the scenario stored (1000000), with a tenth as many
                        customers and a hundredth as many products
  --minutes <n>         length of the scenario long (10)
  --check               compare with the figures to reach; ends with 1 when one is missed
  --users <n>           customers, with money (1000)
  --products <n>        products, in stock (200)
  --profile <services>  write a CPU profile of these services, to profiles/ beside the results
  --replicas <list>     processes of a service, e.g. order=2,gateway=2 (one of each)
  --peer <name>         place the same orders in another shop too (${PEERS.join(', ')}), by turns in one run, and
                        compare: the scenario orders, with --clients
  --streams <n>         place orders while so many streams are open (of a coupon, of orders, of the shop), by
                        turns with none, and compare: the scenario orders, with --clients
  --rounds <n>          turns of each of the two that are compared at each number of clients (5)
  --out <folder>        where JSON and chart are written (bench/results)
  -h, --help

Tables go to the standard output. Everything takes half an hour and up to 10 GB of disk
for that time; for a first look:
  npm run bench -- --only orders --clients 1,64,128
Beside another shop, in a quarter of an hour:
  npm run bench -- --peer stock-nest --clients 1,64,128,512
What a thousand streams cost, in some minutes:
  npm run bench -- --streams 1000 --clients 128

Environment variables reach the services: LOG_LEVEL=info DATABASE_POOL_SIZE=20 npm run bench
`;

interface NumberFlag extends NumberBounds {
  readonly preset?: number;
}

const CLIENTS = '1,16,64,128,512';
const CLIENT: NumberFlag = { least: 1, most: 20_000, isWhole: true };
const REPLICA: NumberFlag = { least: 1, most: 16, isWhole: true };

const NUMBERS = {
  seconds: { preset: 10, least: 0.5, most: 86_400, isWhole: false },
  'warm-up': { preset: 3, least: 0, most: 3_600, isWhole: false },
  'run-in': { preset: 20, least: 0, most: 3_600, isWhole: false },
  rate: { least: 1, most: 1_000_000, isWhole: false },
  overload: { preset: 2_000, ...CLIENT },
  orders: { preset: 1_000_000, least: 0, most: 100_000_000, isWhole: true },
  minutes: { preset: 10, least: 0, most: 1_440, isWhole: false },
  users: { preset: 1_000, least: 1, most: 100_000, isWhole: true },
  streams: { least: 2, most: 3_000, isWhole: true },
  rounds: { preset: 5, least: 1, most: 100, isWhole: true },
  products: { preset: 200, least: 2, most: 100_000, isWhole: true },
} as const satisfies Record<string, NumberFlag>;

const text = { type: 'string' } as const;
const FLAGS = {
  only: text,
  clients: text,
  seconds: text,
  'warm-up': text,
  'run-in': text,
  rate: text,
  overload: text,
  orders: text,
  minutes: text,
  check: { type: 'boolean', default: false },
  users: text,
  products: text,
  profile: text,
  replicas: text,
  peer: text,
  streams: text,
  rounds: text,
  out: text,
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function partsOf(list: string): string[] {
  return list.split(',').map((part) => part.trim());
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
    return [service, numberOf('replicas', count, REPLICA)] as const;
  });
  return Object.fromEntries(entries) as Partial<Record<Service, number>>;
}

/** What is compared by turns, and the options that would not measure both sides alike. */
const TURNS = { peer: ['rate', 'check', 'replicas', 'streams'], streams: ['rate', 'check'] } as const;

/** @throws UsageError where something is wanted that is not measured by turns */
function isByTurns(given: Readonly<Partial<Record<keyof typeof FLAGS, string | boolean>>>): boolean {
  const flag = (['peer', 'streams'] as const).find((name) => given[name] !== undefined);
  if (flag === undefined) return false;
  const unfit = TURNS[flag].find((name) => given[name] !== undefined && given[name] !== false);
  if (unfit !== undefined)
    throw new UsageError(`--${unfit} measures one shop alone, and does not go with --${flag}`);
  if (given.only !== undefined && given.only !== 'orders') {
    throw new UsageError(`--${flag} compares the scenario orders, not "${given.only}"`);
  }
  return true;
}

/** @throws UsageError naming the option that does not fit */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const given = argumentsOf({ args: [...args], options: FLAGS }).values;
  const number = (flag: Exclude<keyof typeof NUMBERS, 'rate' | 'streams'>): number =>
    given[flag] === undefined ? NUMBERS[flag].preset : numberOf(flag, given[flag], NUMBERS[flag]);
  const named = choicesOf('only', given.only, SCENARIO_NAMES);
  const [peer] = choicesOf('peer', given.peer, PEERS);
  const clients = partsOf(given.clients ?? CLIENTS).map((part) => numberOf('clients', part, CLIENT));
  return {
    only: isByTurns(given)
      ? ['orders']
      : SCENARIO_NAMES.filter((name) =>
          named.length > 0 ? named.includes(name) : !ON_DEMAND.includes(name),
        ),
    clients: [...new Set(clients)].toSorted((one, other) => one - other),
    seconds: number('seconds'),
    warmUpSeconds: number('warm-up'),
    runInSeconds: number('run-in'),
    ratePerSecond: given.rate === undefined ? undefined : numberOf('rate', given.rate, NUMBERS.rate),
    overloadClients: number('overload'),
    storedOrders: number('orders'),
    minutes: number('minutes'),
    check: given.check,
    users: number('users'),
    products: number('products'),
    profile: choicesOf('profile', given.profile, services),
    replicas: replicasOf(given.replicas),
    peer,
    streams: given.streams === undefined ? undefined : numberOf('streams', given.streams, NUMBERS.streams),
    rounds: number('rounds'),
    out: given.out,
    help: given.help,
  };
}
