import type { ClosedLoop, LoadResult, OrderPlan } from './load/plan.js';
import type { Measured, Measurement, Trial } from './measure.js';
import type { BenchOptions } from './options.js';
import { alignedTable, digits } from './table.js';

/** A shop that takes its turn, or one in two states: its name, and where and by whom the orders of a plan are placed in it. */
export interface Contender {
  readonly name: string;
  readonly shop: Measured;
  readonly urls: readonly string[];
  readonly orders: OrderPlan;
}

/** One load on one of the shops, while the other one has nothing to do. */
export interface Turn {
  readonly shop: Measured;
  readonly trial: Trial;
}

/** Medians of the rounds. */
export interface MedianFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Both shops at one number of clients. */
export interface Comparison {
  readonly clients: number;
  readonly rounds: number;
  readonly ours: MedianFigures;
  readonly theirs: MedianFigures;
  /** Orders a second, of ours to theirs in the same round. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
}

const SERVERS = ['postgres', 'rabbitmq'];

/** The shop, with what another one needs of the machine meanwhile as a program of its own. */
function beside(shop: Measured, other: Measured): Measured {
  if (other === shop) return shop;
  return {
    programs() {
      const others = [...other.programs()].filter(([name]) => !SERVERS.includes(name));
      return new Map([...shop.programs(), ['idle', others.flatMap(([, pids]) => pids)]]);
    },
    metrics: () => shop.metrics(),
    deadServices: () => [...shop.deadServices(), ...other.deadServices()],
    bookFaults: () => shop.bookFaults(),
  };
}

/**
 * The same loads on both shops by turns, each as often as there are rounds. Who is first changes with each round, so
 * that neither has the machine of the better minute.
 */
export function* turnsOf(
  [ours, theirs]: readonly [Contender, Contender],
  { clients: numbers, seconds, warmUpSeconds, rounds }: BenchOptions,
): Generator<Turn> {
  const pair = [
    { ...ours, shop: beside(ours.shop, theirs.shop) },
    { ...theirs, shop: beside(theirs.shop, ours.shop) },
  ];
  for (const clients of numbers) {
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, shop, urls, orders } of round % 2 === 1 ? pair : pair.toReversed()) {
        const title = `POST /orders, two lines, ${name}, round ${round} of ${rounds}`;
        const plan: ClosedLoop = { loop: 'closed', urls, requests: orders, clients, seconds, warmUpSeconds };
        yield { shop, trial: { title, detail: name, plan } };
      }
    }
  }
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

function medians(loads: readonly LoadResult[]): MedianFigures {
  const of = (figureOf: (load: LoadResult) => number): number => median(loads.map(figureOf));
  return {
    perSecond: of((load) => load.perSecond),
    p50: of((load) => load.p50),
    p99: of((load) => load.p99),
  };
}

/**
 * Lays the rounds of two shops side by side.
 * @param measurements in the order in which they were taken; a shop's name is their detail
 */
export function compareTurns(
  measurements: readonly Measurement[],
  [ours, theirs]: readonly [string, string],
): Comparison[] {
  const clients = [...new Set(measurements.map((measurement) => measurement.clients))];
  return clients.map((count) => {
    const loadsOf = (name: string): LoadResult[] =>
      measurements.filter((row) => row.clients === count && row.detail === name).map(({ load }) => load);
    const [own, other] = [loadsOf(ours), loadsOf(theirs)];
    const ratios = own.map(({ perSecond }, round) => perSecond / (other[round]?.perSecond ?? NaN));
    return {
      clients: count,
      rounds: ratios.length,
      ours: medians(own),
      theirs: medians(other),
      ratio: { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
    };
  });
}

/** The comparison as text for a terminal: medians of the rounds, and between which ratios the rounds lay. */
export function comparisonTable(
  rows: readonly Comparison[],
  [ours, theirs]: readonly [string, string],
): string {
  const head = ['clients', ...[ours, theirs].flatMap((name) => [`${name}/s`, 'p50 ms', 'p99 ms'])];
  const figures = ({ perSecond, p50, p99 }: MedianFigures): string[] => [
    digits(perSecond, 0),
    digits(p50, 1),
    digits(p99, 1),
  ];
  const cells = rows.map((row) => [
    String(row.clients),
    ...figures(row.ours),
    ...figures(row.theirs),
    ...[row.ratio.median, row.ratio.least, row.ratio.most].map((ratio) => digits(ratio, 2)),
  ]);
  return alignedTable([...head, 'ratio', 'least', 'most'], cells);
}
