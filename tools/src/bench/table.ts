import type { Measurement } from './measure.js';

const MIB = 1_048_576;

/** Columns as wide as their widest cell, numbers to the right. */
export function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const isNumeric = head.map((_, column) => rows.every((row) => /^[\d.,–-]*$/.test(row[column] ?? '')));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          isNumeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function digits(value: number | undefined, fraction: number): string {
  if (value === undefined) return '–';
  return value.toLocaleString('en', { minimumFractionDigits: fraction, maximumFractionDigits: fraction });
}

function errorsOf({ load }: Measurement): number {
  return Object.values(load.errors).reduce((sum, count) => sum + count, 0);
}

/** What customers notice: figures a second and times in milliseconds. */
function speeds(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { scenario, clients, load, faults } = measurement;
    return [
      scenario,
      String(clients),
      digits(load.perSecond, 0),
      ...[load.p50, load.p95, load.p99, load.max].map((ms) => digits(ms, 1)),
      String(errorsOf(measurement)),
      faults.length === 0 ? 'exact' : 'NOT EXACT',
    ];
  });
  return alignedTable(
    ['scenario', 'clients', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'errors', 'books'],
    rows,
  );
}

function byProgram(
  measurements: readonly Measurement[],
  cellOf: (figures: Measurement['processes'][string]) => string,
): string {
  const names = Object.keys(measurements[0]?.processes ?? {});
  const rows = measurements.map(({ scenario, clients, processes }) => [
    scenario,
    String(clients),
    ...names.map((name) => {
      const figures = processes[name];
      return figures === undefined ? '–' : cellOf(figures);
    }),
  ]);
  return alignedTable(['scenario', 'clients', ...names], rows);
}

/** Queues that nobody used in any of these are left out. */
function batches(measurements: readonly Measurement[]): string {
  const queues = [...new Set(measurements.flatMap((measurement) => Object.keys(measurement.batches)))].sort();
  const rows = measurements.map((measurement) => [
    measurement.scenario,
    String(measurement.clients),
    ...queues.map((queue) => digits(measurement.batches[queue], 1)),
  ]);
  return alignedTable(
    ['scenario', 'clients', ...queues.map((queue) => queue.replace(/^[^.]*[.]/, ''))],
    rows,
  );
}

/** All that was measured, as text for a terminal. */
export function tablesOf(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return 'Nothing was measured.';
  const parts = [
    ['', speeds(measurements)],
    ['Cores busy', byProgram(measurements, ({ cores }) => digits(cores, 2))],
    ['Memory, MiB', byProgram(measurements, ({ memoryBytes }) => digits(memoryBytes / MIB, 0))],
    ['Messages a batch, by queue', batches(measurements)],
  ];
  return parts.map(([title, table]) => (title === '' ? table : `${title}\n${table}`)).join('\n\n');
}
