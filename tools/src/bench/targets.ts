import { services } from '../services.js';
import type { LoadResult } from './load/plan.js';
import type { Measurement } from './measure.js';
import { EMPTY, FULL, READ_WITH_STORED, type ScenarioName } from './scenario-names.js';

/** One figure to reach, and what was found of it. */
export interface TargetRow {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly verdict: 'reached' | 'missed' | 'not measured';
}

interface Target {
  readonly what: string;
  /** The figure, where it was measured. */
  figureOf(measurements: readonly Measurement[]): number | undefined;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit?: string;
  readonly fraction?: number;
}

const MEGABYTE = 1_000_000;

function at(
  measurements: readonly Measurement[],
  scenario: ScenarioName,
  clients: number,
): Measurement | undefined {
  return measurements.find((row) => row.scenario === scenario && row.clients === clients);
}

/** The most that a scenario reached a second, with whatever number of clients. */
export function bestOf(measurements: readonly Measurement[], scenario: ScenarioName): number | undefined {
  const speeds = measurements.filter((row) => row.scenario === scenario).map(({ load }) => load.perSecond);
  return speeds.length === 0 ? undefined : Math.max(...speeds);
}

function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;
}

function speed(scenario: ScenarioName, clients: number): Target['figureOf'] {
  return (measurements) => at(measurements, scenario, clients)?.load.perSecond;
}

function latency(clients: number, percentile: 'p50' | 'p99'): Target['figureOf'] {
  return (measurements) => at(measurements, 'orders', clients)?.load[percentile];
}

/** A figure of every service in a long run, the worst of them. */
function worst(
  measurements: readonly Measurement[],
  figureOf: (figures: Measurement['processes'][string]) => number | undefined,
): number | undefined {
  const run = measurements.find(({ scenario }) => scenario === 'long');
  const figures = services.map((service) => {
    const its = run?.processes[service];
    return its === undefined ? undefined : figureOf(its);
  });
  return figures.every((figure) => figure !== undefined) ? Math.max(...figures) : undefined;
}

/** Orders as they are compared with one another: 128 clients, on tables that hold little yet. */
const usual = speed('orders', 128);

function storedAt(measurements: readonly Measurement[], detail: string): Measurement | undefined {
  return measurements.find((row) => row.scenario === 'stored' && row.detail === detail);
}

/** Ratio of a figure with orders stored to the same figure without, in one run. */
function grown(
  measurements: readonly Measurement[],
  detailOf: (when: string) => string,
  figureOf: (measurement: Measurement) => number,
): number | undefined {
  const [full, empty] = [FULL, EMPTY].map((when) => storedAt(measurements, detailOf(when)));
  return full && empty && ratio(figureOf(full), figureOf(empty));
}

/** The largest growth among the reads that could cost more with each stored order. */
function grownMost(measurements: readonly Measurement[]): number | undefined {
  const factors = READ_WITH_STORED.map((what) =>
    grown(
      measurements,
      (when) => `${what}, ${when}`,
      ({ load }) => load.p50,
    ),
  );
  return factors.every((factor) => factor !== undefined) ? Math.max(...factors) : undefined;
}

function besideTrouble(measurements: readonly Measurement[]): LoadResult[] {
  return measurements.filter(({ scenario }) => scenario === 'neighbours').map(({ load }) => load);
}

/** @returns undefined for none */
function most(figures: readonly number[]): number | undefined {
  return figures.length === 0 ? undefined : Math.max(...figures);
}

function shareOfGood({ good, refused, errors }: LoadResult): number {
  const bad = [...Object.values(refused), ...Object.values(errors)].reduce((sum, count) => sum + count, 0);
  return good / (good + bad);
}

/** Orders a second, of what the database itself can do. */
export function shareOfLimit(measurements: readonly Measurement[]): number | undefined {
  return ratio(usual(measurements) ?? bestOf(measurements, 'orders'), bestOf(measurements, 'limit'));
}

const TARGETS: readonly Target[] = [
  { what: 'orders, 128 clients', figureOf: usual, bound: { atLeast: 1_500 }, unit: '/s' },
  { what: 'orders, share of the limit', figureOf: shareOfLimit, bound: { atLeast: 0.2 }, fraction: 2 },
  {
    what: 'orders with a coupon, 128 clients',
    figureOf: speed('coupon', 128),
    bound: { atLeast: 1_200 },
    unit: '/s',
  },
  {
    what: 'orders of one hot product, of the spread-out figure',
    figureOf: (measurements) => ratio(at(measurements, 'hot', 128)?.load.perSecond, usual(measurements)),
    bound: { atLeast: 0.9 },
    fraction: 2,
  },
  {
    what: 'orders, one client, p50',
    figureOf: latency(1, 'p50'),
    bound: { atMost: 12 },
    unit: ' ms',
    fraction: 1,
  },
  {
    what: 'orders, one client, p99',
    figureOf: latency(1, 'p99'),
    bound: { atMost: 30 },
    unit: ' ms',
    fraction: 1,
  },
  {
    what: 'orders, 128 clients, p99',
    figureOf: latency(128, 'p99'),
    bound: { atMost: 200 },
    unit: ' ms',
    fraction: 1,
  },
  {
    what: 'coupon race, answers',
    figureOf: (measurements) => bestOf(measurements, 'race'),
    bound: { atLeast: 3_000 },
    unit: '/s',
  },
  {
    what: 'GET /products, 64 clients',
    figureOf: speed('products', 64),
    bound: { atLeast: 3_000 },
    unit: '/s',
  },
  {
    what: 'GET /products/top, 64 clients',
    figureOf: speed('top', 64),
    bound: { atLeast: 3_000 },
    unit: '/s',
  },
  { what: 'GET /balance, 64 clients', figureOf: speed('balance', 64), bound: { atLeast: 2_500 }, unit: '/s' },
  {
    what: 'orders with many stored, of the figure without',
    figureOf: (measurements) =>
      grown(
        measurements,
        (when) => when,
        ({ load }) => load.perSecond,
      ),
    bound: { atLeast: 0.95 },
    fraction: 2,
  },
  {
    what: 'lists, ranking and sagas with many stored, p50 of the figure without',
    figureOf: grownMost,
    bound: { atMost: 1.2 },
    fraction: 2,
  },
  {
    what: 'an audit with many stored',
    figureOf: (measurements) => storedAt(measurements, `audit, ${FULL}`)?.load.p50,
    bound: { atMost: 2_000 },
    unit: ' ms',
  },
  {
    what: 'share of orders that succeed beside trouble of others, at worst',
    figureOf: (measurements) => {
      const worstShare = most(besideTrouble(measurements).map((load) => 1 - shareOfGood(load)));
      return worstShare === undefined ? undefined : 1 - worstShare;
    },
    bound: { atLeast: 1 },
    fraction: 4,
  },
  {
    what: 'orders beside trouble of others, p99 at worst',
    figureOf: (measurements) => most(besideTrouble(measurements).map(({ p99 }) => p99)),
    bound: { atMost: 3_000 },
    unit: ' ms',
  },
  {
    what: 'orders with 2,000 clients, of the best',
    figureOf: (measurements) => ratio(bestOf(measurements, 'overload'), bestOf(measurements, 'orders')),
    bound: { atLeast: 0.8 },
    fraction: 2,
  },
  {
    what: 'memory of the largest service after a long run',
    figureOf: (measurements) => worst(measurements, ({ memoryBytes }) => memoryBytes / MEGABYTE),
    bound: { atMost: 250 },
    unit: ' MB',
  },
  {
    what: 'memory of any service, of its early figure',
    figureOf: (measurements) =>
      worst(measurements, ({ memoryBytes, earlyMemoryBytes }) => ratio(memoryBytes, earlyMemoryBytes)),
    bound: { atMost: 1.1 },
    fraction: 2,
  },
  {
    what: 'runs that were not exact',
    figureOf: (measurements) => measurements.filter(({ faults }) => faults.length > 0).length,
    bound: { atMost: 0 },
  },
];

/** Lays what was measured beside the figures to reach. */
export function compareWithTargets(measurements: readonly Measurement[]): TargetRow[] {
  return TARGETS.map(({ what, figureOf, bound, unit = '', fraction = 0 }) => {
    const show = (figure: number): string =>
      figure.toLocaleString('en', { maximumFractionDigits: fraction, minimumFractionDigits: fraction }) +
      unit;
    const wanted = 'atLeast' in bound ? `≥ ${show(bound.atLeast)}` : `≤ ${show(bound.atMost)}`;
    const figure = figureOf(measurements);
    if (figure === undefined) return { what, wanted, found: '–', verdict: 'not measured' };
    const isReached = 'atLeast' in bound ? figure >= bound.atLeast : figure <= bound.atMost;
    return { what, wanted, found: show(figure), verdict: isReached ? 'reached' : 'missed' };
  });
}
