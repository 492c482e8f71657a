import { argumentsOf, numberOf, UsageError } from '../program.js';

/** The scenarios, each a file of its name in load/. */
export const SCENARIOS = ['charge', 'order', 'coupon', 'mixed'] as const;

export type Scenario = (typeof SCENARIOS)[number];

export interface LoadOptions {
  readonly scenario: Scenario;
  /** The gateway; undefined for where the other tools find it. */
  readonly url: string | undefined;
  readonly users: number;
  /** Whether the command line says how many. */
  readonly hasUsers: boolean;
  /** Customers who arrive in a second, instead of the scenario's own phases. */
  readonly rate: number | undefined;
  readonly seconds: number | undefined;
  /** The file for Artillery's report; undefined for the usual one. */
  readonly output: string | undefined;
  /** Whether the user may load a shop that is not on this machine. */
  readonly isOwned: boolean;
}

/** Of a coupon one in so many customers gets one. */
export const CUSTOMERS_A_COUPON = 7;

const USERS: Readonly<Record<Scenario, number>> = { charge: 50, order: 50, coupon: 210, mixed: 50 };
const RATE_OF_SECONDS = 20;
const SECONDS_OF_RATE = 30;
const RACE_SECONDS = 2;
/** For Artillery to start, and for the answers to those who arrived last. */
const SLACK_SECONDS = 60;

/** A phase of a scenario, as Artillery reads it. */
export interface Phase {
  /** Seconds. */
  readonly duration: number;
  readonly arrivalRate?: number;
  readonly arrivalCount?: number;
}

const whole = (most: number) => ({ least: 1, most, isWhole: true });

/** @throws UsageError where the command line does not fit; undefined where help is asked for */
export function loadOptions(args: readonly string[]): LoadOptions | undefined {
  const { values, positionals } = argumentsOf({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      users: { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      output: { type: 'string' },
      'yes-i-own-it': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const [name = '', ...others] = positionals;
  const scenario = SCENARIOS.find((one) => one === name);
  if (scenario === undefined || others.length > 0) {
    throw new UsageError(`Name one of these: ${SCENARIOS.join(', ')}`);
  }
  if (scenario === 'coupon' && values.rate !== undefined) {
    throw new UsageError('Of coupon it is --users who arrive within --seconds');
  }
  const given = (flag: 'rate' | 'seconds' | 'users', most: number): number | undefined => {
    const value = values[flag];
    return value === undefined ? undefined : numberOf(flag, value, whole(most));
  };
  return {
    scenario,
    url: values.url,
    users: given('users', 2_000) ?? USERS[scenario],
    hasUsers: values.users !== undefined,
    rate: given('rate', 2_000),
    seconds: given('seconds', 600),
    output: values.output,
    isOwned: values['yes-i-own-it'],
  };
}

/** Whether an address can only be this machine, whatever a resolver says. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** What Artillery takes instead of what the scenario's file has; undefined where the file holds. */
export function overridesOf({
  scenario,
  users,
  hasUsers,
  rate,
  seconds,
}: LoadOptions): { config: { phases: [Phase] } } | undefined {
  if (scenario === 'coupon') {
    if (!hasUsers && seconds === undefined) return undefined;
    return { config: { phases: [{ duration: seconds ?? RACE_SECONDS, arrivalCount: users }] } };
  }
  if (rate === undefined && seconds === undefined) return undefined;
  const phase = { duration: seconds ?? SECONDS_OF_RATE, arrivalRate: rate ?? RATE_OF_SECONDS };
  return { config: { phases: [phase] } };
}

/**
 * What is wrong with tokens that the first customers were given; undefined where they outlast the load.
 *
 * @param left seconds for which the first of them is good
 * @param seconds how long customers arrive
 */
export function tokensFault(left: number, seconds: number): string | undefined {
  if (left >= seconds + SLACK_SECONDS) return undefined;
  return (
    `Tokens of the first customers run out in ${Math.floor(left)} s, and a load of ${seconds} s needs them for ` +
    `${seconds + SLACK_SECONDS}: take fewer --users or --seconds, or a shop with a larger ACCESS_TOKEN_SECONDS`
  );
}
