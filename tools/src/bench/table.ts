import type { Measurement } from './measure.js';
import type { TargetRow } from './targets.js';

const MEGABYTE = 1_000_000;

/** Columns as wide as their widest cell, numbers to the right. */
export function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const isNumeric = head.map((_, column) =>
    rows.every((row) => /^([\d.,]+(\/s)?|–)?$/.test(row[column] ?? '')),
  );
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumeric[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return all.map(lineOf).join('\n');
}

export function digits(value: number | undefined, fraction: number): string {
  if (value === undefined) return '–';
  return value.toLocaleString('en', { minimumFractionDigits: fraction, maximumFractionDigits: fraction });
}

function total(counts: Readonly<Record<string, number>>): string {
  return String(Object.values(counts).reduce((sum, count) => sum + count, 0));
}

/** The first cells of a row: the scenario, and its number of clients or its rate. */
function nameOf({ scenario, detail, clients, ratePerSecond }: Measurement): string[] {
  const name = detail === undefined ? scenario : `${scenario}: ${detail}`;
  return [name, ratePerSecond === undefined ? String(clients) : `${ratePerSecond}/s`];
}

/** The figures that customers notice: numbers a second, and times in milliseconds. */
function speeds(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { load, faults } = measurement;
    return [
      ...nameOf(measurement),
      digits(load.perSecond, 0),
      ...[load.p50, load.p95, load.p99, load.max].map((ms) => digits(ms, 1)),
      total(load.refused),
      total(load.errors),
      faults.length === 0 ? 'exact' : 'NOT EXACT',
    ];
  });
  const times = ['p50 ms', 'p95 ms', 'p99 ms', 'max ms'];
  return alignedTable(['scenario', 'clients', 'per second', ...times, 'refused', 'errors', 'books'], rows);
}

function byProgram(
  measurements: readonly Measurement[],
  cellOf: (figures: Measurement['processes'][string]) => string,
  last?: { readonly name: string; cellOf(measurement: Measurement): string },
): string {
  const names = Object.keys(measurements[0]?.processes ?? {});
  const rows = measurements.map((measurement) => [
    ...nameOf(measurement),
    ...names.map((name) => {
      const figures = measurement.processes[name];
      return figures === undefined ? '–' : cellOf(figures);
    }),
    ...(last === undefined ? [] : [last.cellOf(measurement)]),
  ]);
  const lastName = last === undefined ? [] : [last.name];
  return alignedTable(['scenario', 'clients', ...names, ...lastName], rows);
}

/** Queues that nobody used in any of these are left out. */
function batches(measurements: readonly Measurement[]): string {
  const queues = [...new Set(measurements.flatMap((measurement) => Object.keys(measurement.batches)))].sort();
  const rows = measurements.map((measurement) => [
    ...nameOf(measurement),
    ...queues.map((queue) => digits(measurement.batches[queue], 1)),
  ]);
  return alignedTable(
    ['scenario', 'clients', ...queues.map((queue) => queue.replace(/^[^.]*[.]/, ''))],
    rows,
  );
}

function megabytes(bytes: number | undefined): string {
  return digits(bytes === undefined ? undefined : bytes / MEGABYTE, 0);
}

/** All that was measured, as text for a terminal. */
export function tablesOf(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return 'Nothing was measured.';
  const early = measurements.filter(({ processes }) =>
    Object.values(processes).some(({ earlyMemoryBytes }) => earlyMemoryBytes !== undefined),
  );
  const others = { name: 'others', cellOf: (row: Measurement) => digits(row.otherCores, 2) };
  const parts = [
    speeds(measurements),
    `Cores busy\n${byProgram(measurements, ({ cores }) => digits(cores, 2), others)}`,
    `Memory at the end, MB\n${byProgram(measurements, ({ memoryBytes }) => megabytes(memoryBytes))}`,
    ...(early.length === 0
      ? []
      : [`Memory early, MB\n${byProgram(early, ({ earlyMemoryBytes }) => megabytes(earlyMemoryBytes))}`]),
    `Messages a batch, by queue\n${batches(measurements)}`,
  ];
  return parts.join('\n\n');
}

/** The figures to reach beside those found. */
export function targetTable(rows: readonly TargetRow[]): string {
  return alignedTable(
    ['figure', 'wanted', 'found', ''],
    rows.map(({ what, wanted, found, verdict }) => [what, wanted, found, verdict]),
  );
}
